import type { WasmHost } from '../../tcg/wasm/host';
import { setV8Flags } from './v8-flags';

const PAGE = 65536;

/** V8's WebAssembly, with modules on `memory`. */
export function nodeWebAssembly(memory: WebAssembly.Memory): WasmHost {
  setV8Flags();
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
