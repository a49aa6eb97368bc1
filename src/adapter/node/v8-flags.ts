import { setFlagsFromString } from 'node:v8';

/**
 * Sets the flags of V8 that the engine wants, for the whole process. Before V8 compiles anything: code that it compiled with
 * other flags and kept does not count.
 */
export function setV8Flags(): void {
  // Node 20 heeds branch hints of WebAssembly only when asked to; later ones always do.
  setFlagsFromString('--experimental-wasm-branch-hinting');
  // A module whose functions wait for their first call leaves about a KiB behind when it is gone; ours are called at once.
  setFlagsFromString('--no-wasm-lazy-compilation');
}
