import { setFlagsFromString } from 'node:v8';

/**
 * MiB of the halves of the young generation that a thread's heap begins with; V8 lets them grow to this anyway. Translating
 * and compiling make much garbage at once, while little lives: from small halves much of it is copied before it is garbage.
 */
const YOUNG_MIB = 16;

/**
 * V8's flags, for threads that start from now on. All before V8 compiles anything: code kept of earlier runs does not count
 * where flags differ.
 */
export function setFlags(): void {
  // Node 20 heeds branch hints of WebAssembly only when asked to; later ones always do.
  setFlagsFromString('--experimental-wasm-branch-hinting');
  setFlagsFromString(`--min-semi-space-size=${YOUNG_MIB}`);
}
