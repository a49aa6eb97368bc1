/** The names that the manifest, the code and VS Code must agree on. */

/** Value of "type" in launch.json. */
export const DEBUG_TYPE = 'tcg';

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
} as const;

export const VIEWS = { pluginBreakpoints: 'tcg.pluginBreakpoints' } as const;

export const LANGUAGES = { pluginLog: 'tcg-plugin-log', assembly: 'tcg-arm-assembly' } as const;

/** Names below the section "tcgscope" of the settings. */
export const SETTINGS_SECTION = 'tcgscope';
export const SETTINGS = {
  openCacheView: 'cacheView.openAutomatically',
  showHeat: 'cacheHeat.enabled',
  logLimit: 'pluginLog.limit',
} as const;

/** Context keys for `when` clauses. */
export const CONTEXTS = { hasCacheStatistics: 'tcg.hasCacheStatistics' } as const;

/** Names of the output channels. */
export const CHANNELS = { pluginLog: 'TCG Plugins', extension: 'TCG Scope' } as const;
