import type { ModuleBuilder } from '../../../src/tcg/wasm/module';

/** Makes an instance of a module on a memory of one page; its imports are in `env`. */
export function instantiate(
  module: ModuleBuilder,
  imports: Record<string, WebAssembly.ImportValue> = {},
): { readonly exports: WebAssembly.Exports; readonly memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const compiled = new WebAssembly.Module(module.finish() as Uint8Array<ArrayBuffer>);
  return { exports: new WebAssembly.Instance(compiled, { env: { memory, ...imports } }).exports, memory };
}
