/** A value of a WebAssembly import or export; this layer knows no host's types. */
export type WasmValue = unknown;

/** A table of functions that a module exports (a WebAssembly.Table). */
export interface WasmTable {
  readonly length: number;
  set(index: number, value: WasmValue): void;
  grow(count: number): number;
}

/** Compiles and runs WebAssembly where the engine runs. */
export interface WasmHost {
  /** The WebAssembly.Memory whose buffer is the machine's, for modules to import. */
  readonly memory: WasmValue;
  /** Its size, which is also its maximum, in pages of 64 KiB. It is shared. */
  readonly memoryPages: number;
  /** Milliseconds since any moment. */
  now(): number;
  /** The bytes that a text in base64 stands for. */
  fromBase64(text: string): Uint8Array;
  /** Compiles `bytes` and makes an instance; returns its exports. Throws what the host throws on an invalid module. */
  instantiate(bytes: Uint8Array, imports: Record<string, Record<string, WasmValue>>): Record<string, WasmValue>;
}
