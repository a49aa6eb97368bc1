/** Why a text is no Intel HEX file; the message names the line. */
export class HexError extends Error {}

export interface HexFile {
  readonly entry: number;
  /** Runs of bytes, in the file's order. */
  readonly segments: readonly { readonly address: number; readonly data: Uint8Array }[];
}

const enum Record {
  Data = 0,
  End = 1,
  ExtendedSegment = 2,
  StartSegment = 3,
  ExtendedLinear = 4,
  StartLinear = 5,
}

const RECORD = /^:((?:[0-9a-f]{2}){5,})$/i;

/** Whether the first line is one of an Intel HEX file. */
export function isIntelHex(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x3a) return false;
  const [first] = lines(bytes.subarray(0, 1024));
  return RECORD.test(first);
}

/** Reads an Intel HEX file (Intel: Hexadecimal Object File Format Specification, 1988). Throws {@link HexError}. */
export function parseIntelHex(bytes: Uint8Array): HexFile {
  const segments: { address: number; data: number[] }[] = [];
  let base = 0;
  let entry = 0;
  for (const [index, line] of lines(bytes).entries()) {
    if (line === '') continue;
    const { type, offset, data } = record(line, index + 1);
    const number = data.reduce((value, byte) => value * 256 + byte, 0);
    switch (type) {
      case Record.Data: {
        const address = base + offset;
        const last = segments.at(-1);
        if (last && last.address + last.data.length === address) last.data.push(...data);
        else segments.push({ address, data });
        break;
      }
      case Record.End:
        return { entry, segments: segments.map(({ address, data: all }) => ({ address, data: Uint8Array.from(all) })) };
      case Record.ExtendedSegment:
        base = number * 16;
        break;
      case Record.ExtendedLinear:
        base = number * 65536;
        break;
      case Record.StartSegment:
      case Record.StartLinear:
        entry = number;
        break;
      default:
        throw new HexError(`line ${index + 1}: ${type} is no type of record`);
    }
  }
  throw new HexError('there is no end record');
}

function record(line: string, number: number): { type: number; offset: number; data: number[] } {
  const digits = RECORD.exec(line)?.[1];
  if (digits === undefined) throw new HexError(`line ${number} is no record`);
  const bytes = Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(i * 2, i * 2 + 2), 16));
  if (bytes[0] !== bytes.length - 5) {
    throw new HexError(`line ${number} says ${bytes[0]} bytes of data and has ${bytes.length - 5}`);
  }
  if (bytes.reduce((sum, byte) => sum + byte, 0) % 256 !== 0) throw new HexError(`line ${number} has a wrong checksum`);
  return { type: bytes[3], offset: bytes[1] * 256 + bytes[2], data: bytes.slice(4, -1) };
}

function lines(bytes: Uint8Array): string[] {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text.split(/\r?\n/);
}
