import { compileExpression } from '../../symbols';
import type { EvaluationResult, FrameContext, FrameView } from '../../symbols';
import { RequestError, messageOf } from './errors';
import { inspect } from './machine';
import type { Machine } from './machine';
import type { CurrentProgram } from './program';
import type { FramePlace, Stack } from './stack';

/** Expressions and assignments in a frame, or where the last stop was. */
export class FrameValues {
  /**
   * @param changed is told when something was written
   */
  constructor(
    private readonly program: CurrentProgram,
    private readonly stack: Stack,
    private readonly changed: () => void,
  ) {}

  /** Computes in the context of a frame; without one in the innermost frame of the vCPU that stopped last. */
  async inFrame<T>(
    place: FramePlace | undefined,
    compute: (context: FrameContext, view: FrameView, machine: Machine) => T,
  ): Promise<T> {
    const program = this.program();
    const { symbols } = program;
    const entry = place && (await this.stack.entry(place));
    const vcpu = place?.vcpu ?? program.run.vcpu;
    const { value, wrote } = await inspect(program, vcpu, (machine) => {
      const innermost = () => symbols.entriesOf(symbols.innermost(machine.core))[0];
      const view = symbols.view(entry ?? innermost());
      return compute(symbols.context(view, machine), view, machine);
    });
    if (wrote) this.changed();
    return value;
  }

  /** @throws RequestError that says what is wrong with the expression */
  evaluate(text: string, place: FramePlace | undefined): Promise<EvaluationResult> {
    const compiled = this.compile(text);
    return this.explained(this.inFrame(place, (context) => compiled.evaluate(context)));
  }

  /** The integer value of an expression, for a register or a flag. */
  async integer(text: string, place: FramePlace | undefined): Promise<number> {
    const { value, typeName } = await this.evaluate(text, place);
    if (value === undefined) throw new RequestError(`"${text}" is a ${typeName}, which is no number`);
    if (typeof value === 'number' && !Number.isInteger(value)) throw new RequestError(`${value} is no whole number`);
    return Number(BigInt.asUintN(32, BigInt(value)));
  }

  /** The address that an expression means: of an array, a struct or a function its own, else its value. */
  async address(text: string, place: FramePlace | undefined): Promise<number> {
    const { value, address } = await this.evaluate(text, place);
    return value === undefined && address !== undefined ? address : this.integer(text, place);
  }

  /** Assigns the value of one expression to another; the result is the target as it is afterwards. */
  async assign(target: string, value: string, place: FramePlace | undefined): Promise<EvaluationResult> {
    const to = this.compile(target);
    const from = this.compile(value);
    await this.explained(
      this.inFrame(place, (context) => {
        const scalar = from.evaluate(context).value;
        if (scalar === undefined) throw new RequestError(`"${value}" is no number: only numbers can be assigned`);
        to.assign(context, scalar);
      }),
    );
    return this.explained(this.inFrame(place, (context) => to.evaluate(context)));
  }

  private compile(text: string) {
    const { symbols } = this.program();
    try {
      return compileExpression(text, { isTypeName: (name) => symbols.type(name) !== undefined });
    } catch (error) {
      throw new RequestError(messageOf(error));
    }
  }

  private async explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new RequestError(messageOf(error));
    }
  }
}
