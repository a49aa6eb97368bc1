/**
 * Everything this extension contributes to VS Code: the source of truth of "contributes" in package.json, which
 * scripts/manifest.mjs writes from here and a unit test compares with it.
 */
import {
  COMMANDS,
  CONTEXTS,
  DEBUG_TYPE,
  LANGUAGES,
  LOG_LIMIT_MAXIMUM,
  SETTINGS,
  SETTINGS_SECTION,
  TASK_TYPE,
  VIEWS,
} from './ids';
import { INITIAL_CONFIGURATION, LAUNCH_SCHEMA, SNIPPETS } from './manifest/launch-schema';
import type { ColorContribution, CommandContribution, Contributions, MenuItem } from './manifest/types';

/** Languages of source files that a guest program can come from. The assembly ones are names other extensions use. */
const SOURCE_LANGUAGES = [
  ...['c', 'cpp', 'rust', 'zig', 'ada', 'fortran'],
  ...['asm', 'arm', 'armasm', 'gas', 'asm-collection', LANGUAGES.assembly],
];

const CATEGORY = 'TCG';

const commands: readonly CommandContribution[] = [
  { command: COMMANDS.showCacheStatistics, title: 'Cache Statistics', category: CATEGORY, icon: '$(graph)' },
  {
    command: COMMANDS.exportCacheCsv,
    title: 'Export Cache Statistics as CSV…',
    category: CATEGORY,
    enablement: CONTEXTS.hasCacheStatistics,
  },
  {
    command: COMMANDS.exportCacheJson,
    title: 'Export Cache Statistics as JSON…',
    category: CATEGORY,
    enablement: CONTEXTS.hasCacheStatistics,
  },
  {
    command: COMMANDS.exportCacheProfile,
    title: 'Export Cache Profile (Callgrind, Cachegrind, CPU Profile, lcov)…',
    category: CATEGORY,
    enablement: CONTEXTS.hasCacheStatistics,
  },
  { command: COMMANDS.toggleHeat, title: 'Toggle Cache Misses in the Editor', category: CATEGORY, icon: '$(flame)' },
  { command: COMMANDS.showPluginLog, title: 'Show Plugin Log', category: CATEGORY, icon: '$(output)' },
  { command: COMMANDS.debugFile, title: 'Debug with TCG Scope', category: CATEGORY, icon: '$(debug-alt)' },
  {
    command: COMMANDS.sendInput,
    title: 'Send Input to the Guest…',
    category: CATEGORY,
    enablement: `debugType == '${DEBUG_TYPE}'`,
  },
  { command: COMMANDS.addBreakpoint, title: 'Add Plugin Breakpoint…', category: CATEGORY, icon: '$(add)' },
  { command: COMMANDS.editBreakpoint, title: 'Edit Plugin Breakpoint…', category: CATEGORY, icon: '$(edit)' },
  { command: COMMANDS.removeBreakpoint, title: 'Remove Plugin Breakpoint', category: CATEGORY, icon: '$(close)' },
  {
    command: COMMANDS.removeAllBreakpoints,
    title: 'Remove All Plugin Breakpoints',
    category: CATEGORY,
    icon: '$(close-all)',
  },
  { command: COMMANDS.switchPluginOn, title: 'Switch Plugin On', category: CATEGORY, icon: '$(debug-start)' },
  { command: COMMANDS.switchPluginOff, title: 'Switch Plugin Off', category: CATEGORY, icon: '$(debug-pause)' },
  { command: COMMANDS.reloadPlugin, title: 'Reload Plugin', category: CATEGORY, icon: '$(refresh)' },
  { command: COMMANDS.showPluginStatistics, title: 'Show Plugin Statistics', category: CATEGORY, icon: '$(graph)' },
  { command: COMMANDS.showPluginTables, title: 'Show Plugin Tables', category: CATEGORY, icon: '$(table)' },
  { command: COMMANDS.newPlugin, title: 'New Plugin…', category: CATEGORY, icon: '$(new-file)' },
  { command: COMMANDS.openPluginFile, title: 'Open Plugin File', category: CATEGORY, icon: '$(go-to-file)' },
];

const onPlugin = (command: string, state: RegExp, group: string): MenuItem => ({
  command,
  when: `view == ${VIEWS.plugins} && viewItem =~ ${String(state)}`,
  group,
});
const inView = (command: string, group: string): MenuItem => ({
  command,
  when: `view == ${VIEWS.pluginBreakpoints}`,
  group,
});
const hidden = (command: string): MenuItem => ({ command, when: 'false' });

const ELF_FILE = 'resourceExtname =~ /^\\.(elf|axf|out)$/i';

/** Background of a line by its share of the misses; high contrast themes have none but a mark. */
const heatColor = (level: string, { dark, light }: { dark: string; light: string }): ColorContribution => ({
  id: `tcgscope.heat.${level}`,
  description: `Background of source lines with a ${level} share of the cache misses.`,
  defaults: { dark, light, highContrast: '#00000000', highContrastLight: '#00000000' },
});

export const CONTRIBUTIONS: Contributions = {
  debuggers: [
    {
      type: DEBUG_TYPE,
      label: 'TCG Scope (ARM emulator)',
      languages: SOURCE_LANGUAGES,
      configurationAttributes: { launch: LAUNCH_SCHEMA },
      initialConfigurations: [INITIAL_CONFIGURATION],
      configurationSnippets: SNIPPETS,
      variables: { pickProgram: COMMANDS.pickProgram },
    },
  ],
  breakpoints: SOURCE_LANGUAGES.map((language) => ({ language })),
  languages: [
    { id: LANGUAGES.pluginLog, aliases: ['TCG Plugin Log'] },
    { id: LANGUAGES.assembly, aliases: ['ARM Assembly'], extensions: ['.s', '.S'] },
  ],
  grammars: [
    {
      language: LANGUAGES.pluginLog,
      scopeName: 'source.tcg-plugin-log',
      path: './syntaxes/plugin-log.tmLanguage.json',
    },
    {
      language: LANGUAGES.assembly,
      scopeName: 'source.tcg-arm-assembly',
      path: './syntaxes/arm-assembly.tmLanguage.json',
    },
  ],
  commands,
  menus: {
    commandPalette: [hidden(COMMANDS.editBreakpoint), hidden(COMMANDS.removeBreakpoint)],
    'view/title': [
      { command: COMMANDS.newPlugin, when: `view == ${VIEWS.plugins}`, group: 'navigation@1' },
      inView(COMMANDS.addBreakpoint, 'navigation@1'),
      inView(COMMANDS.removeAllBreakpoints, 'navigation@2'),
    ],
    'view/item/context': [
      inView(COMMANDS.editBreakpoint, 'inline@1'),
      inView(COMMANDS.removeBreakpoint, 'inline@2'),
      onPlugin(COMMANDS.openPluginFile, /^plugin .* file$/, 'inline@1'),
      onPlugin(COMMANDS.showPluginTables, /^plugin (loaded|off)/, 'inline@2'),
      onPlugin(COMMANDS.showPluginStatistics, /^plugin (loaded|off)/, 'inline@2'),
      onPlugin(COMMANDS.switchPluginOn, /^plugin off/, 'inline@3'),
      onPlugin(COMMANDS.switchPluginOff, /^plugin loaded/, 'inline@3'),
      onPlugin(COMMANDS.reloadPlugin, /^plugin/, 'inline@4'),
    ],
    'debug/toolBar': [{ command: COMMANDS.showCacheStatistics, when: `debugType == '${DEBUG_TYPE}'`, group: 'tcg@1' }],
    'explorer/context': [{ command: COMMANDS.debugFile, when: ELF_FILE, group: '2_workspace' }],
    'editor/title': [{ command: COMMANDS.debugFile, when: ELF_FILE, group: 'navigation' }],
  },
  views: {
    debug: [
      { id: VIEWS.plugins, name: 'TCG Plugins', when: `debugType == '${DEBUG_TYPE}'` },
      {
        id: VIEWS.pluginBreakpoints,
        name: 'Plugin Breakpoints',
        when: `debugType == '${DEBUG_TYPE}' || debugConfigurationType == '${DEBUG_TYPE}'`,
      },
    ],
  },
  viewsWelcome: [
    {
      view: VIEWS.plugins,
      contents: `This session has no plugins. "plugins" in launch.json loads them.\n[New Plugin](command:${COMMANDS.newPlugin})`,
    },
    {
      view: VIEWS.pluginBreakpoints,
      contents:
        'Stop or log where a plugin callback happens: a block is translated, an instruction runs, memory is read or written, a cache misses.\n' +
        `[Add Plugin Breakpoint](command:${COMMANDS.addBreakpoint})`,
    },
  ],
  taskDefinitions: [
    {
      type: TASK_TYPE,
      required: ['source'],
      properties: {
        source: { type: 'string', description: 'The C file of a plugin; the module is written beside it.' },
      },
    },
  ],
  configuration: {
    title: 'TCG Scope',
    properties: {
      [`${SETTINGS_SECTION}.${SETTINGS.openCacheView}`]: {
        type: 'boolean',
        default: true,
        order: 1,
        description: 'Open the cache statistics when a debug session with a cache plugin starts.',
      },
      [`${SETTINGS_SECTION}.${SETTINGS.showHeat}`]: {
        type: 'boolean',
        default: true,
        order: 2,
        description: 'Tint the lines of source that cause cache misses.',
      },
      [`${SETTINGS_SECTION}.${SETTINGS.reloadOnSave}`]: {
        type: 'string',
        enum: ['always', 'ask', 'never'],
        enumDescriptions: ['It is reloaded at once.', 'A message offers to reload it.', 'Nothing happens.'],
        default: 'always',
        order: 3,
        description:
          'What happens when the file of a plugin is saved that a debug session has loaded. The new one starts counting anew.',
      },
      [`${SETTINGS_SECTION}.${SETTINGS.logLimit}`]: {
        type: 'number',
        default: 16,
        minimum: 1,
        maximum: LOG_LIMIT_MAXIMUM,
        order: 4,
        markdownDescription:
          'The most that the output channel "TCG Plugins" holds of one session, in MiB. Of a plugin that prints more the latest part stays, and a line says so; `log.file` of the launch configuration keeps everything.',
      },
    },
  },
  colors: [
    heatColor('low', { dark: '#ff8c0018', light: '#ff8c0020' }),
    heatColor('medium', { dark: '#ff8c0030', light: '#ff8c0040' }),
    heatColor('high', { dark: '#ff8c0050', light: '#ff8c0068' }),
    {
      id: 'tcgscope.heatMark',
      description: 'Mark in the overview ruler, and in high contrast at the line itself, for lines with cache misses.',
      defaults: { dark: '#ff8c00', light: '#c25e00', highContrast: '#ffa94d', highContrastLight: '#8a3c00' },
    },
  ],
};
