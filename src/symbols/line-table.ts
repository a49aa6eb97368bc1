import type { LineFile, LineProgram } from './dwarf/line';
import { ROW_IS_STMT, ROW_PROLOGUE_END } from './dwarf/line';
import { commonSuffix, pathParts } from './paths';

/** A source file that some line of code came from. */
export interface SourceFile {
  /** For the user: the compiled path, rewritten by the source map. */
  readonly path: string;
  /** As the compiler recorded it, made absolute. */
  readonly compiledPath: string;
  readonly md5?: string;
}

export interface LinePosition {
  readonly file: SourceFile;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 when unknown. */
  readonly column: number;
  /** The first address of the row. */
  readonly address: number;
  /** The address after its code. */
  readonly end: number;
  readonly isStmt: boolean;
  readonly discriminator: number;
}

/** The start of a run of code of one line. */
export interface LineStart {
  readonly address: number;
  readonly line: number;
  readonly column: number;
}

export interface AddressRange {
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

interface Sequence extends AddressRange {
  readonly first: number;
  readonly last: number;
}

export interface LineTableOptions {
  /** Whether an address is code of the program: sequences elsewhere are what the linker dropped, and are ignored. */
  readonly isCode?: (address: number) => boolean;
  /** Whether [low, high) is exactly one function: decides between several dropped ones that all start at 0. */
  readonly isFunction?: (low: number, high: number) => boolean;
  /** Rewrites compiled paths to the user's. */
  readonly mapPath?: (path: string) => string;
}

/** All line number programs of a file, merged for queries by address and by line. */
export class LineTable {
  /** Files that code came from, in order of appearance. */
  readonly files: readonly SourceFile[];
  private readonly parts: readonly (readonly string[])[];
  private readonly sequences: readonly Sequence[];
  private readonly rowAddress: Float64Array;
  private readonly rowFile: Uint32Array;
  private readonly rowLine: Uint32Array;
  private readonly rowColumn: Uint32Array;
  private readonly rowFlags: Uint8Array;
  private readonly rowDiscriminator: Uint32Array;
  private readonly fileLines = new Map<number, Map<number, number[]>>();

  constructor(programs: readonly LineProgram[], options: LineTableOptions = {}) {
    const chosen = chooseSequences(programs, options);
    let count = 0;
    for (const { sequence } of chosen) count += sequence.last - sequence.first;
    this.rowAddress = new Float64Array(count);
    this.rowFile = new Uint32Array(count);
    this.rowLine = new Uint32Array(count);
    this.rowColumn = new Uint32Array(count);
    this.rowFlags = new Uint8Array(count);
    this.rowDiscriminator = new Uint32Array(count);
    const files: SourceFile[] = [];
    const ids = new Map<string, number>();
    const idOf = (program: LineProgram, index: number): number => {
      const file: LineFile = program.files[index] ?? { path: `<unknown file ${index}>` };
      let id = ids.get(file.path);
      if (id === undefined) {
        ids.set(file.path, (id = files.length));
        const path = options.mapPath?.(file.path) ?? file.path;
        files.push({ path, compiledPath: file.path, ...(file.md5 ? { md5: file.md5 } : {}) });
      }
      return id;
    };
    const sequences: Sequence[] = [];
    let next = 0;
    for (const { program, sequence } of chosen) {
      const first = next;
      const { rows } = program;
      for (const row of orderedRows(program, sequence.first, sequence.last)) {
        this.rowAddress[next] = rows.address[row];
        this.rowFile[next] = idOf(program, rows.file[row]);
        this.rowLine[next] = rows.line[row];
        this.rowColumn[next] = rows.column[row];
        this.rowFlags[next] = rows.flags[row];
        this.rowDiscriminator[next] = rows.discriminator[row];
        next++;
      }
      sequences.push({ first, last: next, low: this.rowAddress[first], high: sequence.high });
    }
    this.sequences = sequences;
    this.files = files;
    this.parts = files.map((file) => pathParts(file.path));
  }

  /** The source position of the code at an address; undefined when the table has none (or line 0) for it. */
  lookup(address: number): LinePosition | undefined {
    const sequence = this.sequenceAt(address);
    const row = this.rowAt(address);
    return !sequence || this.rowLine[row] === 0 ? undefined : this.position(this.statementRow(row), sequence);
  }

  /**
   * The addresses around one that belong to the same line without a gap: what a step over the line runs through.
   */
  lineRange(address: number): AddressRange | undefined {
    const row = this.rowAt(address);
    const sequence = this.sequenceAt(address);
    if (row < 0 || !sequence) return undefined;
    const label = this.statementRow(row);
    const same = (last: number) => {
      const other = this.statementRow(last);
      return this.rowFile[other] === this.rowFile[label] && this.rowLine[other] === this.rowLine[label];
    };
    // Rows of one address together: only the last of them has the code.
    const firstOf = (last: number) => {
      let first = last;
      while (first > sequence.first && this.rowAddress[first - 1] === this.rowAddress[last]) first--;
      return first;
    };
    const lastOf = (first: number) => {
      let last = first;
      while (last + 1 < sequence.last && this.rowAddress[last + 1] === this.rowAddress[first]) last++;
      return last;
    };
    let first = firstOf(row);
    while (first > sequence.first && same(first - 1)) first = firstOf(first - 1);
    let last = lastOf(row);
    while (last + 1 < sequence.last && same(lastOf(last + 1))) last = lastOf(last + 1);
    return { low: this.rowAddress[first], high: this.rowEnd(last, sequence) };
  }

  /**
   * Files that a path names: those with most trailing parts in common, the file name at least. An exact match wins.
   * @param path of either separator, absolute or a suffix
   */
  filesMatching(path: string): SourceFile[] {
    return this.fileIds(path).map((id) => this.files[id]);
  }

  /** The lines of a file that have code, ascending. */
  linesOf(path: string): number[] {
    const lines = new Set<number>();
    for (const id of this.fileIds(path)) for (const line of this.index(id).keys()) lines.add(line);
    return [...lines].sort((a, b) => a - b);
  }

  /**
   * The starts of the runs of code of a line of a file, by address: is_stmt rows that do not continue a run of the
   * same line. None when the line has no code.
   */
  startsOf(path: string, line: number): LineStart[] {
    const starts: LineStart[] = [];
    for (const id of this.fileIds(path)) {
      for (const row of this.index(id).get(line) ?? []) {
        starts.push({ address: this.rowAddress[row], line, column: this.rowColumn[row] });
      }
    }
    starts.sort((a, b) => a.address - b.address);
    return starts.filter((start, index) => index === 0 || start.address !== starts[index - 1].address);
  }

  /** The first line from the given one on that has code in the file. */
  nextLine(path: string, line: number): number | undefined {
    return this.linesOf(path).find((candidate) => candidate >= line);
  }

  /**
   * The address after a function's prologue: the row the compiler marked, else the address of the second line row, as
   * GDB takes it. Two rows at the function's very start mean that there is no prologue.
   * @param low of the function
   * @param high exclusive
   */
  prologueEnd(low: number, high: number): number {
    const sequence = this.sequenceAt(low);
    const start = this.rowAt(low);
    if (!sequence || start < 0 || this.rowAddress[start] !== low) return low;
    let first = start;
    while (first > sequence.first && this.rowAddress[first - 1] === low) first--;
    for (let row = first; row < sequence.last && this.rowAddress[row] < high; row++) {
      if (this.rowFlags[row] & ROW_PROLOGUE_END) return this.rowAddress[row];
    }
    if (first + 1 < sequence.last && this.rowAddress[first + 1] === low && this.rowLine[first + 1] !== 0) return low;
    // A row with a smaller line is still set-up, scheduled in between; a new line, a larger one or another file is not.
    let at = first;
    for (;;) {
      let next = at + 1;
      while (next < sequence.last && this.rowAddress[next] === this.rowAddress[at]) next++;
      if (next >= sequence.last || this.rowAddress[next] >= high) return at === first ? low : this.rowAddress[at];
      // Of several rows at one address the last says what the code there is.
      while (next + 1 < sequence.last && this.rowAddress[next + 1] === this.rowAddress[next]) next++;
      if (
        this.rowLine[next] === 0 ||
        this.rowLine[next] >= this.rowLine[at] ||
        this.rowFile[next] !== this.rowFile[at]
      ) {
        return this.rowAddress[next];
      }
      at = next;
    }
  }

  /** All rows that start at an address, in the order of the program. */
  positionsAt(address: number): LinePosition[] {
    const sequence = this.sequenceAt(address);
    const last = this.rowAt(address);
    const result: LinePosition[] = [];
    for (let row = last; sequence && row >= sequence.first && this.rowAddress[row] === address; row--) {
      result.unshift(this.position(row, sequence));
    }
    return result;
  }

  /** All positions whose code overlaps [low, high), by address: the lines of a disassembly. */
  positionsIn(low: number, high: number): LinePosition[] {
    const result: LinePosition[] = [];
    for (const sequence of this.sequences) {
      if (sequence.high <= low || sequence.low >= high) continue;
      for (let row = sequence.first; row < sequence.last; row++) {
        if (this.rowAddress[row] >= high) break;
        const end = this.rowEnd(row, sequence);
        if (end > low && end > this.rowAddress[row] && this.rowLine[row] > 0) result.push(this.position(row, sequence));
      }
    }
    return result;
  }

  /** Of several rows at one address the last that starts a statement, as GDB shows it; else the last. */
  private statementRow(row: number): number {
    let at = row;
    while (!(this.rowFlags[at] & ROW_IS_STMT)) {
      if (at === 0 || this.rowAddress[at - 1] !== this.rowAddress[row] || this.rowLine[at - 1] === 0) return row;
      at--;
    }
    return at;
  }

  private position(row: number, sequence: Sequence): LinePosition {
    const address = this.rowAddress[row];
    let next = row;
    while (next + 1 < sequence.last && this.rowAddress[next + 1] === address) next++;
    return {
      file: this.files[this.rowFile[row]],
      line: this.rowLine[row],
      column: this.rowColumn[row],
      address,
      end: this.rowEnd(next, sequence),
      isStmt: (this.rowFlags[row] & ROW_IS_STMT) !== 0,
      discriminator: this.rowDiscriminator[row],
    };
  }

  private rowEnd(row: number, sequence: Sequence): number {
    return row + 1 < sequence.last ? this.rowAddress[row + 1] : sequence.high;
  }

  private sequenceAt(address: number): Sequence | undefined {
    let low = 0;
    let high = this.sequences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sequences[middle].low <= address) low = middle + 1;
      else high = middle;
    }
    const sequence = this.sequences[low - 1];
    return sequence && address < sequence.high ? sequence : undefined;
  }

  /** The last row at or below the address in its sequence, or -1. */
  private rowAt(address: number): number {
    const sequence = this.sequenceAt(address);
    if (!sequence) return -1;
    let low = sequence.first;
    let high = sequence.last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.rowAddress[middle] <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Line → rows that start a run of it. */
  private index(file: number): Map<number, number[]> {
    let lines = this.fileLines.get(file);
    if (lines) return lines;
    lines = new Map();
    for (const sequence of this.sequences) {
      let running = -1;
      for (let row = sequence.first; row < sequence.last; row++) {
        const line = this.rowLine[row];
        if (this.rowFile[row] !== file || line === 0) {
          // A row without code does not break a run.
          if (this.rowEnd(row, sequence) > this.rowAddress[row]) running = -1;
          continue;
        }
        if (line === running) continue;
        if (!(this.rowFlags[row] & ROW_IS_STMT)) {
          running = -1;
          continue;
        }
        running = line;
        const rows = lines.get(line);
        if (rows) rows.push(row);
        else lines.set(line, [row]);
      }
    }
    this.fileLines.set(file, lines);
    return lines;
  }

  private fileIds(path: string): number[] {
    const wanted = pathParts(path);
    let best = 0;
    let ids: number[] = [];
    this.parts.forEach((parts, id) => {
      const count = commonSuffix(parts, wanted);
      // A path of one is a suffix of the other, or at least the names agree.
      if (count === 0 || count < best) return;
      if (count > best) ids = [];
      best = count;
      ids.push(id);
    });
    const exact = ids.filter((id) => this.files[id].path === path);
    return exact.length ? exact : ids;
  }
}

interface ChosenSequence {
  readonly program: LineProgram;
  readonly sequence: LineProgram['sequences'][number];
}

/** The sequences of live code by address. */
function chooseSequences(programs: readonly LineProgram[], options: LineTableOptions): ChosenSequence[] {
  const all: ChosenSequence[] = [];
  for (const program of programs) {
    for (const sequence of program.sequences) {
      if (sequence.high <= sequence.low) continue;
      if (options.isCode && !options.isCode(sequence.low)) continue;
      all.push({ program, sequence });
    }
  }
  all.sort((a, b) => a.sequence.low - b.sequence.low || b.sequence.high - a.sequence.high);
  // Dropped functions are left at address 0 by linkers, over whatever lives there.
  const atZero = all.filter(({ sequence }) => sequence.low === 0);
  if (atZero.length < 2) return all;
  const kept = atZero.find(({ sequence }) => options.isFunction?.(0, sequence.high)) ?? atZero[0];
  return all.filter((entry) => entry.sequence.low !== 0 || entry === kept);
}

/** The rows of a sequence in order of address; a well-formed one is so already. */
function orderedRows(program: LineProgram, first: number, last: number): number[] {
  const rows = Array.from({ length: last - first }, (_, index) => first + index);
  const { address } = program.rows;
  const ordered = rows.every((row) => row === first || address[row] >= address[row - 1]);
  return ordered ? rows : rows.sort((a, b) => address[a] - address[b] || a - b);
}
