import { ByteReader, ElfError, hex } from '../bytes';
import type { ElfFile } from '../elf';

/** The debug sections of one file and the strings in them, with the list of what was wrong. */
export class DwarfSections {
  private readonly cache = new Map<string, Uint8Array | undefined>();
  /** Each distinct problem once, in the order they were met. */
  readonly warnings: string[] = [];
  /** Bytes of an address in this file. */
  readonly addressSize: number;
  readonly littleEndian: boolean;

  constructor(readonly elf: ElfFile) {
    this.addressSize = elf.bits / 8;
    this.littleEndian = elf.littleEndian;
  }

  /** Notes a problem once; the list does not grow without bound on a broken file. */
  warn(message: string): void {
    if (this.warnings.length < 200 && !this.warnings.includes(message)) this.warnings.push(message);
  }

  /** Runs a reader of debug information: an {@link ElfError} becomes a warning and the fallback. */
  guard<T>(what: string, fallback: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      this.warn(what ? `${what}: ${error.message}` : error.message);
      return fallback;
    }
  }

  /** The contents of a section; undefined when it is missing or cannot be decompressed. */
  data(name: string): Uint8Array | undefined {
    if (!this.cache.has(name)) {
      this.cache.set(
        name,
        this.guard('', undefined, () => this.elf.sectionData(name)),
      );
    }
    return this.cache.get(name);
  }

  /** A reader of a section that is required here. */
  reader(name: string, pos = 0): ByteReader {
    const data = this.data(name);
    if (!data) throw new ElfError(`there is no section ${name} in the file`);
    return new ByteReader(data, name, this.littleEndian, pos);
  }

  /** The string at an offset of .debug_str or .debug_line_str. */
  string(section: string, offset: number): string {
    return this.reader(section, offset).cstring();
  }
}

export interface UnitLength {
  /** Of the unit's last byte plus one. */
  readonly end: number;
  /** Bytes of an offset: 4, or 8 in the 64-bit format. */
  readonly offsetSize: 4 | 8;
}

/** An initial length (DWARF 5, section 7.4). */
export function readUnitLength(reader: ByteReader): UnitLength {
  const at = reader.pos;
  let length = reader.u32();
  let offsetSize: 4 | 8 = 4;
  if (length === 0xffffffff) {
    length = reader.u64AsNumber();
    offsetSize = 8;
  } else if (length >= 0xfffffff0) {
    throw new ElfError(`the unit at offset ${hex(at)} of ${reader.where} has the reserved length ${hex(length)}`);
  }
  if (length > reader.end - reader.pos) {
    throw new ElfError(
      `the unit at offset ${hex(at)} of ${reader.where} (${hex(length)} bytes) runs past the end of the section (${hex(reader.end)} bytes)`,
    );
  }
  return { end: reader.pos + length, offsetSize };
}
