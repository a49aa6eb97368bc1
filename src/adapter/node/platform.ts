import { gunzipSync } from 'node:zlib';
import type { CompiledModule } from '../../plugin/wasm/instance';
import type { EnginePlatform } from '../engine/platform';
import { NodeSemihostingHost } from './semihosting-host';
import { openSocket } from './socket-bridge';
import { nodeWebAssembly } from './web-assembly';

const PAGE = 65536;

/** A plugin's module, compiled here and now: the engine has a thread of its own. */
function compilePlugin(bytes: Uint8Array): CompiledModule {
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  return {
    imports: WebAssembly.Module.imports(module),
    instantiate: (imports) => new WebAssembly.Instance(module, imports as WebAssembly.Imports).exports,
  };
}

/**
 * The engine's services from Node. `share` is told of the memory: a worker sends it to whoever watches. `tail` keeps what is
 * printed where others can read it.
 */
export function nodePlatform(share: EnginePlatform['shareMemory'], tail?: EnginePlatform['tail']): EnginePlatform {
  let kept: WebAssembly.Memory | undefined;
  return {
    createMemory: (bytes) => {
      const pages = Math.ceil(bytes / PAGE);
      if (kept?.buffer.byteLength === pages * PAGE) {
        new Uint8Array(kept.buffer).fill(0);
        return kept.buffer;
      }
      try {
        kept = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
      } catch (error) {
        throw new Error(`the host cannot give the guest ${Math.ceil(bytes / 2 ** 20)} MiB of memory`, { cause: error });
      }
      return kept.buffer;
    },
    compilePlugin,
    webAssembly: (buffer) => {
      if (kept?.buffer !== buffer) throw new Error('not the memory that was made last');
      return nodeWebAssembly(kept);
    },
    semihosting: new NodeSemihostingHost(),
    openSocket,
    gunzip: (data, limit) => gunzipSync(data, { maxOutputLength: limit }),
    now: () => performance.now(),
    schedule: (callback, delayMs) => void (delayMs > 0 ? setTimeout(callback, delayMs) : setImmediate(callback)),
    shareMemory: share,
    ...(tail && { tail }),
  };
}
