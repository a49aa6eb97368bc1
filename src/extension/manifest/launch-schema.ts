import type { LaunchConfig, LogConfig, PluginConfig, SemihostingConfig } from '../../adapter/protocol/launch-config';
import { bundledPluginNames } from '../../plugin/bundled/names';
import type { ConfigurationSnippet, JsonSchema } from './types';
import { DEBUG_TYPE } from '../ids';

/** A schema for each attribute of a type: the compiler complains about one too few or one too many. */
type SchemaOf<T> = Readonly<Record<keyof T, JsonSchema>>;

const LOG: SchemaOf<LogConfig> = {
  plugin: {
    type: 'boolean',
    default: true,
    description: 'Keep what plugins print, as QEMU does with -d plugin. The output channel "TCG Plugins" shows it.',
  },
  file: {
    type: 'string',
    minLength: 1,
    description: "Also write it to this file, as QEMU does with -D. %d in the name becomes the adapter's process id.",
  },
  timestamps: {
    type: 'boolean',
    default: false,
    description: 'Put the count of executed instructions before each line.',
  },
};

const PLUGIN: SchemaOf<PluginConfig> = {
  file: {
    type: 'string',
    minLength: 1,
    description: `A bundled plugin (${bundledPluginNames.join(', ')}), or the path of a .ts, .mjs or .js file, or of a .wasm module ("tcgscope plugin build").`,
  },
  args: {
    description: "The plugin's arguments: a list of texts as on QEMU's command line, or names with values.",
    anyOf: [
      { type: 'array', items: { type: 'string' } },
      { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
    ],
  },
};

const SEMIHOSTING: SchemaOf<SemihostingConfig> = {
  enabled: { type: 'boolean', default: true, description: 'Whether semihosting calls are served.' },
  root: {
    type: 'string',
    minLength: 1,
    description: 'The only folder the guest may open files in. The default is cwd.',
  },
};

type Attributes = Omit<LaunchConfig, 'noDebug'>; // "noDebug" is set by VS Code, not written in launch.json

const ATTRIBUTES: SchemaOf<Attributes> = {
  program: {
    type: 'string',
    minLength: 1,
    description:
      'The ELF file to run: a bare-metal program for a 32-bit ARM. Or a kernel: a Linux zImage, a U-Boot image.',
    default: '${workspaceFolder}/program.elf',
  },
  machine: {
    type: 'string',
    enum: ['xilinx-zynq-a9'],
    enumDescriptions: ['Xilinx Zynq-7000: Cortex-A9, DDR at 0, two Cadence UARTs'],
    default: 'xilinx-zynq-a9',
    description: "The board, by QEMU's name (-M).",
  },
  cpu: {
    type: 'string',
    minLength: 1,
    description: "The CPU model, by QEMU's name (-cpu). The default is the board's.",
  },
  memory: {
    anyOf: [
      { type: 'number', minimum: 1 },
      {
        type: 'string',
        pattern: '^[0-9]+(\\.[0-9]+)?[kKmMgGtT]?$',
        patternErrorMessage: 'A number of MiB, or a number with K, M, G or T: "512M"',
      },
    ],
    description:
      "The guest's RAM, as QEMU's -m: a number of MiB, or a text such as \"512M\". The default is the board's.",
    examples: ['512M', 128],
  },
  smp: { type: 'integer', minimum: 1, maximum: 4, default: 1, description: 'Number of virtual CPUs (-smp).' },
  args: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    description: "The guest's command line, which it can ask for by semihosting. argv[0] is the program.",
  },
  cwd: {
    type: 'string',
    minLength: 1,
    description:
      "The folder that relative paths and the guest's files start from. The default is the folder of the program.",
  },
  plugins: {
    type: 'array',
    items: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'object', properties: PLUGIN, required: ['file'], additionalProperties: false },
      ],
    },
    default: ['libcache.so'],
    markdownDescription:
      'The TCG plugins to load, in order: texts as after `-plugin` on QEMU\'s command line, such as `"libcache.so,arg=0x100000,arg=0x105D30"`, or objects with `file` and `args`. A `.ts`, `.mjs` or `.js` file is a plugin of your own, and so is a `.wasm` module, made from C by `tcgscope plugin build`. Bundled: ' +
      `${bundledPluginNames.map((name) => `\`${name}\``).join(', ')}.`,
  },
  log: {
    type: 'object',
    properties: LOG,
    additionalProperties: false,
    description: 'Where the text that plugins print goes.',
  },
  semihosting: {
    anyOf: [{ type: 'boolean' }, { type: 'object', properties: SEMIHOSTING, additionalProperties: false }],
    default: true,
    description: "Serve the guest's semihosting calls; an object can name the folder that its files must be in.",
  },
  stopOnEntry: { type: 'boolean', default: false, description: 'Stop before the first instruction.' },
  sourceMap: {
    type: 'object',
    additionalProperties: { type: 'string' },
    default: {},
    description: 'Beginnings of paths in the debug information, and what they are on this machine.',
  },
  symbolFiles: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    default: [],
    description: 'More ELF files to take symbols and source lines from.',
  },
  dtb: {
    type: 'string',
    minLength: 1,
    description:
      "A device tree blob for the program (-dtb). Memory, command line and RAM disk are entered into it, as QEMU's loader does.",
  },
  initrd: { type: 'string', minLength: 1, description: 'An initial RAM disk for a Linux kernel (-initrd).' },
  append: { type: 'string', description: "A kernel's command line (-append)." },
  psInit: {
    type: 'boolean',
    default: true,
    description:
      'Start the board as its boot loader leaves it: clocks on, UARTs enabled. False gives the bare state after reset, which is the default for a Linux kernel.',
  },
  busErrors: {
    type: 'boolean',
    default: false,
    description:
      "Make an access to an address where nothing answers an external abort, as the hardware does. Otherwise it reads as 0 or is dropped, with a warning, as on QEMU's machine.",
  },
  tier: {
    type: 'string',
    enum: ['auto', 'interp', 'wasm'],
    enumDescriptions: [
      'Interpret what runs once, compile what is hot',
      'Interpret everything',
      'Compile everything at its first execution',
    ],
    default: 'auto',
    description: 'How the program is executed. Results, plugins and stops are the same; only the speed differs.',
  },
  l2c: {
    type: 'boolean',
    default: false,
    description:
      "Give the board its level 2 cache controller (L2C-310), which QEMU's machine does not have. Its operations reach plugins.",
  },
  console: {
    type: 'string',
    enum: ['debugConsole', 'terminal'],
    enumDescriptions: ['The debug console', 'A terminal of its own, which takes input as well'],
    default: 'debugConsole',
    description: "Where the guest's serial ports and its semihosting console are shown.",
  },
  loaders: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    default: [],
    markdownDescription:
      'More things to load, as after `-device` on QEMU\'s command line: `"loader,file=data.bin,addr=0x200000"`.',
  },
  pluginTimeout: {
    type: 'number',
    minimum: 0.1,
    default: 10,
    description: 'Seconds that one callback of a plugin may take before the session is stopped and the plugin named.',
  },
  pluginFiles: {
    type: 'string',
    description: 'The only folder that plugins in C (.wasm) may open files in. Without it they open none.',
  },
};

/** Schema of a `"type": "tcg"`, `"request": "launch"` configuration. */
export const LAUNCH_SCHEMA: JsonSchema & Required<Pick<JsonSchema, 'properties'>> = {
  required: ['program'],
  properties: ATTRIBUTES,
};

/** What a new launch.json starts with. */
export const INITIAL_CONFIGURATION = {
  type: DEBUG_TYPE,
  request: 'launch',
  name: 'Run with cache statistics',
  program: '${workspaceFolder}/program.elf',
  plugins: ['libcache.so,icachesize=32768,iassoc=4,iblksize=32,dcachesize=32768,dassoc=4,dblksize=32,l2=on'],
} as const;

const base = { type: DEBUG_TYPE, request: 'launch' };
const program = '^"\\${workspaceFolder}/${1:program}.elf"';

/** Offered by "Add Configuration…"; `^"…"` is VS Code's mark of a text with snippet variables. */
export const SNIPPETS: readonly ConfigurationSnippet[] = [
  {
    label: 'TCG Scope: Run a program',
    description: 'Run a bare-metal ARM program in the emulator',
    body: { ...base, name: 'Run ${1:program}', program },
  },
  {
    label: 'TCG Scope: Cache statistics',
    description: "Run with the cache plugin in a Cortex-A9's geometry",
    body: { ...base, name: 'Cache statistics', program, plugins: INITIAL_CONFIGURATION.plugins },
  },
  {
    label: 'TCG Scope: Cache statistics of the tutorial',
    description: "The Cortex-A9 cache model of the tutorial; its arguments are .text's begin and end",
    body: {
      ...base,
      name: 'Cache statistics (tutorial)',
      program,
      plugins: ['^"libcache.so,arg=${2:0x100000},arg=${3:0x105D30}"'],
    },
  },
  {
    label: 'TCG Scope: Several plugins and a log file',
    description: 'Count instructions and memory accesses, and keep the log',
    body: {
      ...base,
      name: 'Count',
      program,
      plugins: [
        { file: 'libinsn.so', args: { inline: true } },
        { file: 'libmem.so', args: { inline: true } },
      ],
      log: { file: '^"\\${workspaceFolder}/${2:plugins.log}"' },
    },
  },
  {
    label: 'TCG Scope: A plugin of your own',
    description: 'Load a plugin written in JavaScript or TypeScript',
    body: { ...base, name: 'My plugin', program, plugins: ['^"\\${workspaceFolder}/${2:plugin}.ts"'] },
  },
];
