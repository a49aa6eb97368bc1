import type { ByteReader } from '../bytes';
import { ElfError, hex } from '../bytes';
import { isAbsolutePath, joinPath } from '../paths';
import { FORM } from './constants';
import type { DwarfSections } from './sections';
import { readUnitLength } from './sections';

/**
 * Line number programs, versions 2 to 5.
 * Source: DWARF 5, section 6.2; DWARF 4 and 2 for the older headers.
 */

export interface LineFile {
  /** The full path as the compiler knew it: joined with its directory and the compilation's. */
  readonly path: string;
  /** MD5 of the source in hexadecimal, when the compiler recorded it (version 5). */
  readonly md5?: string;
}

export const ROW_IS_STMT = 1;
export const ROW_PROLOGUE_END = 2;
export const ROW_EPILOGUE_BEGIN = 4;
export const ROW_BASIC_BLOCK = 8;

/** The rows of a program, column by column. Rows of one sequence are adjacent and their addresses do not decrease. */
export interface LineRows {
  readonly address: number[];
  /** Index into the program's {@link LineProgram.files}. */
  readonly file: number[];
  /** From 1; 0: belongs to no line. */
  readonly line: number[];
  /** From 1; 0: unknown. */
  readonly column: number[];
  readonly flags: number[];
  readonly discriminator: number[];
}

export interface LineSequence {
  /** Index of its first row. */
  readonly first: number;
  /** Index after its last row. */
  readonly last: number;
  readonly low: number;
  /** The address after its last instruction. */
  readonly high: number;
}

export interface LineProgram {
  /** Of its unit in .debug_line. */
  readonly offset: number;
  readonly version: number;
  /** By the numbers DW_AT_decl_file uses: from 1 before version 5, from 0 in version 5. Holes are undefined. */
  readonly files: readonly (LineFile | undefined)[];
  readonly rows: LineRows;
  readonly sequences: readonly LineSequence[];
  /** Offset in the section after this unit. */
  readonly end: number;
}

interface Header {
  readonly version: number;
  readonly minimumInstructionLength: number;
  readonly maximumOperations: number;
  readonly defaultIsStmt: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly opcodeLengths: readonly number[];
  readonly files: (LineFile | undefined)[];
  readonly directories: readonly string[];
}

/** Where the source paths of a unit start: the compilation unit's own attributes. */
export interface LineOrigin {
  readonly compilationDirectory?: string;
  readonly name?: string;
}

/**
 * Parses the unit at an offset of .debug_line.
 * @throws ElfError when the header is malformed; a broken program is a warning, and its rows so far are kept
 */
export function readLineProgram(sections: DwarfSections, offset: number, origin: LineOrigin): LineProgram {
  const section = sections.reader('.debug_line', offset);
  const { end, offsetSize } = readUnitLength(section);
  const reader = section.range(section.pos, end);
  const version = reader.u16();
  if (version < 2 || version > 5) {
    throw new ElfError(`the unit at offset ${hex(offset)} of .debug_line has version ${version}, not 2 to 5`);
  }
  if (version >= 5) reader.skip(2);
  const headerLength = reader.unsigned(offsetSize);
  const programStart = reader.pos + headerLength;
  const minimumInstructionLength = reader.u8();
  const maximumOperations = version >= 4 ? Math.max(reader.u8(), 1) : 1;
  const defaultIsStmt = reader.u8() !== 0;
  const lineBase = reader.s8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  if (lineRange === 0) {
    throw new ElfError(`the unit at offset ${hex(offset)} of .debug_line has a line range of 0`);
  }
  const opcodeLengths = [0];
  for (let i = 1; i < opcodeBase; i++) opcodeLengths.push(reader.u8());
  const tables =
    version >= 5
      ? readTables5(sections, reader, offsetSize, origin)
      : readTables2(reader, origin.compilationDirectory ?? '');
  reader.seek(programStart);
  const header: Header = {
    version,
    minimumInstructionLength,
    maximumOperations,
    defaultIsStmt,
    lineBase,
    lineRange,
    opcodeBase,
    opcodeLengths,
    ...tables,
  };
  const rows: LineRows = { address: [], file: [], line: [], column: [], flags: [], discriminator: [] };
  const sequences: LineSequence[] = [];
  sections.guard('', undefined, () => run(header, reader, rows, sequences, sections.addressSize));
  return { offset, version, files: header.files, rows, sequences, end };
}

interface Tables {
  directories: string[];
  files: (LineFile | undefined)[];
}

/** The tables before version 5: NUL-terminated lists; directory 0 is the compilation's. */
function readTables2(reader: ByteReader, compilationDirectory: string): Tables {
  const directories = [compilationDirectory];
  for (;;) {
    const name = reader.cstring();
    if (!name) break;
    directories.push(joinPath(compilationDirectory, name));
  }
  const files: (LineFile | undefined)[] = [undefined];
  for (;;) {
    const name = reader.cstring();
    if (!name) break;
    files.push(readFile2(reader, name, directories));
  }
  return { directories, files };
}

function readFile2(reader: ByteReader, name: string, directories: readonly string[]): LineFile {
  const directory = reader.uleb();
  reader.uleb();
  reader.uleb();
  return { path: joinPath(directories[directory] ?? '', name) };
}

const LNCT_PATH = 1;
const LNCT_DIRECTORY = 2;
const LNCT_MD5 = 5;

interface Entry {
  path: string;
  directory: number;
  md5?: string;
}

function readTables5(sections: DwarfSections, reader: ByteReader, offsetSize: 4 | 8, origin: LineOrigin): Tables {
  const directoryEntries = readEntries(sections, reader, offsetSize);
  const base = directoryEntries[0]?.path ?? origin.compilationDirectory ?? '';
  const root = isAbsolutePath(base) ? base : joinPath(origin.compilationDirectory ?? '', base);
  const directories = directoryEntries.map((entry, index) => (index === 0 ? root : joinPath(root, entry.path)));
  const files = readEntries(sections, reader, offsetSize).map((entry) => ({
    path: joinPath(directories[entry.directory] ?? '', entry.path),
    ...(entry.md5 ? { md5: entry.md5 } : {}),
  }));
  return { directories, files };
}

/** An entry-format description and the entries it describes (DWARF 5, section 6.2.4.1). */
function readEntries(sections: DwarfSections, reader: ByteReader, offsetSize: 4 | 8): Entry[] {
  const formats: { content: number; form: number }[] = [];
  for (let count = reader.u8(); count > 0; count--) formats.push({ content: reader.uleb(), form: reader.uleb() });
  const count = reader.uleb();
  if (count > 0 && (formats.length === 0 || count > reader.end - reader.pos)) {
    throw new ElfError(
      `a table of ${count} entries before offset ${hex(reader.pos)} of .debug_line does not fit its unit`,
    );
  }
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const entry: Entry = { path: '', directory: 0 };
    for (const { content, form } of formats) {
      const value = readEntryForm(sections, reader, form, offsetSize);
      if (content === LNCT_PATH && typeof value === 'string') entry.path = value;
      else if (content === LNCT_DIRECTORY && typeof value === 'number') entry.directory = value;
      else if (content === LNCT_MD5 && value instanceof Uint8Array) {
        entry.md5 = [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      }
    }
    entries.push(entry);
  }
  return entries;
}

function readEntryForm(
  sections: DwarfSections,
  reader: ByteReader,
  form: number,
  offsetSize: 4 | 8,
): string | number | Uint8Array {
  switch (form) {
    case FORM.string:
      return reader.cstring();
    case FORM.line_strp:
      return sections.string('.debug_line_str', reader.unsigned(offsetSize));
    case FORM.strp:
      return sections.string('.debug_str', reader.unsigned(offsetSize));
    case FORM.udata:
      return reader.uleb();
    case FORM.data1:
      return reader.u8();
    case FORM.data2:
      return reader.u16();
    case FORM.data4:
      return reader.u32();
    case FORM.data8:
      return Number(reader.u64());
    case FORM.data16:
      return reader.block(16);
    case FORM.block:
      return reader.block(reader.uleb());
    case FORM.block1:
      return reader.block(reader.u8());
    case FORM.block2:
      return reader.block(reader.u16());
    case FORM.block4:
      return reader.block(reader.u32());
    default:
      throw new ElfError(
        `form ${hex(form)} before offset ${hex(reader.pos)} of .debug_line has no meaning in a file table`,
      );
  }
}

/** Runs the program: the state machine of DWARF 5, section 6.2.2, with the opcodes of section 6.2.5. */
function run(header: Header, reader: ByteReader, rows: LineRows, sequences: LineSequence[], addressSize: number): void {
  let address = 0;
  let operation = 0;
  let file = 1;
  let line = 1;
  let column = 0;
  let isStmt = header.defaultIsStmt;
  let flags = 0;
  let discriminator = 0;
  let first = 0;
  const reset = () => {
    address = operation = column = flags = discriminator = 0;
    file = line = 1;
    isStmt = header.defaultIsStmt;
    first = rows.address.length;
  };
  const advance = (count: number) => {
    if (header.maximumOperations === 1) {
      address += header.minimumInstructionLength * count;
      return;
    }
    const total = operation + count;
    address += header.minimumInstructionLength * Math.floor(total / header.maximumOperations);
    operation = total % header.maximumOperations;
  };
  const row = () => {
    rows.address.push(address);
    rows.file.push(file);
    rows.line.push(Math.max(line, 0));
    rows.column.push(column);
    rows.flags.push(flags | (isStmt ? ROW_IS_STMT : 0));
    rows.discriminator.push(discriminator);
    flags = discriminator = 0;
  };
  const endSequence = () => {
    if (rows.address.length > first) {
      const low = rows.address[first];
      sequences.push({ first, last: rows.address.length, low, high: address });
    }
    reset();
  };
  reset();
  while (!reader.done) {
    const opcode = reader.u8();
    if (opcode >= header.opcodeBase) {
      const adjusted = opcode - header.opcodeBase;
      advance(Math.floor(adjusted / header.lineRange));
      line += header.lineBase + (adjusted % header.lineRange);
      row();
      continue;
    }
    switch (opcode) {
      case 0: {
        const length = reader.uleb();
        const at = reader.pos;
        if (length === 0) break;
        if (length > reader.end - at) {
          throw new ElfError(`the extended opcode at offset ${hex(at)} of .debug_line runs past the end of its unit`);
        }
        const code = reader.u8();
        if (code === 1) endSequence();
        else if (code === 2) {
          address = reader.unsigned(length - 1 === 8 || length - 1 === 4 ? length - 1 : addressSize);
          operation = 0;
        } else if (code === 3) {
          header.files.push(readFile2(reader, reader.cstring(), header.directories));
        } else if (code === 4) discriminator = reader.uleb();
        reader.seek(at + length);
        break;
      }
      case 1:
        row();
        break;
      case 2:
        advance(reader.uleb());
        break;
      case 3:
        line += reader.sleb();
        break;
      case 4:
        file = reader.uleb();
        break;
      case 5:
        column = reader.uleb();
        break;
      case 6:
        isStmt = !isStmt;
        break;
      case 7:
        flags |= ROW_BASIC_BLOCK;
        break;
      case 8:
        advance(Math.floor((255 - header.opcodeBase) / header.lineRange));
        break;
      case 9:
        address += reader.u16();
        operation = 0;
        break;
      case 10:
        flags |= ROW_PROLOGUE_END;
        break;
      case 11:
        flags |= ROW_EPILOGUE_BEGIN;
        break;
      case 12:
        reader.uleb();
        break;
      default:
        for (let count = header.opcodeLengths[opcode]; count > 0; count--) reader.uleb();
    }
  }
  if (rows.address.length > first) {
    throw new ElfError(
      `the line number program that ends at offset ${hex(reader.end)} of .debug_line has no end of sequence`,
    );
  }
}
