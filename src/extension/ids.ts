/** The names that the manifest, the code and VS Code must agree on. */

/** Value of "type" in launch.json. */
export const DEBUG_TYPE = 'tcg';

/** Type of the tasks that build C plugins. */
export const TASK_TYPE = 'tcgscope';

export const COMMANDS = {
  showCacheStatistics: 'tcg.showCacheStatistics',
  exportCacheCsv: 'tcg.exportCacheStatisticsCsv',
  exportCacheJson: 'tcg.exportCacheStatisticsJson',
  exportCacheProfile: 'tcg.exportCacheProfile',
  toggleHeat: 'tcg.toggleCacheHeat',
  showPluginLog: 'tcg.showPluginLog',
  debugFile: 'tcg.debugFile',
  pickProgram: 'tcg.pickProgram',
  sendInput: 'tcg.sendInput',
  addBreakpoint: 'tcg.addPluginBreakpoint',
  editBreakpoint: 'tcg.editPluginBreakpoint',
  removeBreakpoint: 'tcg.removePluginBreakpoint',
  removeAllBreakpoints: 'tcg.removeAllPluginBreakpoints',
  switchPluginOn: 'tcg.switchPluginOn',
  switchPluginOff: 'tcg.switchPluginOff',
  reloadPlugin: 'tcg.reloadPlugin',
  showPluginStatistics: 'tcg.showPluginStatistics',
  showPluginTables: 'tcg.showPluginTables',
  openPluginFile: 'tcg.openPluginFile',
  newPlugin: 'tcg.newPlugin',
} as const;

export const VIEWS = { plugins: 'tcg.plugins', pluginBreakpoints: 'tcg.pluginBreakpoints' } as const;

export const LANGUAGES = { pluginLog: 'tcg-plugin-log', assembly: 'tcg-arm-assembly' } as const;

/** Names below the section "tcgscope" of the settings. */
export const SETTINGS_SECTION = 'tcgscope';
export const SETTINGS = {
  openCacheView: 'cacheView.openAutomatically',
  showHeat: 'cacheHeat.enabled',
  logLimit: 'pluginLog.limit',
  reloadOnSave: 'reloadPluginsOnSave',
} as const;

/** MiB: what a session shows must fit into one channel of VS Code (log/renewed-channel.ts). */
export const LOG_LIMIT_MAXIMUM = 24;

/** What the view's items say in `viewItem`: the state, and `file` where a user's file is behind it. */
export function pluginContext(state: string, hasFile: boolean): string {
  return `plugin ${state}${hasFile ? ' file' : ''}`;
}

/** Context keys for `when` clauses. */
export const CONTEXTS = { hasCacheStatistics: 'tcg.hasCacheStatistics' } as const;

/** Names of the output channels. */
export const CHANNELS = { pluginLog: 'TCG Plugins', extension: 'TCG Scope' } as const;
