import type { DebugProtocol } from '@vscode/debugprotocol';
import { reference } from '../addresses';
import type { CodeMap } from '../code-map';
import { spanText } from '../callback-condition';

/** What stops or logs at a breakpoint beyond its place. */
export interface Extras {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

/** A breakpoint's place found in the program, or why it is not. Lines and columns count from 1. */
export interface Resolution {
  readonly addresses: readonly number[];
  readonly message?: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A kind of code breakpoint: what the user asked for and how it becomes addresses. */
export interface CodeBreakpointRequest {
  /** Equal for two requests that mean the same breakpoint: it keeps its number and hit count then. */
  readonly key: string;
  readonly reason: DebugProtocol.StoppedEvent['body']['reason'];
  readonly extras: Extras;
  resolve(map: CodeMap): Resolution;
}

const key = (kind: string, place: unknown[], extras: Extras): string =>
  JSON.stringify([kind, ...place, extras.condition, extras.hitCondition, extras.logMessage]);

/** A line of a source file. */
export class SourceBreakpointRequest implements CodeBreakpointRequest {
  readonly reason = 'breakpoint';
  readonly key: string;

  constructor(
    readonly path: string,
    readonly line: number,
    readonly column: number | undefined,
    readonly extras: Extras,
  ) {
    this.key = key('source', [path, line, column], extras);
  }

  resolve(map: CodeMap): Resolution {
    const { path, line, column } = this;
    const code = map.codeOf(path, line, column);
    if (!code) {
      const message = map.knowsSource(path)
        ? `no code from line ${line} on in ${path}`
        : `the program's debug information names no source file ${path}`;
      return { addresses: [], message, path, line, column };
    }
    return {
      addresses: code.addresses,
      path,
      line: code.line,
      column: column !== undefined && code.column > 0 ? code.column : undefined,
    };
  }
}

/** A function by name, or an address written as one. */
export class FunctionBreakpointRequest implements CodeBreakpointRequest {
  readonly reason = 'function breakpoint';
  readonly key: string;

  constructor(
    readonly name: string,
    readonly extras: Extras,
  ) {
    this.key = key('function', [name], extras);
  }

  resolve(map: CodeMap): Resolution {
    const addresses = map.functionBodies(this.name);
    if (addresses.length === 0) return { addresses, message: `the program has no function ${this.name}` };
    const place = map.placeOf(addresses[0]);
    return { addresses, path: place?.path, line: place?.line };
  }
}

/** An instruction address. */
export class InstructionBreakpointRequest implements CodeBreakpointRequest {
  readonly reason = 'instruction breakpoint';
  readonly key: string;

  constructor(
    readonly address: number,
    readonly extras: Extras,
  ) {
    this.key = key('instruction', [address], extras);
  }

  resolve(map: CodeMap): Resolution {
    const { address } = this;
    const inside = address >= 0 && address < 2 ** 32;
    if (!inside) return { addresses: [], message: 'the address lies outside of the 32-bit address space' };
    const thumb = map.stateAt(address) === 'thumb';
    if (address % (thumb ? 2 : 4) !== 0 && map.stateAt(address) !== undefined) {
      const text = spanText({ start: address, end: address + 1 });
      return { addresses: [], message: `no ${thumb ? 'Thumb' : 'ARM'} instruction starts at ${text}` };
    }
    const place = map.placeOf(address);
    return { addresses: [address], path: place?.path, line: place?.line };
  }
}

/** The resolved breakpoint for the client, in its own numbering. */
export function toClient(
  id: number,
  resolution: Resolution,
  error: string | undefined,
  numbering: { toClientLine(line: number): number; toClientColumn(column: number): number },
): DebugProtocol.Breakpoint {
  const { addresses, path, line, column } = resolution;
  const message = error ?? resolution.message;
  return {
    id,
    verified: addresses.length > 0 && error === undefined,
    ...(message !== undefined && { message }),
    ...(path !== undefined && { source: { name: baseName(path), path } }),
    ...(line !== undefined && { line: numbering.toClientLine(line) }),
    ...(column !== undefined && { column: numbering.toClientColumn(column) }),
    ...(addresses.length > 0 && { instructionReference: reference(addresses[0]) }),
  };
}

/** The last part of a path of either separator. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
