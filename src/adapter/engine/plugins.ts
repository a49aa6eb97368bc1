import { evaluatePlugin, findBundledPlugin, loadPlugins, parsePluginLines, type PluginEngine } from '../../plugin';
import { loadWasmPlugin, type WasmPluginHost } from '../../plugin/wasm/module';
import type { PluginSummary } from '../protocol/custom';
import type { EnginePlugin } from './api';

/** The names of the plugins in the order of their ids, for messages. */
export function pluginNames(plugins: readonly EnginePlugin[]): string[] {
  return parsePluginLines(plugins.map(({ spec }) => spec)).map(({ file }) => file);
}

/**
 * Installs the plugins in order: a user's from its code, else the bundled one of that name. Throws QEMU's message for
 * the first that is refused.
 */
export function installPlugins(
  engine: PluginEngine,
  plugins: readonly EnginePlugin[],
  warn: (message: string) => void,
  /** Told of the number (its id + 1) of the plugin whose file is being run, 0 for none: a file may never end. */
  loading: (number: number) => void,
  wasmHost: WasmPluginHost,
): PluginSummary[] {
  const users = new Map<string, EnginePlugin>();
  for (const plugin of plugins) {
    const isUsers = plugin.code !== undefined || plugin.wasm !== undefined;
    for (const { file } of parsePluginLines([plugin.spec])) if (isUsers) users.set(file, plugin);
  }
  const resolve = (file: string) => {
    const own = users.get(file);
    if (own) {
      loading(engine.plugins.length + 1);
      try {
        if (own.wasm) return loadWasmPlugin(own.wasm, engine.api, wasmHost);
        return evaluatePlugin(own.code ?? '', own.path ?? file, engine.api);
      } finally {
        loading(0);
      }
    }
    const bundled = findBundledPlugin(file);
    if (!bundled) throw new Error('no such file, and no bundled plugin of this name');
    return bundled();
  };
  const requests = parsePluginLines(plugins.map(({ spec }) => spec));
  const loaded = loadPlugins(engine, requests, resolve, warn);
  engine.connectMisses();
  return loaded.map(({ id, name, argv }) => ({ id, name, arguments: argv, state: 'loaded' }));
}
