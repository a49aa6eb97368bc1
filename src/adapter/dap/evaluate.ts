import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatValue } from '../../symbols';
import { reference } from './addresses';
import { CheckedObject } from './checked';
import type { Client, Handlers } from './client';
import { RequestError } from './errors';
import type { FrameValues } from './frame-values';
import type { ReplCommands } from './repl';
import type { FramePlace, Stack } from './stack';
import { describeTyped } from './typed-variables';
import type { VariableStore } from './variable-store';
import { wantsHex } from './variables';

/** evaluate and setExpression. */
export class EvaluateRequests {
  readonly handlers: Handlers = {
    evaluate: (args) => this.evaluate(new CheckedObject(args, 'evaluate')),
    setExpression: (args) => this.setExpression(new CheckedObject(args, 'setExpression')),
  };

  constructor(
    private readonly stack: Stack,
    private readonly frames: FrameValues,
    private readonly store: VariableStore,
    private readonly repl: ReplCommands,
    private readonly client: Client,
  ) {}

  private async evaluate(args: CheckedObject): Promise<DebugProtocol.EvaluateResponse['body']> {
    const expression = args.nonEmptyString('expression', 'an expression').trim();
    const context = args.optionalString('context');
    const frame = this.frame(args);
    if (context === 'repl') {
      const answer = await this.repl.run(args.string('expression'), frame);
      if (answer !== undefined) return { result: answer, variablesReference: 0 };
      const assignment = splitAssignment(expression);
      if (assignment) {
        const [target, value] = assignment;
        return this.result(target, await this.frames.assign(target, value, frame).then(this.announce), frame, args);
      }
    }
    return this.result(expression, await this.frames.evaluate(expression, frame), frame, args);
  }

  private async setExpression(args: CheckedObject): Promise<DebugProtocol.SetExpressionResponse['body']> {
    const expression = args.nonEmptyString('expression', 'an expression');
    const value = args.nonEmptyString('value', 'an expression');
    const frame = this.frame(args);
    const result = await this.frames.assign(expression, value, frame);
    const { result: text, ...rest } = await this.result(expression, result, frame, args);
    return { value: text, ...rest };
  }

  private readonly announce = <T>(result: T): T => {
    if (this.client.can('supportsInvalidatedEvent')) {
      this.client.event<DebugProtocol.InvalidatedEvent>('invalidated', { areas: ['variables', 'stacks'] });
    }
    return result;
  };

  private frame(args: CheckedObject): FramePlace | undefined {
    const id = args.optionalInteger('frameId', { min: 0 });
    return id === undefined ? undefined : this.stack.place(id);
  }

  private async result(
    expression: string,
    { typed }: Awaited<ReturnType<FrameValues['evaluate']>>,
    frame: FramePlace | undefined,
    args: CheckedObject,
  ): Promise<DebugProtocol.EvaluateResponse['body']> {
    const shown = wantsHex(args)
      ? await this.frames.inFrame(frame, (context) =>
          formatValue(typed.name, typed.data, context, typed.evaluateName, 'hex'),
        )
      : typed;
    const { value, type, variablesReference, namedVariables, indexedVariables } = describeTyped(
      shown,
      this.frames,
      frame,
      this.store.keep,
    );
    if (value === undefined) throw new RequestError(`"${expression}" has no value`);
    return {
      result: value,
      type,
      variablesReference,
      ...(namedVariables !== undefined && { namedVariables }),
      ...(indexedVariables !== undefined && { indexedVariables }),
      ...(shown.memoryReference !== undefined && { memoryReference: reference(shown.memoryReference) }),
    };
  }
}

/** `target = value`, as the console takes it; no comparison is one. */
function splitAssignment(text: string): [target: string, value: string] | undefined {
  const match = /^((?:[^=!<>'"]|'[^']*'|"[^"]*")+?)=(?!=)(.+)$/s.exec(text);
  if (!match || /[+\-*/%&|^]\s*$/.test(match[1])) return undefined;
  return [match[1].trim(), match[2].trim()];
}
