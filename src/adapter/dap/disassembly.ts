import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DisassembledInstruction, EngineApi } from '../engine/api';
import { isAddress, parseReference, reference } from './addresses';
import { baseName } from './breakpoints/kinds';
import { CheckedObject } from './checked';
import type { Handlers, Numbering } from './client';
import type { CodeMap } from './code-map';

/** Instructions that one request may ask for. */
const COUNT_LIMIT = 50_000;
/** How far back (bytes) to look for a place where an instruction is known to start. */
const BACK_LIMIT = 4096;
const LIMIT = 2 ** 32;

type State = 'arm' | 'thumb' | 'data';

/** One row of the listing. */
interface Row {
  /** May lie outside of the address space, for rows that only fill up the count. */
  readonly address: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly valid: boolean;
}

/**
 * The disassemble request: exactly as many instructions as asked for, also backwards. ARM, Thumb and literal data are told
 * apart by the program's symbols; backwards the decoding starts where an instruction is known to begin, since Thumb
 * instructions have two sizes.
 */
export class DisassembleRequests {
  readonly handlers: Handlers = {
    disassemble: (args) => this.disassemble(new CheckedObject(args, 'disassemble')),
  };

  /**
   * @param thumbNow whether the current vCPU executes Thumb code: for code that the symbols say nothing of
   */
  constructor(
    private readonly program: () => { readonly engine: EngineApi; readonly map: CodeMap },
    private readonly thumbNow: () => Promise<boolean>,
    private readonly numbering: Numbering,
  ) {}

  private async disassemble(args: CheckedObject): Promise<DebugProtocol.DisassembleResponse['body']> {
    const { engine, map } = this.program();
    const asked = parseReference(args.string('memoryReference'), args.optionalInteger('offset') ?? 0);
    const skip = args.optionalInteger('instructionOffset', { min: -COUNT_LIMIT, max: COUNT_LIMIT }) ?? 0;
    const count = args.integer('instructionCount', { min: 0, max: COUNT_LIMIT });
    const withSymbols = args.boolean('resolveSymbols', false);
    const listing = new Listing(engine, map, await this.thumbNow());
    const start = listing.align(asked);
    const before = Math.max(0, -skip);
    const rows = [
      ...(before ? await listing.backward(start, before) : []),
      ...(await listing.forward(start, Math.max(0, skip + count))),
    ].slice(Math.max(0, skip), Math.max(0, skip) + count);
    return { instructions: this.describe(rows, map, withSymbols) };
  }

  private describe(rows: readonly Row[], map: CodeMap, withSymbols: boolean): DebugProtocol.DisassembledInstruction[] {
    let lastPath: string | undefined;
    return rows.map((row) => {
      const inside = isAddress(row.address);
      const place = inside && row.valid ? map.placeOf(row.address) : undefined;
      const symbol = withSymbols && inside ? map.symbolAt(row.address) : undefined;
      const location = place && place.path !== lastPath ? { name: baseName(place.path), path: place.path } : undefined;
      if (place) lastPath = place.path;
      return {
        address: reference(Math.min(Math.max(row.address, 0), LIMIT - 1)),
        instruction: row.text,
        ...(row.bytes.length && { instructionBytes: bytesText(row.bytes) }),
        ...(symbol && symbol.offset === 0 && { symbol: symbol.name }),
        ...(location && { location }),
        ...(place && { line: this.numbering.toClientLine(place.line) }),
        ...(place && place.column > 0 && { column: this.numbering.toClientColumn(place.column) }),
        ...(!row.valid && { presentationHint: 'invalid' as const }),
      };
    });
  }
}

class Listing {
  constructor(
    private readonly engine: EngineApi,
    private readonly map: CodeMap,
    private readonly thumb: boolean,
  ) {}

  /** The start of the instruction at an address, as far as its state's alignment tells. */
  align(address: number): number {
    if (!isAddress(address)) return address - (((address % 4) + 4) % 4);
    return address - (address % (this.state(address) === 'thumb' ? 2 : 4));
  }

  /** `count` rows from `start` on. */
  async forward(start: number, count: number): Promise<Row[]> {
    const rows: Row[] = [];
    let at = start;
    while (rows.length < count) {
      if (!isAddress(at)) {
        rows.push(filler(at, 4));
        at += 4;
        continue;
      }
      const state = this.state(at);
      const wanted = count - rows.length;
      const end = this.runEnd(at, state, wanted * 4);
      const decoded = await this.run(at, end, state, wanted);
      if (decoded.length === 0) {
        const step = Math.min(state === 'thumb' ? 2 : 4, LIMIT - at);
        rows.push(filler(at, step));
        at += step;
        continue;
      }
      rows.push(...decoded);
      const last = decoded[decoded.length - 1];
      at = last.address + last.size;
    }
    return rows;
  }

  /** `count` rows that end where `end` begins. */
  async backward(end: number, count: number): Promise<Row[]> {
    let rows: Row[] = [];
    let at = end;
    while (rows.length < count) {
      if (!isAddress(at - 1)) {
        rows.unshift(filler(at - 4, 4));
        at -= 4;
        continue;
      }
      const state = this.state(at - 1);
      const start = this.knownStart(at, state);
      const decoded = await this.run(start, at, state, Math.ceil((at - start) / 2));
      const filled = fill(decoded, start, at, state === 'thumb' ? 2 : 4);
      rows = [...filled, ...rows];
      at = start;
    }
    return rows.slice(rows.length - count);
  }

  private state(address: number): State {
    return this.map.stateAt(address) ?? (this.thumb ? 'thumb' : 'arm');
  }

  /** Up to where the state at `start` goes on, at most `limit` bytes. */
  private runEnd(start: number, state: State, limit: number): number {
    const end = Math.min(start + limit, LIMIT);
    let at = start;
    while (at < end && this.state(at) === state) at += 2;
    return Math.min(at, end);
  }

  /** An address before `end` where an instruction starts and from which on the state is the same. */
  private knownStart(end: number, state: State): number {
    if (state === 'arm') {
      let at = end - 1 - ((end - 1) % 4);
      while (at >= 4 && end - at < BACK_LIMIT && this.state(at - 4) === state) at -= 4;
      return at;
    }
    const symbol = state === 'thumb' ? this.map.symbolAt(end - 1) : undefined;
    const floor = Math.max(0, end - BACK_LIMIT);
    let at = end - 1 - ((end - 1) % 2);
    while (at - 2 >= floor && this.state(at - 2) === state && at !== symbol?.address) at -= 2;
    return at;
  }

  /** Decodes from `start` up to `end`, at most `count` rows; what is no memory is left out at the end. */
  private async run(start: number, end: number, state: State, count: number): Promise<Row[]> {
    if (state === 'data') return this.data(start, end, count);
    const decoded = await this.engine.disassemble(
      start,
      Math.min(count, Math.ceil((end - start) / 2)),
      state === 'thumb',
    );
    const rows: Row[] = [];
    let at = start;
    for (const instruction of decoded) {
      if (instruction.address !== at || at >= end) break;
      rows.push(rowOf(instruction));
      at += instruction.size;
    }
    return rows;
  }

  /** Literal pools: words, and what is left of them as halfwords. */
  private async data(start: number, end: number, count: number): Promise<Row[]> {
    const bytes = await this.engine.readMemory(start, Math.min(end - start, count * 4));
    const rows: Row[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const size = (start + offset) % 4 === 0 && offset + 4 <= bytes.length ? 4 : Math.min(2, bytes.length - offset);
      const slice = bytes.subarray(offset, offset + size);
      const value = slice.reduceRight((sum, byte) => sum * 256 + byte, 0);
      const directive = size === 4 ? '.word' : size === 2 ? '.short' : '.byte';
      rows.push({
        address: start + offset,
        size,
        bytes: slice,
        text: `${directive} 0x${value.toString(16).padStart(size * 2, '0')}`,
        valid: true,
      });
      offset += size;
    }
    return rows;
  }
}

function rowOf({ address, size, bytes, text, valid }: DisassembledInstruction): Row {
  return { address, size: Math.max(size, 1), bytes, text: valid ? text : text || '(invalid)', valid };
}

function filler(address: number, size: number): Row {
  return { address, size, bytes: new Uint8Array(), text: '??', valid: false };
}

/** Makes the rows reach from `start` to exactly `end`. */
function fill(rows: readonly Row[], start: number, end: number, step: number): Row[] {
  const result: Row[] = [];
  let at = start;
  for (const row of rows) {
    if (row.address + row.size > end) break;
    result.push(row);
    at = row.address + row.size;
  }
  for (; at < end; at += step) result.push(filler(at, Math.min(step, end - at)));
  return result;
}

function bytesText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
