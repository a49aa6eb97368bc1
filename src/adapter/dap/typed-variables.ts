import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FrameContext, FrameView, NumberFormat, TypedValue } from '../../symbols';
import { formatValue, sizeOf } from '../../symbols';
import { storeScalar } from '../../symbols/values';
import { reference } from './addresses';
import type { DataPlace } from './breakpoints/data-requests';
import { RequestError, messageOf } from './errors';
import type { FrameValues } from './frame-values';
import type { Machine } from './machine';
import type { FramePlace } from './stack';
import type { Keep } from './registers';
import type { Assigned, ListOptions, VariableContainer } from './variable-store';

/** Gives typed values at once, in a frame; it may be asked again after something was written. */
export type ValueSource = (context: FrameContext, view: FrameView, machine: Machine) => readonly TypedValue[];

/** Variables with types of the program: parameters, locals, globals, or the members and elements of one. */
export class TypedVariables implements VariableContainer {
  /**
   * @param values those from one index on, at most as many as asked for
   */
  constructor(
    private readonly frames: FrameValues,
    private readonly frame: FramePlace | undefined,
    private readonly values: (start: number, count: number | undefined) => ValueSource,
    private readonly keep: Keep,
  ) {}

  async list({ start, count, hex }: ListOptions): Promise<DebugProtocol.Variable[]> {
    const source = this.values(start, count);
    const format: NumberFormat = hex ? 'hex' : 'natural';
    const values = await this.frames.inFrame(this.frame, (context, view, machine) =>
      source(context, view, machine).map((typed) => formatted(typed, context, format)),
    );
    return values.map((typed) => this.describe(typed));
  }

  async assign(name: string, text: string, hex: boolean): Promise<Assigned> {
    const { value } = await this.frames.evaluate(text, this.frame);
    if (value === undefined) throw new RequestError(`"${text}" is no number: only numbers can be assigned`);
    await this.find(name, ({ data }, context) => storeScalar(data, value, context));
    const after = await this.find(name, (typed, context) => formatted(typed, context, hex ? 'hex' : 'natural'));
    const { value: shown, type, variablesReference, memoryReference } = this.describe(after);
    return { value: shown, type, variablesReference, memoryReference };
  }

  place(name: string): Promise<DataPlace | undefined> {
    return this.find(name, ({ address, data }) =>
      address === undefined ? undefined : { address, size: sizeOf(data.type) ?? 1 },
    );
  }

  /** Computes on the child of that name. */
  private async find<T>(name: string, compute: (typed: TypedValue, context: FrameContext) => T): Promise<T> {
    const index = /^\[(\d+)\]$/.exec(name);
    const source = index ? this.values(Number(index[1]), 1) : this.values(0, undefined);
    try {
      return await this.frames.inFrame(this.frame, (context, view, machine) => {
        const found = source(context, view, machine).find((typed) => typed.name === name);
        if (!found) throw new RequestError(`there is no variable ${name} here`);
        return compute(found, context);
      });
    } catch (error) {
      throw new RequestError(messageOf(error));
    }
  }

  private describe(typed: TypedValue): DebugProtocol.Variable {
    return describeTyped(typed, this.frames, this.frame, this.keep);
  }
}

/** A typed value as a DAP variable; what has children gets a reference. */
export function describeTyped(
  typed: TypedValue,
  frames: FrameValues,
  frame: FramePlace | undefined,
  keep: Keep,
): DebugProtocol.Variable {
  const { name, value, type, evaluateName, memoryReference, namedChildren, indexedChildren } = typed;
  const hasChildren = namedChildren + indexedChildren > 0;
  const children = (start: number, count: number | undefined): ValueSource => {
    return () => typed.children(start, count);
  };
  return {
    name,
    value,
    type,
    ...(evaluateName !== undefined && { evaluateName }),
    variablesReference: hasChildren ? keep(new TypedVariables(frames, frame, children, keep)) : 0,
    ...(namedChildren > 0 && { namedVariables: namedChildren }),
    ...(indexedChildren > 0 && { indexedVariables: indexedChildren }),
    ...(memoryReference !== undefined && { memoryReference: reference(memoryReference) }),
  };
}

/** The same value with numbers shown in another way. */
function formatted(typed: TypedValue, context: FrameContext, format: NumberFormat): TypedValue {
  return format === 'natural' ? typed : formatValue(typed.name, typed.data, context, typed.evaluateName, format);
}
