import { tablesOf, type PluginReport, type PluginTable } from './contributions';
import type { LoadedPlugin } from './loaded-plugin';
import type { PluginCalls } from './plugin-calls';
import type { CacheStatistics } from './statistics';

/**
 * The statistics of every cache plugin, each with at most `limit` of its hottest instructions, and if `executed` with what
 * every instruction did where it counts that.
 */
export function cacheStatistics(
  plugins: readonly LoadedPlugin[],
  calls: PluginCalls,
  limit: number,
  executed: boolean,
): CacheStatistics[] {
  const result: CacheStatistics[] = [];
  for (const plugin of plugins) {
    const { cacheModel } = plugin;
    if (!cacheModel) continue;
    calls.call(plugin, 'cache statistics', () => {
      result.push({ pluginId: plugin.id, pluginName: plugin.name, ...cacheModel.statistics(limit, executed) });
    });
  }
  return result;
}

/** What the plugins say of themselves now; tables with at most `limit` rows. `textAtExit`: what one prints at its exit. */
export function reportsOf(
  plugins: readonly LoadedPlugin[],
  calls: PluginCalls,
  limit: number,
  textAtExit: (plugin: LoadedPlugin) => string,
): PluginReport[] {
  return plugins.map((plugin) => {
    let [text, tables]: [string | null, PluginTable[]] = [null, []];
    calls.call(plugin, 'statistics', () => {
      const { statistics } = plugin.contributions;
      if (statistics) text = String(statistics());
      else if (plugin.atexitOnlyPrints) text = textAtExit(plugin);
      tables = tablesOf(plugin.contributions, limit);
    });
    return { pluginId: plugin.id, pluginName: plugin.name, text, tables };
  });
}
