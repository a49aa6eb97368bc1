import type { DebugProtocol } from '@vscode/debugprotocol';
import { CheckedObject } from './checked';
import type { Handlers } from './client';
import { RequestError } from './errors';
import type { CurrentProgram } from './program';

/** exceptionInfo, tcg/consoleInput. */
export class SessionRequests {
  readonly handlers: Handlers = {
    exceptionInfo: () => this.exceptionInfo(),
    'tcg/consoleInput': async (args) => {
      await this.input(new CheckedObject(args, 'tcg/consoleInput').string('text'));
      return {};
    },
  };

  constructor(
    private readonly program: CurrentProgram,
    private readonly input: (text: string) => Promise<void>,
  ) {}

  private exceptionInfo(): DebugProtocol.ExceptionInfoResponse['body'] {
    const details = this.program().run.stopDetails;
    if (!details) throw new RequestError('exceptionInfo: the guest did not stop at a callback or an exception');
    return { exceptionId: details.id, description: details.description, breakMode: 'always' };
  }
}
