import { pluginArguments, type PluginRequest } from './args';
import type { PluginEngine } from './engine';
import { PluginLoadError } from './registry';
import type { LoadedPlugin } from './loaded-plugin';
import type { PluginModule } from './plugin-module';

/** Finds a plugin's module: a fresh instance at each call. Throws an Error with the reason why there is none. */
export type PluginResolver = (file: string) => PluginModule;

/**
 * Installs plugins in order; the first that fails ends it.
 *
 * @param warn gets QEMU's warnings about old spellings, each without the program's name
 * @throws {@link PluginLoadError}
 */
export function loadPlugins(
  engine: PluginEngine,
  requests: readonly PluginRequest[],
  resolve: PluginResolver,
  warn: (message: string) => void,
): LoadedPlugin[] {
  return requests.map((request) => {
    const { file } = request;
    const module = resolveOrExplain(file, resolve);
    const { argv, warnings } = pluginArguments(request, module);
    warnings.forEach(warn);
    return engine.install(file, module, argv);
  });
}

function resolveOrExplain(file: string, resolve: PluginResolver): PluginModule {
  try {
    return resolve(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PluginLoadError(file, reason, { cause: error });
  }
}
