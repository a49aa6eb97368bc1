import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseReference } from '../addresses';
import { CheckedObject } from '../checked';
import type { Handlers, Numbering } from '../client';
import type { CodeMap } from '../code-map';
import { RequestError } from '../errors';
import type { CodeBreakpoints } from './code-breakpoints';
import { FunctionBreakpointRequest, InstructionBreakpointRequest, SourceBreakpointRequest } from './kinds';
import type { Extras } from './kinds';

/** setBreakpoints, setFunctionBreakpoints, setInstructionBreakpoints and breakpointLocations. */
export class CodeBreakpointRequests {
  readonly handlers: Handlers = {
    setBreakpoints: (args) => this.setSource(new CheckedObject(args, 'setBreakpoints')),
    setFunctionBreakpoints: (args) => this.setFunctions(new CheckedObject(args, 'setFunctionBreakpoints')),
    setInstructionBreakpoints: (args) => this.setInstructions(new CheckedObject(args, 'setInstructionBreakpoints')),
    breakpointLocations: (args) => this.locations(new CheckedObject(args, 'breakpointLocations')),
  };

  constructor(
    private readonly breakpoints: CodeBreakpoints,
    private readonly map: () => CodeMap,
    private readonly numbering: Numbering,
  ) {}

  private async setSource(args: CheckedObject): Promise<DebugProtocol.SetBreakpointsResponse['body']> {
    const path = sourcePath(args);
    // Clients older than DAP 1.3 send lines only.
    const requests = args.has('breakpoints')
      ? args.objects('breakpoints').map((one) => {
          const column = one.optionalInteger('column', { min: 0 });
          return new SourceBreakpointRequest(
            path,
            this.numbering.fromClientLine(one.integer('line', { min: 0 })),
            column === undefined ? undefined : this.numbering.fromClientColumn(column),
            extrasOf(one),
          );
        })
      : args
          .array('lines')
          .map((_, index) => index)
          .map((index) => {
            const line = args.array('lines')[index];
            if (typeof line !== 'number') throw args.wrongItem('lines', index, 'a line number', line);
            return new SourceBreakpointRequest(path, this.numbering.fromClientLine(line), undefined, {});
          });
    return { breakpoints: await this.breakpoints.replace(`source:${path}`, requests) };
  }

  private async setFunctions(args: CheckedObject): Promise<DebugProtocol.SetFunctionBreakpointsResponse['body']> {
    const requests = args
      .objects('breakpoints')
      .map((one) => new FunctionBreakpointRequest(one.nonEmptyString('name', 'a function name').trim(), extrasOf(one)));
    return { breakpoints: await this.breakpoints.replace('function', requests) };
  }

  private async setInstructions(args: CheckedObject): Promise<DebugProtocol.SetInstructionBreakpointsResponse['body']> {
    const requests = args.objects('breakpoints').map((one) => {
      const address = parseReference(one.string('instructionReference'), one.optionalInteger('offset') ?? 0);
      return new InstructionBreakpointRequest(address, extrasOf(one));
    });
    return { breakpoints: await this.breakpoints.replace('instruction', requests) };
  }

  private locations(args: CheckedObject): DebugProtocol.BreakpointLocationsResponse['body'] {
    const { numbering } = this;
    const first = numbering.fromClientLine(args.integer('line', { min: 0 }));
    const endLine = args.optionalInteger('endLine', { min: 0 });
    const last = endLine === undefined ? first : numbering.fromClientLine(endLine);
    const breakpoints = this.map()
      .placesIn(sourcePath(args), first, last)
      .map(({ line, column }) => ({
        line: numbering.toClientLine(line),
        ...(column > 0 && { column: numbering.toClientColumn(column) }),
      }));
    return { breakpoints };
  }
}

/** The path of the `source` argument. */
export function sourcePath(args: CheckedObject): string {
  const source = args.object('source');
  if (!source.has('path')) {
    throw new RequestError(
      `${source.optionalString('name') ?? 'the source'} has no path: it is no file of the program`,
    );
  }
  return source.nonEmptyString('path', 'the path of a source file');
}

function extrasOf(args: CheckedObject): Extras {
  const text = (name: string) => {
    const value = args.optionalString(name);
    return value === undefined || value.trim() === '' ? undefined : value;
  };
  const condition = text('condition');
  const hitCondition = text('hitCondition');
  const logMessage = text('logMessage');
  return {
    ...(condition !== undefined && { condition }),
    ...(hitCondition !== undefined && { hitCondition }),
    ...(logMessage !== undefined && { logMessage }),
  };
}
