import type { TcgSocket } from 'qemu-plugin';
import type { OutputStream } from './journal';
import type { OutputTail } from './output-buffer';
import type { SemihostingHost } from '../../emulator/semihosting/host';
import type { CompiledModule } from '../../plugin/wasm/instance';
import type { WasmHost } from '../../tcg/wasm/host';

/** Services of the place the engine runs in: Node's worker, the command line's process, a browser's worker. */
export interface EnginePlatform {
  /** Shared memory of at least `bytes`, zeroed, up to 4 GiB. Throws an Error with a clear message when there is none. */
  createMemory(bytes: number): ArrayBufferLike;
  /** Compiles a plugin's WebAssembly module. Throws what the host throws on an invalid one. */
  compilePlugin(bytes: Uint8Array): CompiledModule;
  /** Compiles WebAssembly that uses the memory made last, whose buffer this is. */
  webAssembly(memory: ArrayBufferLike): WasmHost;
  readonly semihosting: SemihostingHost;
  /** Unpacks gzip data to at most `limit` bytes. Throws an Error that says what is wrong with it. */
  gunzip(data: Uint8Array, limit: number): Uint8Array;
  /** A stream socket whose calls wait; absent where there is none. Throws an Error that names the path. */
  openSocket?(path: string): TcgSocket;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back when the host's event loop has had its turn; at once, or after `delayMs`. */
  schedule(callback: () => void, delayMs: number): void;
  /**
   * Makes the shared memory and the plugins' names known to whoever watches from outside, before plugins are installed.
   */
  shareMemory(memory: ArrayBufferLike, pluginNames: readonly string[]): void;
  /** Where a copy of what is printed is kept until it is sent; absent where nobody could read it. */
  tail?(stream: OutputStream): OutputTail;
}
