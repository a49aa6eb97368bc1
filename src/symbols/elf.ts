import { ByteReader, decodeUtf8, ElfError, hex } from './bytes';

/**
 * Reader of ELF files, 32 and 64 bits, of both byte orders.
 * Source: Tool Interface Standard (TIS) Executable and Linking Format 1.2; System V ABI (gABI) for ELF64 and
 * SHF_COMPRESSED; ELF for the Arm Architecture (AAELF32) for the machine's own values.
 */

export const EM_ARM = 40;
export const EM_RISCV = 243;

export const PT_LOAD = 1;
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;

export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;

export const SHF_WRITE = 1;
export const SHF_ALLOC = 2;
export const SHF_EXECINSTR = 4;
export const SHF_COMPRESSED = 0x800;

export const SHN_UNDEF = 0;
export const SHN_LORESERVE = 0xff00;
export const SHN_ABS = 0xfff1;

export const STT_NOTYPE = 0;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;
export const STT_FILE = 4;

const ELFCOMPRESS_ZLIB = 1;

const MACHINES: Readonly<Record<number, string>> = {
  0: 'none',
  2: 'SPARC',
  3: 'x86',
  4: 'Motorola 68000',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 'S/390',
  40: 'ARM',
  42: 'SuperH',
  50: 'IA-64',
  62: 'x86-64',
  83: 'AVR',
  94: 'Xtensa',
  105: 'MSP430',
  164: 'Hexagon',
  183: 'AArch64',
  189: 'MicroBlaze',
  243: 'RISC-V',
  247: 'BPF',
  258: 'LoongArch',
};

const TYPES: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'relocatable',
  2: 'executable',
  3: 'shared object',
  4: 'core',
};

export interface ElfSegment {
  /** `PT_…` */
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly paddr: number;
  /** Bytes in the file. */
  readonly filesz: number;
  /** Bytes in memory; what the file does not hold is zero. */
  readonly memsz: number;
  /** `PF_R`, `PF_W`, `PF_X` */
  readonly flags: number;
  readonly align: number;
}

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** `SHT_…` */
  readonly type: number;
  /** `SHF_…` */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entrySize: number;
}

export interface ElfSymbol {
  readonly name: string;
  /** As in the file: of an ARM function in Thumb code bit 0 is set. */
  readonly value: number;
  readonly size: number;
  /** `STT_…` */
  readonly type: number;
  /** `STB_…`: 0 local, 1 global, 2 weak */
  readonly binding: number;
  /** Index of its section, or `SHN_…` */
  readonly section: number;
}

/** Undoes zlib (RFC 1950) compression; the result must have `size` bytes. */
export type Inflate = (data: Uint8Array, size: number) => Uint8Array;

export interface ElfOptions {
  /** The machines (`EM_…`) to accept; ARM when not given, any when empty. */
  readonly machines?: readonly number[];
  /** For compressed debug sections. Without it they are an error that names the section when read. */
  readonly inflate?: Inflate;
}

/** A parsed ELF file. Made by {@link parseElf}. */
export interface ElfFile {
  readonly bytes: Uint8Array;
  /** 32 or 64 */
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `ET_…`: 1 relocatable, 2 executable, 3 shared object, 4 core */
  readonly type: number;
  /** `EM_…` */
  readonly machine: number;
  /** e_flags */
  readonly flags: number;
  /** As in the file: on ARM bit 0 set asks for Thumb state. */
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /**
   * Of .symtab, else of .dynsym, in the file's order without the null symbol.
   * @throws ElfError when the table is malformed
   */
  readonly symbols: readonly ElfSymbol[];
  /** The first section of that name. */
  section(name: string): ElfSection | undefined;
  /**
   * The contents of a section, decompressed; undefined when there is none of that name or it has no contents in the
   * file (.bss).
   * @throws ElfError when it is compressed in an unsupported way
   */
  sectionData(name: string): Uint8Array | undefined;
  /** The contents of a segment in the file (filesz bytes). */
  segmentData(segment: ElfSegment): Uint8Array;
}

/** The name of an `EM_…` number, as `ARM`. */
export function machineName(machine: number): string {
  return MACHINES[machine] ?? 'unknown';
}

/** Whether the bytes start as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * Parses an ELF file's headers. Section and symbol contents are read when asked for.
 * @throws ElfError when the file is not ELF, is truncated or malformed, or is for another machine
 */
export function parseElf(bytes: Uint8Array, options: ElfOptions = {}): ElfFile {
  return new ParsedElf(bytes, options);
}

interface Header {
  readonly programHeaders: { offset: number; size: number; count: number };
  readonly sectionHeaders: { offset: number; size: number; count: number; names: number };
}

class ParsedElf implements ElfFile {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  readonly type: number;
  readonly machine: number;
  readonly flags: number;
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  private readonly byName = new Map<string, ElfSection>();
  private readonly inflated = new Map<string, Uint8Array>();
  private symbolList: readonly ElfSymbol[] | undefined;

  constructor(
    readonly bytes: Uint8Array,
    private readonly options: ElfOptions,
  ) {
    checkIdent(bytes);
    this.bits = bytes[4] === 2 ? 64 : 32;
    this.littleEndian = bytes[5] === 1;
    const headerSize = this.bits === 64 ? 64 : 52;
    if (bytes.length < headerSize) {
      throw new ElfError(`the ELF header is truncated: it needs ${headerSize} bytes, the file has ${bytes.length}`);
    }
    const reader = this.reader(16);
    this.type = reader.u16();
    this.machine = reader.u16();
    const version = reader.u32();
    if (version !== 1) throw new ElfError(`the ELF header at offset 0x14 has version ${version}, not 1`);
    const machines = options.machines ?? [EM_ARM];
    if (machines.length && !machines.includes(this.machine)) {
      const wanted = machines.map((machine) => `${machineName(machine)} (${machine})`).join(' or ');
      throw new ElfError(`this ELF is for machine ${this.machine} (${machineName(this.machine)}), not ${wanted}`);
    }
    this.entry = this.word(reader);
    const programOffset = this.word(reader);
    const sectionOffset = this.word(reader);
    this.flags = reader.u32();
    reader.skip(2);
    const header: Header = {
      programHeaders: { offset: programOffset, size: reader.u16(), count: reader.u16() },
      sectionHeaders: { offset: sectionOffset, size: reader.u16(), count: reader.u16(), names: reader.u16() },
    };
    this.sections = this.readSections(header);
    this.segments = this.readSegments(header);
    for (const section of this.sections) {
      if (!this.byName.has(section.name)) this.byName.set(section.name, section);
    }
  }

  get symbols(): readonly ElfSymbol[] {
    return (this.symbolList ??= this.readSymbols());
  }

  section(name: string): ElfSection | undefined {
    return this.byName.get(name);
  }

  sectionData(name: string): Uint8Array | undefined {
    const section = this.byName.get(name);
    if (!section || section.type === SHT_NOBITS || section.index === 0) return undefined;
    const data = this.bytes.subarray(section.offset, section.offset + section.size);
    if (!(section.flags & SHF_COMPRESSED)) return data;
    let result = this.inflated.get(name);
    if (!result) this.inflated.set(name, (result = this.decompress(section, data)));
    return result;
  }

  segmentData(segment: ElfSegment): Uint8Array {
    return this.bytes.subarray(segment.offset, segment.offset + segment.filesz);
  }

  private reader(offset: number): ByteReader {
    return new ByteReader(this.bytes, 'the file', this.littleEndian, offset);
  }

  private word(reader: ByteReader): number {
    return this.bits === 64 ? reader.u64AsNumber() : reader.u32();
  }

  /** Checks that a range the file describes lies inside it. */
  private check(what: string, offset: number, size: number): void {
    const length = this.bytes.length;
    if (offset > length || size > length - offset) {
      throw new ElfError(
        `${what} at offset ${hex(offset)} (${hex(size)} bytes) runs past the end of the file (${hex(length)} bytes)`,
      );
    }
  }

  private readSegments(header: Header): ElfSegment[] {
    const { offset, size, count } = header.programHeaders;
    const segments: ElfSegment[] = [];
    const needed = this.bits === 64 ? 56 : 32;
    // PN_XNUM: the true number is in section header 0 (gABI).
    const total = count === 0xffff && this.sections.length ? this.sections[0].info : count;
    if (total && size < needed) {
      throw new ElfError(
        `program headers of ${size} bytes (ELF header, offset ${this.bits === 64 ? '0x36' : '0x2a'}): ${needed} are needed`,
      );
    }
    for (let i = 0; i < total; i++) {
      const at = offset + i * size;
      this.check(`program header ${i}`, at, needed);
      const reader = this.reader(at);
      const segment = this.bits === 64 ? readSegment64(reader) : readSegment32(reader);
      if (segment.type === PT_LOAD) {
        this.check(`the contents of program header ${i}`, segment.offset, segment.filesz);
        if (segment.filesz > segment.memsz) {
          throw new ElfError(
            `program header ${i} at offset ${hex(at)} has more bytes in the file (${hex(segment.filesz)}) than in memory (${hex(segment.memsz)})`,
          );
        }
      }
      segments.push(segment);
    }
    return segments;
  }

  private readSections(header: Header): ElfSection[] {
    const { offset, size, count, names } = header.sectionHeaders;
    const needed = this.bits === 64 ? 64 : 40;
    if (offset === 0) return [];
    if (size < needed) {
      throw new ElfError(
        `section headers of ${size} bytes (ELF header, offset ${this.bits === 64 ? '0x3a' : '0x2e'}): ${needed} are needed`,
      );
    }
    this.check('section header 0', offset, needed);
    const first = this.readSection(this.reader(offset), 0);
    // With 0xff00 sections or more both numbers are in section header 0 (gABI).
    const total = count === 0 ? first.size : count;
    const namesIndex = names === 0xffff ? first.link : names;
    this.check(`the table of ${total} section headers`, offset, total * size);
    const raw: (Omit<ElfSection, 'name'> & { nameOffset: number })[] = [];
    for (let i = 0; i < total; i++) {
      const section = this.readSection(this.reader(offset + i * size), i);
      if (i > 0 && section.type !== SHT_NOBITS && section.type !== 0) {
        this.check(`section ${i}`, section.offset, section.size);
      }
      raw.push(section);
    }
    if (namesIndex === SHN_UNDEF || total === 0)
      return raw.map(({ nameOffset: _, ...section }) => ({ ...section, name: '' }));
    const table = raw[namesIndex];
    if (!table) {
      throw new ElfError(
        `the section names are said to be in section ${namesIndex}, but there are only ${total} sections`,
      );
    }
    if (table.type !== SHT_STRTAB) {
      throw new ElfError(`the section names are said to be in section ${namesIndex}, which is not a string table`);
    }
    return raw.map(({ nameOffset, ...section }) => ({
      ...section,
      name: section.index === 0 ? '' : this.string(table, nameOffset, `the name of section ${section.index}`),
    }));
  }

  private readSection(reader: ByteReader, index: number): Omit<ElfSection, 'name'> & { nameOffset: number } {
    const nameOffset = reader.u32();
    const type = reader.u32();
    const flags = this.word(reader);
    const address = this.word(reader);
    const offset = this.word(reader);
    const size = this.word(reader);
    const link = reader.u32();
    const info = reader.u32();
    this.word(reader);
    const entrySize = this.word(reader);
    return { index, nameOffset, type, flags, address, offset, size, link, info, entrySize };
  }

  /** A string of a string table; `what` names it in messages. */
  private string(table: { index: number; offset: number; size: number }, offset: number, what: string): string {
    const start = table.offset + offset;
    const end = table.offset + table.size;
    const nul = offset < table.size ? this.bytes.indexOf(0, start) : -1;
    if (nul < 0 || nul >= end) {
      throw new ElfError(
        `${what} at offset ${hex(offset)} runs past the end of string table ${table.index} (${hex(table.size)} bytes)`,
      );
    }
    return decodeUtf8(this.bytes, start, nul);
  }

  private readSymbols(): ElfSymbol[] {
    const table =
      this.sections.find((section) => section.type === SHT_SYMTAB) ??
      this.sections.find((section) => section.type === SHT_DYNSYM);
    if (!table) return [];
    const needed = this.bits === 64 ? 24 : 16;
    if (table.entrySize < needed) {
      throw new ElfError(`symbol table ${table.name} has entries of ${table.entrySize} bytes: ${needed} are needed`);
    }
    const strings = this.sections[table.link];
    if (!strings || strings.type !== SHT_STRTAB) {
      throw new ElfError(
        `symbol table ${table.name} names section ${table.link} as its strings, which is no string table`,
      );
    }
    const symbols: ElfSymbol[] = [];
    const count = Math.floor(table.size / table.entrySize);
    for (let i = 1; i < count; i++) {
      const reader = this.reader(table.offset + i * table.entrySize);
      const nameOffset = reader.u32();
      let value: number, size: number, info: number, section: number;
      if (this.bits === 64) {
        info = reader.u8();
        reader.skip(1);
        section = reader.u16();
        value = reader.u64AsNumber();
        size = reader.u64AsNumber();
      } else {
        value = reader.u32();
        size = reader.u32();
        info = reader.u8();
        reader.skip(1);
        section = reader.u16();
      }
      const name = nameOffset === 0 ? '' : this.string(strings, nameOffset, `the name of symbol ${i} of ${table.name}`);
      symbols.push({ name, value, size, type: info & 15, binding: info >> 4, section });
    }
    return symbols;
  }

  /** The contents after the compression header (gABI, "Section Compression"). */
  private decompress(section: ElfSection, data: Uint8Array): Uint8Array {
    const reader = new ByteReader(data, `compressed section ${section.name}`, this.littleEndian);
    const kind = reader.u32();
    if (this.bits === 64) reader.skip(4);
    const size = this.word(reader);
    this.word(reader);
    if (kind !== ELFCOMPRESS_ZLIB) {
      throw new ElfError(
        `section ${section.name} is compressed in way ${kind}${kind === 2 ? ' (zstd)' : ''}, which is not supported`,
      );
    }
    if (!this.options.inflate) {
      throw new ElfError(
        `section ${section.name} is compressed (zlib), which is not supported here: link without --compress-debug-sections`,
      );
    }
    let result: Uint8Array;
    try {
      result = this.options.inflate(data.subarray(reader.pos), size);
    } catch (error) {
      throw new ElfError(
        `section ${section.name} cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (result.length !== size) {
      throw new ElfError(
        `section ${section.name} decompresses to ${result.length} bytes, not the ${size} it announces`,
      );
    }
    return result;
  }
}

function checkIdent(bytes: Uint8Array): void {
  if (!isElf(bytes)) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new ElfError(
      bytes.length === 0 ? 'not an ELF file: it is empty' : `not an ELF file: it starts with ${start}, not 7f 45 4c 46`,
    );
  }
  if (bytes.length < 16) throw new ElfError(`the ELF header is truncated: the file has only ${bytes.length} bytes`);
  if (bytes[4] !== 1 && bytes[4] !== 2) {
    throw new ElfError(`the ELF header has class ${bytes[4]} at offset 0x4: neither 1 (32 bits) nor 2 (64 bits)`);
  }
  if (bytes[5] !== 1 && bytes[5] !== 2) {
    throw new ElfError(
      `the ELF header has data encoding ${bytes[5]} at offset 0x5: neither 1 (little-endian) nor 2 (big-endian)`,
    );
  }
  if (bytes[6] !== 1) throw new ElfError(`the ELF header has version ${bytes[6]} at offset 0x6, not 1`);
}

function readSegment32(reader: ByteReader): ElfSegment {
  const type = reader.u32();
  const offset = reader.u32();
  const vaddr = reader.u32();
  const paddr = reader.u32();
  const filesz = reader.u32();
  const memsz = reader.u32();
  const flags = reader.u32();
  return { type, offset, vaddr, paddr, filesz, memsz, flags, align: reader.u32() };
}

function readSegment64(reader: ByteReader): ElfSegment {
  const type = reader.u32();
  const flags = reader.u32();
  const offset = reader.u64AsNumber();
  const vaddr = reader.u64AsNumber();
  const paddr = reader.u64AsNumber();
  const filesz = reader.u64AsNumber();
  const memsz = reader.u64AsNumber();
  return { type, offset, vaddr, paddr, filesz, memsz, flags, align: reader.u64AsNumber() };
}

/** The name of an `ET_…` number, as `executable`. */
export function elfTypeName(type: number): string {
  return TYPES[type] ?? `type ${type}`;
}
