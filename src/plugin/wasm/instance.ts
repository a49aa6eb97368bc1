import { PluginMemory, stringSize } from './memory-view';

/** A function that a plugin's module exports, or that lies in its table. */
export type WasmFunction = (...args: (number | bigint)[]) => unknown;

interface Exports {
  readonly memory: { readonly buffer: ArrayBufferLike };
  readonly __indirect_function_table: { readonly length: number; get(index: number): unknown };
  readonly malloc: (bytes: number) => number;
  readonly free: (at: number) => void;
}

/** A module that is compiled, where the engine runs; this layer knows no host's types. */
export interface CompiledModule {
  readonly imports: readonly { readonly module: string; readonly name: string }[];
  /** Makes an instance; returns its exports. */
  instantiate(imports: Record<string, Record<string, unknown>>): Record<string, unknown>;
}

/** A plugin's module at run time: its memory, its functions, and texts that live as long as it does. */
export class PluginInstance {
  readonly memory: PluginMemory;
  private readonly exports: Exports;
  private readonly texts = new Map<string, number>();

  /** @throws an Error that names what the module lacks */
  constructor(private readonly all: Record<string, unknown>) {
    for (const name of ['memory', '__indirect_function_table', 'malloc', 'free']) {
      if (!(name in all)) {
        throw new Error(`the module does not export ${name}: was it built with "tcgscope plugin build"?`);
      }
    }
    this.exports = all as unknown as Exports;
    this.memory = new PluginMemory(this.exports.memory);
  }

  /** The function that a C function pointer means; undefined for NULL. */
  function(pointer: number): WasmFunction | undefined {
    if (pointer === 0) return undefined;
    const table = this.exports.__indirect_function_table;
    const found = (pointer >>> 0 < table.length ? table.get(pointer >>> 0) : null) as WasmFunction | null;
    if (!found) throw new Error(`${pointer} is not a function pointer of the plugin`);
    return found;
  }

  /** An exported function; undefined where there is none. */
  exported(name: string): WasmFunction | undefined {
    const value = this.all[name];
    return typeof value === 'function' ? (value as WasmFunction) : undefined;
  }

  /** The address of an exported variable. */
  address(name: string): number | undefined {
    const value = this.all[name];
    return typeof value === 'object' && value !== null && 'value' in value ? Number(value.value) : undefined;
  }

  allocate(bytes: number): number {
    const at = this.exports.malloc(bytes) >>> 0;
    if (at === 0) throw new Error(`out of memory: the plugin's module has no ${bytes} bytes left`);
    return at;
  }

  free(at: number): void {
    this.exports.free(at);
  }

  /** A copy of the text that the plugin, or the caller, frees. */
  newString(text: string): number {
    const at = this.allocate(stringSize(text));
    this.memory.setString(at, text);
    return at;
  }

  /** A text that is the emulator's and stays; NULL for null. */
  ownString(text: string | null): number {
    if (text === null) return 0;
    let at = this.texts.get(text);
    if (at === undefined) this.texts.set(text, (at = this.newString(text)));
    return at;
  }
}
