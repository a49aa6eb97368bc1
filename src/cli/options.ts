import { BOARDS } from '../emulator/boards';
import { LOG_ITEMS } from '../plugin/log';
import { ARM_MODELS } from '../target/arm/models';
import { TIERS, isTier, type Tier } from '../adapter/engine/api';
import { STATISTICS_FORMATS, statisticsFormat } from '../plugin/statistics-formats';
import { parseSize, splitOption, type OptionPart } from '../adapter/dap/qemu-options';
import { CAMPAIGN_USAGE, parseCampaign, type CampaignOptions } from './campaign-options';
import { parsePluginBuild, PLUGIN_BUILD_USAGE, type PluginBuildOptions } from './plugin-build';
import { parseSweep, SWEEP_USAGE, type SweepOptions } from './sweep-options';
import { UsageError } from './usage-error';

export { UsageError };

/** Where a UART's output goes. */
export type SerialTarget =
  { readonly kind: 'stdio' } | { readonly kind: 'null' } | { readonly kind: 'file'; readonly path: string };

export interface CliOptions {
  machine: string;
  /** Absent: as the kind of program wants it. */
  psInit?: boolean;
  busErrors: boolean;
  l2c?: boolean;
  noReboot?: boolean;
  cpu?: string;
  memory?: string;
  smp: number;
  kernel?: string;
  /** It was named by `-kernel`: any file may be one, as on QEMU. */
  anyKernel?: boolean;
  dtb?: string;
  initrd?: string;
  /** Command line of the kernel, and for semihosting after the program's name. */
  append?: string;
  /** Values of `-device`, each starting with `loader,`. */
  devices: string[];
  semihosting: boolean;
  semihostingArgs: string[];
  /** In order of the UARTs; empty: every UART to standard output. */
  serial: SerialTarget[];
  plugins: string[];
  /** The only folder that plugins in C may open files in. */
  pluginFiles?: string;
  logItems?: string;
  logFile?: string;
  /** Commands come from standard input, which the guest's consoles then do not read. */
  monitor: boolean;
  icountShift?: number;
  /** How guest code is executed. */
  tier?: Tier;
  /** Writes the cache statistics there at exit; the ending gives the format. */
  statistics?: string;
}

export type Command =
  | { readonly kind: 'run'; readonly options: CliOptions }
  | { readonly kind: 'dap'; readonly args: readonly string[] }
  | { readonly kind: 'pluginBuild'; readonly options: PluginBuildOptions }
  | { readonly kind: 'sweep'; readonly sweep: SweepOptions; readonly run: CliOptions }
  | { readonly kind: 'campaign'; readonly campaign: CampaignOptions; readonly run: CliOptions }
  | { readonly kind: 'text'; readonly text: string };

interface OptionDef {
  readonly names: readonly string[];
  /** How the help shows its value; absent for an option without one. */
  readonly value?: string;
  readonly help: string;
  apply(options: CliOptions, value: string): void;
  /** What there is to choose from: shown for the value `help`. */
  list?(): string;
}

const OPTIONS: readonly OptionDef[] = [
  {
    names: ['M', 'machine'],
    value: 'name[,ps-init=on|off][,bus-errors=on|off][,l2c=on|off]',
    help: 'board (default xilinx-zynq-a9); ps-init=off: bare reset state; bus-errors=on: accesses to nothing abort; l2c=on: with the L2 cache controller',
    apply: (options, value) => machine(options, splitOption(value)),
    list: () => listing('Supported machines are:', BOARDS),
  },
  {
    names: ['cpu'],
    value: 'model',
    help: 'CPU model',
    apply: (options, value) => void (options.cpu = value),
    list: () => listing('Available CPUs:', ARM_MODELS),
  },
  {
    names: ['m'],
    value: '[size=]megs',
    help: 'guest memory, in MiB or with a suffix of K, M or G (default 128)',
    apply: (options, value) => void (options.memory = memory(value)),
  },
  {
    names: ['smp'],
    value: '[cpus=]n',
    help: 'number of vCPUs',
    apply: (options, value) => void (options.smp = smp(value)),
  },
  {
    names: ['kernel'],
    value: 'file',
    help: 'program to run: an ELF file, a U-Boot image, a Linux zImage or other kernel image',
    apply: (options, value) => void Object.assign(options, { kernel: value, anyKernel: true }),
  },
  {
    names: ['append'],
    value: 'text',
    help: 'command line for the program or the kernel',
    apply: (options, value) => void (options.append = value),
  },
  {
    names: ['initrd'],
    value: 'file',
    help: 'initial RAM disk for a Linux kernel',
    apply: (options, value) => void (options.initrd = value),
  },
  {
    names: ['dtb'],
    value: 'file',
    help: 'device tree blob for the kernel',
    apply: (options, value) => void (options.dtb = value),
  },
  {
    names: ['device'],
    value: 'loader,file=f[,addr=a][,cpu-num=n][,force-raw=on] | loader,addr=a,data=v,data-len=n',
    help: "load a file (ELF, U-Boot image, Intel HEX, raw) or a value into the guest's memory",
    apply: (options, value) => device(options, value),
  },
  { names: ['semihosting'], help: 'answer semihosting calls', apply: (options) => void (options.semihosting = true) },
  {
    names: ['semihosting-config'],
    value: '[enable=on|off][,target=native|auto][,arg=x…]',
    help: 'semihosting, with the arguments that the program is given',
    apply: (options, value) => semihostingConfig(options, splitOption(value)),
  },
  {
    names: ['serial'],
    value: 'stdio|mon:stdio|null|none|file:path',
    help: 'where the next UART goes (default: every UART to standard output)',
    apply: (options, value) => void options.serial.push(serial(value)),
  },
  { names: ['nographic'], help: 'accepted: there is never a display', apply: () => undefined },
  {
    names: ['display'],
    value: 'none',
    help: 'accepted: there is never a display',
    apply: (_options, value) => {
      if (value !== 'none') throw new UsageError(`-display ${value}: only none is there`);
    },
  },
  {
    names: ['monitor'],
    value: 'stdio|none|null',
    help: 'stdio: commands on standard input (help lists them), which the consoles then do not read',
    apply: (options, value) => {
      if (value !== 'stdio' && value !== 'none' && value !== 'null') {
        throw new UsageError(`-monitor ${value}: there are stdio and none`);
      }
      options.monitor = value === 'stdio';
    },
  },
  {
    names: ['no-reboot'],
    help: "the guest's reset of the system ends the program",
    apply: (options) => void (options.noReboot = true),
  },
  {
    names: ['plugin'],
    value: '[file=]file[,arg=x][,name=value…]',
    help: 'load a plugin: a bundled one by name (libcache.so), or your own .ts, .js, .mjs or .wasm file',
    apply: (options, value) => void options.plugins.push(value),
  },
  {
    names: ['plugin-files'],
    value: 'folder',
    help: 'the only folder that plugins in C (.wasm) may open files in (default: none)',
    apply: (options, value) => void (options.pluginFiles = value),
  },
  {
    names: ['d'],
    value: 'item,…',
    help: 'what to log: plugin, guest_errors, unimp; timestamps: with the count of instructions before each line',
    apply: (options, value) => void (options.logItems = [options.logItems, value].filter(Boolean).join(',')),
    list: () =>
      listing(
        'Log items (comma separated):',
        [...LOG_ITEMS].map(([name, description]) => ({ name, description })),
      ),
  },
  {
    names: ['D'],
    value: 'file',
    help: 'write the log to a file instead of standard error; %d is the process id',
    apply: (options, value) => void (options.logFile = value),
  },
  {
    names: ['icount'],
    value: '[shift=]n',
    help: 'guest time per instruction: 2^n ns (default 0), interrupts between any two instructions (else between blocks)',
    apply: (options, value) => void (options.icountShift = icount(splitOption(value))),
  },
  {
    names: ['tier'],
    value: 'auto|interp|wasm',
    help: 'interpret the guest, compile it to WebAssembly at once, or (auto) compile what is hot; results are the same',
    apply: (options, value) => void (options.tier = tier(value)),
  },
  {
    names: ['cache-statistics'],
    value: 'file.csv|.json|.callgrind|.cachegrind|.cpuprofile|.lcov',
    help: 'write the cache statistics to a file at exit; the last four need libcachesim.so',
    apply: (options, value) => void (options.statistics = statisticsFile(value)),
  },
];

const BY_NAME = new Map(OPTIONS.flatMap((option) => option.names.map((name) => [name, option] as const)));

/**
 * Reads a command line in QEMU's style (`-option value`, `--option value`). A lone file name is the program.
 * @throws {@link UsageError} naming an unknown option, a missing value or what is wrong in it
 */
export function parseCommandLine(args: readonly string[], version: string): Command {
  if (args[0] === 'dap') return { kind: 'dap', args: args.slice(1) };
  if (args[0] === 'plugin') return pluginCommand(args.slice(1));
  if (args[0] === 'sweep' || args[0] === 'campaign') return manyRuns(args[0], args.slice(1), version);
  const options: CliOptions = {
    machine: 'xilinx-zynq-a9',
    busErrors: false,
    smp: 1,
    devices: [],
    semihosting: false,
    semihostingArgs: [],
    serial: [],
    plugins: [],
    monitor: false,
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (!arg.startsWith('-')) {
      if (options.kernel !== undefined) throw new UsageError(`${arg}: a program is given already (${options.kernel})`);
      options.kernel = arg;
      continue;
    }
    const [name, attached] = nameOf(arg);
    if (name === 'h' || name === 'help') return { kind: 'text', text: helpText() };
    if (name === 'version') return { kind: 'text', text: `tcgscope ${version}\n` };
    const option = BY_NAME.get(name);
    if (!option) throw new UsageError(`${arg}: invalid option`);
    if (option.value === undefined) {
      option.apply(options, '');
      continue;
    }
    if (attached === undefined && i + 1 >= args.length) throw new UsageError(`${arg}: requires an argument`);
    const value = attached ?? args[++i];
    if (option.list && (value === 'help' || value === '?')) return { kind: 'text', text: option.list() };
    option.apply(options, value);
  }
  return { kind: 'run', options };
}

/** A command with options of its own that runs a program, whose options follow or come between. */
function manyRuns(kind: 'sweep' | 'campaign', args: readonly string[], version: string): Command {
  if (args.some((arg) => /^--?h(elp)?$/.test(arg))) {
    return { kind: 'text', text: kind === 'sweep' ? SWEEP_USAGE : CAMPAIGN_USAGE };
  }
  const own = kind === 'sweep' ? parseSweep(args) : parseCampaign(args);
  const command = parseCommandLine(own.rest, version);
  if (command.kind !== 'run') return command;
  return 'sweep' in own
    ? { kind: 'sweep', sweep: own.sweep, run: command.options }
    : { kind: 'campaign', campaign: own.campaign, run: command.options };
}

function pluginCommand(args: readonly string[]): Command {
  if (args[0] !== 'build' || args.includes('-h') || args.includes('--help')) {
    if (args[0] !== undefined && args[0] !== 'build' && !args[0].startsWith('-')) {
      throw new UsageError(`plugin ${args[0]}: there is only "plugin build"`);
    }
    return { kind: 'text', text: PLUGIN_BUILD_USAGE };
  }
  return { kind: 'pluginBuild', options: parsePluginBuild(args.slice(1)) };
}

/** An option's name; of `--name=value` the value too. */
function nameOf(arg: string): [name: string, value: string | undefined] {
  const match = /^--([\w-]+)=(.*)$/s.exec(arg);
  return match ? [match[1], match[2]] : [arg.replace(/^--?/, ''), undefined];
}

export function helpText(): string {
  const rows = OPTIONS.map(({ names, value, help }) => {
    const left = `  ${names.map((n) => `-${n}`).join(', ')}${value ? ` ${value}` : ''}`;
    return left.length < 30 ? `${left.padEnd(30)}${help}` : `${left}\n${' '.repeat(30)}${help}`;
  });
  return [
    'usage: tcgscope [options] [program.elf]',
    '       tcgscope dap [--port n]      serve the debug adapter on stdio or a TCP port',
    '       tcgscope plugin build x.c    compile a C plugin to a WebAssembly module; --help says how',
    '       tcgscope sweep x.elf         cache misses of many geometries; --help says how',
    '       tcgscope campaign x.elf      fault injection; --help says how',
    '',
    'Runs a bare-metal ARM program with TCG plugins; options are those of QEMU.',
    '',
    ...rows,
    '  -h, -help                   this text',
    '  -version                    the version',
    '',
  ].join('\n');
}

function listing(title: string, items: readonly { readonly name: string; readonly description: string }[]): string {
  return [title, ...items.map(({ name, description }) => `${name.padEnd(18)} ${description}`), ''].join('\n');
}

function flag(option: string, { name, value }: OptionPart): boolean {
  if (value === undefined || value === 'on' || value === 'yes' || value === 'true') return true;
  if (value === 'off' || value === 'no' || value === 'false') return false;
  throw new UsageError(`-${option}: ${name}=${value}: expected on or off`);
}

function machine(options: CliOptions, [first, ...rest]: OptionPart[]): void {
  options.machine = first.name === 'type' ? (first.value ?? '') : first.text;
  for (const part of rest) {
    if (part.name === 'ps-init') options.psInit = flag('M', part);
    else if (part.name === 'bus-errors') options.busErrors = flag('M', part);
    else if (part.name === 'l2c') options.l2c = flag('M', part);
    else throw new UsageError(`-M: unknown property ${part.name}`);
  }
}

function memory(value: string): string {
  const size = value.replace(/^size=/, '');
  if (!parseSize(size, 2 ** 20)) throw new UsageError(`-m ${value}: not a size`);
  return size;
}

function smp(value: string): number {
  const count = Number(value.replace(/^cpus=/, ''));
  if (!Number.isInteger(count) || count < 1) throw new UsageError(`-smp ${value}: not a number of vCPUs`);
  return count;
}

function device(options: CliOptions, value: string): void {
  if (splitOption(value)[0].text !== 'loader') {
    throw new UsageError(`-device ${value}: only loader is there (the board's own devices are always present)`);
  }
  options.devices.push(value);
}

function semihostingConfig(options: CliOptions, parts: OptionPart[]): void {
  options.semihosting = true;
  for (const part of parts) {
    if (part.name === 'enable') options.semihosting = flag('semihosting-config', part);
    else if (part.name === 'arg') options.semihostingArgs.push(part.value ?? '');
    else if (part.name === 'target') {
      if (part.value !== 'native' && part.value !== 'auto') {
        throw new UsageError(`-semihosting-config: target=${part.value}: only native and auto are there`);
      }
    } else if (parts.length === 1 && part.value === undefined)
      options.semihosting = flag('semihosting-config', { ...part, value: part.text });
    else throw new UsageError(`-semihosting-config: unknown parameter ${part.name}`);
  }
}

/** Where the UART of that number leads: with no option at all to standard output, beyond the options nowhere. */
export function serialTarget(targets: readonly SerialTarget[], uart: number): SerialTarget {
  return targets[uart] ?? { kind: targets.length ? 'null' : 'stdio' };
}

function serial(value: string): SerialTarget {
  if (value === 'stdio' || value === 'mon:stdio') return { kind: 'stdio' };
  if (value === 'null' || value === 'none') return { kind: 'null' };
  if (value.startsWith('file:')) return { kind: 'file', path: value.slice(5) };
  throw new UsageError(`-serial ${value}: expected stdio, mon:stdio, null, none or file:path`);
}

function icount(parts: OptionPart[]): number {
  let shift: number | undefined;
  for (const part of parts) {
    const value = part.name === 'shift' ? part.value : part.value === undefined ? part.text : undefined;
    if (value === 'auto') shift = 0;
    else if (value !== undefined) shift = Number(value);
    else if (part.name !== 'align' && part.name !== 'sleep')
      throw new UsageError(`-icount: unknown parameter ${part.name}`);
  }
  if (shift === undefined || !Number.isInteger(shift) || shift < 0 || shift > 10) {
    throw new UsageError('-icount: shift must be auto or a number from 0 to 10');
  }
  return shift;
}

function tier(value: string): Tier {
  if (isTier(value)) return value;
  throw new UsageError(`-tier ${value}: expected ${TIERS.join(', ')}`);
}

function statisticsFile(value: string): string {
  if (statisticsFormat(value) === undefined) {
    const endings = Object.keys(STATISTICS_FORMATS).map((ending) => `.${ending}`);
    throw new UsageError(`-cache-statistics ${value}: the name must end in ${endings.join(', ')}`);
  }
  return value;
}
