import { setFlagsFromString } from 'node:v8';
import type { WasmHost } from '../../tcg/wasm/host';

const PAGE = 65536;

/** V8's WebAssembly, with modules on `memory`. */
export function nodeWebAssembly(memory: WebAssembly.Memory): WasmHost {
  // Node 20 heeds branch hints only when asked to; later ones always do.
  setFlagsFromString('--experimental-wasm-branch-hinting');
  return {
    memory,
    memoryPages: memory.buffer.byteLength / PAGE,
    now: () => performance.now(),
    fromBase64: (text) => Buffer.from(text, 'base64'),
    instantiate: (bytes, imports) =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), imports as WebAssembly.Imports)
        .exports,
  };
}
