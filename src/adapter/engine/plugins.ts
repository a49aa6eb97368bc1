import {
  bundledPluginNames,
  evaluatePlugin,
  findBundledPlugin,
  loadPlugins,
  parsePluginLines,
  type LoadedPlugin,
  type PluginEngine,
  type PluginModule,
} from '../../plugin';
import { loadWasmPlugin, type WasmPluginHost } from '../../plugin/wasm/module';
import type { PluginSummary } from '../protocol/custom';
import type { EnginePlugin } from './api';

/** The names of the plugins in the order of their ids, for messages. */
export function pluginNames(plugins: readonly EnginePlugin[]): string[] {
  return parsePluginLines(plugins.map(({ spec }) => spec)).map(({ file }) => file);
}

/** Where users' plugins are loaded. */
export interface PluginPlace {
  /** Told of the number (its id + 1) of the plugin whose file is being run, 0 for none: a file may never end. */
  loading(number: number): void;
  /** What plugins in C get of the world. */
  readonly wasm: WasmPluginHost;
}

/**
 * Installs the plugins in order: a user's from its code, else the bundled one of that name. Throws QEMU's message for
 * the first that is refused.
 */
export function installPlugins(
  engine: PluginEngine,
  plugins: readonly EnginePlugin[],
  warn: (message: string) => void,
  place: PluginPlace,
): void {
  const own = new Map<string, EnginePlugin>();
  for (const plugin of plugins) {
    for (const { file } of parsePluginLines([plugin.spec]))
      if (plugin.code !== undefined || plugin.wasm) own.set(file, plugin);
  }
  const requests = parsePluginLines(plugins.map(({ spec }) => spec));
  const resolve = (file: string) => moduleOf(engine, file, own.get(file), engine.plugins.length, place);
  for (const plugin of loadPlugins(engine, requests, resolve, warn)) plugin.sources = own.get(plugin.file)?.sources;
  engine.connectMisses();
}

/**
 * Puts a new instance of a plugin into the place of the one with the id, with the same arguments. `plugin` has the file as it
 * is now. Throws when the new one cannot be loaded; the old one then goes on.
 */
export function reloadPlugin(engine: PluginEngine, id: number, plugin: EnginePlugin, place: PluginPlace): void {
  const old = engine.plugin(id, 'reload');
  engine.reload(id, moduleOf(engine, old.file, plugin, id, place), old.argv).sources = plugin.sources;
}

function moduleOf(
  engine: PluginEngine,
  file: string,
  own: EnginePlugin | undefined,
  id: number,
  place: PluginPlace,
): PluginModule {
  if (own?.code !== undefined || own?.wasm) {
    place.loading(id + 1);
    try {
      if (own.wasm) return loadWasmPlugin(own.wasm, engine.api, place.wasm);
      return evaluatePlugin(own.code ?? '', own.path ?? file, engine.api);
    } finally {
      place.loading(0);
    }
  }
  const bundled = findBundledPlugin(file);
  if (!bundled) throw new Error(`no such file, and no bundled plugin of this name (${bundledPluginNames.join(', ')})`);
  return bundled();
}

/** The plugins with their state. */
export function pluginSummaries(engine: PluginEngine): PluginSummary[] {
  return engine.plugins.map((plugin) => ({
    id: plugin.id,
    name: plugin.name,
    file: plugin.file,
    ...(plugin.sources && { sources: plugin.sources }),
    arguments: plugin.argv,
    ...(plugin.version !== undefined && { version: plugin.version }),
    ...stateOf(plugin),
  }));
}

function stateOf({ active, failure }: LoadedPlugin): Pick<PluginSummary, 'state' | 'message'> {
  if (failure === 'uninstalled') return { state: 'uninstalled' };
  if (failure !== undefined) return { state: 'failed', message: failure };
  return { state: active ? 'loaded' : 'off' };
}
