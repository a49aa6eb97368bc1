import type { FunctionBody } from './function';
import type { Type } from './opcodes';
import { ByteWriter } from './writer';

export interface FunctionType {
  readonly parameters: readonly Type[];
  readonly results: readonly Type[];
}

const FUNCTION_TYPE = 0x60;
const FUNCREF = 0x70;
enum Section {
  Custom = 0,
  Type = 1,
  Import = 2,
  Function = 3,
  Table = 4,
  Export = 7,
  Element = 9,
  Code = 10,
}
enum External {
  Function = 0,
  Table = 1,
  Memory = 2,
}
/** Memory limits: shared, with a maximum. */
const SHARED_WITH_MAXIMUM = 3;
/** Pages that no memory has more of. */
const MOST_PAGES = 65536;
const ANY_UNSHARED = 0;

/**
 * Puts a WebAssembly module together: one imported shared memory, imported functions, functions of its own. Functions are
 * numbered imports first.
 */
export class ModuleBuilder {
  private readonly types: FunctionType[] = [];
  private readonly imports: { module: string; name: string; type: number }[] = [];
  private readonly functions: { type: number; body: FunctionBody }[] = [];
  private readonly exports: { name: string; kind: External; index: number }[] = [];
  private tableSize: number | undefined;
  private elements: readonly number[] = [];

  /** @param memoryPages size and maximum of the memory, which is imported as `env.memory`; or any that is shared or is not */
  constructor(private readonly memoryPages: number | 'shared' | 'unshared') {}

  type(parameters: readonly Type[], results: readonly Type[]): number {
    const same = (a: readonly Type[], b: readonly Type[]): boolean =>
      a.length === b.length && a.every((t, i) => t === b[i]);
    const found = this.types.findIndex((t) => same(t.parameters, parameters) && same(t.results, results));
    return found >= 0 ? found : this.types.push({ parameters, results }) - 1;
  }

  /** Imports are declared before any function of the module's own. */
  importFunction(module: string, name: string, type: number): number {
    if (this.functions.length) throw new Error('imports come before functions');
    return this.imports.push({ module, name, type }) - 1;
  }

  function(type: number, body: FunctionBody): number {
    return this.imports.length + this.functions.push({ type, body }) - 1;
  }

  /** The number that the next {@link function} gets. */
  get nextFunction(): number {
    return this.imports.length + this.functions.length;
  }

  exportFunction(name: string, index: number): void {
    this.exports.push({ name, kind: External.Function, index });
  }

  /** A table of functions, exported, whose first elements are these functions. */
  exportTable(name: string, size: number, elements: readonly number[]): void {
    this.tableSize = size;
    this.elements = elements;
    this.exports.push({ name, kind: External.Table, index: 0 });
  }

  finish(): Uint8Array {
    const out = new ByteWriter();
    for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
    section(out, Section.Type, (s) => vector(s, this.types, (type) => writeType(s, type)));
    section(out, Section.Import, (s) => this.writeImports(s));
    section(out, Section.Function, (s) => vector(s, this.functions, ({ type }) => s.u32(type)));
    if (this.tableSize !== undefined) section(out, Section.Table, (s) => writeTable(s, this.tableSize ?? 0));
    section(out, Section.Export, (s) =>
      vector(s, this.exports, ({ name, kind, index }) => {
        s.name(name);
        s.byte(kind);
        s.u32(index);
      }),
    );
    if (this.elements.length) section(out, Section.Element, (s) => writeElements(s, this.elements));
    this.writeHints(out);
    section(out, Section.Code, (s) => vector(s, this.functions, ({ body }) => s.sized(body.bytes)));
    return out.bytes().slice();
  }

  private writeImports(s: ByteWriter): void {
    s.u32(this.imports.length + 1);
    s.name('env');
    s.name('memory');
    s.byte(External.Memory);
    if (this.memoryPages === 'unshared') {
      s.byte(ANY_UNSHARED);
      s.u32(0);
    } else {
      const [least, most] = this.memoryPages === 'shared' ? [0, MOST_PAGES] : [this.memoryPages, this.memoryPages];
      s.byte(SHARED_WITH_MAXIMUM);
      s.u32(least);
      s.u32(most);
    }
    for (const { module, name, type } of this.imports) {
      s.name(module);
      s.name(name);
      s.byte(External.Function);
      s.u32(type);
    }
  }

  /** Which way branches mostly go (the branch hinting proposal); comes before the code. */
  private writeHints(out: ByteWriter): void {
    const hinted = this.functions.flatMap(({ body }, i) =>
      body.hints.length ? [{ index: this.imports.length + i, hints: body.hints }] : [],
    );
    if (!hinted.length) return;
    section(out, Section.Custom, (s) => {
      s.name('metadata.code.branch_hint');
      vector(s, hinted, ({ index, hints }) => {
        s.u32(index);
        vector(s, hints, ({ offset, likely }) => {
          s.u32(offset);
          s.u32(1);
          s.byte(likely ? 1 : 0);
        });
      });
    });
  }
}

function section(out: ByteWriter, id: Section, write: (s: ByteWriter) => void): void {
  const body = new ByteWriter();
  write(body);
  out.byte(id);
  out.sized(body.bytes());
}

function vector<T>(s: ByteWriter, items: readonly T[], write: (item: T) => void): void {
  s.u32(items.length);
  items.forEach((item) => write(item));
}

function writeType(s: ByteWriter, { parameters, results }: FunctionType): void {
  s.byte(FUNCTION_TYPE);
  vector(s, parameters, (type) => s.byte(type));
  vector(s, results, (type) => s.byte(type));
}

function writeTable(s: ByteWriter, size: number): void {
  s.u32(1);
  s.byte(FUNCREF);
  s.byte(0);
  s.u32(size);
}

/** One active segment of functions from element 0 on. */
function writeElements(s: ByteWriter, elements: readonly number[]): void {
  s.u32(1);
  s.u32(0);
  s.byte(0x41);
  s.s32(0);
  s.byte(0x0b);
  vector(s, elements, (index) => s.u32(index));
}
