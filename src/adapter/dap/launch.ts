import { EM_ARM, ElfError, isElf, machineName, parseElf } from '../../symbols';
import {
  DEFAULT_TIER,
  TIERS,
  type EngineConfig,
  type EngineFile,
  type EngineImage,
  type EnginePlugin,
} from '../engine/api';
import type { LaunchConfig } from '../protocol/launch-config';
import { CheckedObject, describe, isRecord } from './checked';
import { RequestError, messageOf } from './errors';
import type { FileService } from './file-service';
import { bootsAsLinux, isKernelImage, programImages, type BootFiles } from './program-images';
import { escapeOption, parseLoader, parseSize, splitOption } from './qemu-options';

const WHERE = 'launch configuration';
const MEBIBYTE = 2 ** 20;
export const DEFAULT_MACHINE = 'xilinx-zynq-a9';
/** QEMU's `-m` without a value for this board. */
export const DEFAULT_MEMORY = 128 * MEBIBYTE;
export const DEFAULT_PLUGIN_TIMEOUT = 10;

/** The attributes of a `tcg` configuration; the type makes the list complete. */
const ATTRIBUTES: Readonly<Record<keyof LaunchConfig, true>> = {
  program: true,
  machine: true,
  cpu: true,
  memory: true,
  smp: true,
  args: true,
  cwd: true,
  plugins: true,
  log: true,
  semihosting: true,
  stopOnEntry: true,
  sourceMap: true,
  symbolFiles: true,
  dtb: true,
  initrd: true,
  append: true,
  psInit: true,
  busErrors: true,
  tier: true,
  l2c: true,
  console: true,
  loaders: true,
  noDebug: true,
  pluginTimeout: true,
  pluginFiles: true,
};

/** Attributes of every configuration, which clients consume themselves. */
const CLIENT_ATTRIBUTES = new Set([
  'type',
  'request',
  'name',
  'presentation',
  'preLaunchTask',
  'postDebugTask',
  'internalConsoleOptions',
  'debugServer',
  'serverReadyAction',
  'suppressMultipleSessionWarning',
  'suppressDebugToolbar',
  'suppressDebugStatusbar',
  'suppressDebugView',
  'suppressSaveBeforeStart',
  'linux',
  'osx',
  'windows',
  'env',
  '$schema',
]);

/** What a user's plugin file holds: CommonJS text, or a WebAssembly module; and all the files that it was made of. */
export type LoadedPluginFile = Pick<EnginePlugin, 'code' | 'wasm' | 'sources'>;

/** Reads a user's plugin file. */
export interface PluginLoader {
  /** Whether the file is one that {@link load} takes, by its extension. */
  handles(path: string): boolean;
  /** @throws RequestError naming the file and the place of a syntax error */
  load(path: string): Promise<LoadedPluginFile>;
}

/** What a launch configuration comes to after checking: nothing in it needs a file any more. */
export interface PreparedLaunch {
  readonly engine: EngineConfig;
  /** Absolute. */
  readonly program: string;
  /** Absolute. */
  readonly cwd: string;
  readonly stopOnEntry: boolean;
  readonly noDebug: boolean;
  readonly console: 'debugConsole' | 'terminal';
  /** Absolute path of the plugin log's file. */
  readonly logFile?: string;
  readonly sourceMap: Readonly<Record<string, string>>;
  readonly pluginTimeoutMs: number;
  /** What the user should know though it stops nothing, as an attribute that does not exist. */
  readonly warnings: readonly string[];
}

export interface LaunchServices {
  readonly files: FileService;
  readonly plugins: PluginLoader;
  /** Names of the plugins that come with the product, as `libcache.so`. */
  readonly bundledPlugins: readonly string[];
}

/**
 * Checks every attribute of a launch configuration and reads the files it names.
 * @throws RequestError that names the attribute, what was expected and what was found
 */
export async function prepareLaunch(raw: unknown, services: LaunchServices): Promise<PreparedLaunch> {
  const config = new CheckedObject(raw, WHERE);
  const { files } = services;
  const written = config.nonEmptyString('program', 'the path of an ELF file');
  const cwdWritten = config.optionalString('cwd', 'the path of a folder');
  const cwd = cwdWritten ? files.resolve(files.cwd, cwdWritten) : files.dirname(files.resolve(files.cwd, written));
  if (cwdWritten && (await files.kindOf(cwd)) !== 'directory') {
    throw config.error('cwd', `there is no folder ${cwd}`);
  }
  const program = files.resolve(cwdWritten ? cwd : files.cwd, written);
  const boot = await bootFiles(config, cwd, files);
  const bytes = await readProgram(config, program, boot, files);
  const extra = await symbolFiles(config, cwd, files);
  const log = config.optionalObject('log');
  const keepLog = log?.boolean('plugin', true) ?? true;
  const logName = log?.optionalString('file', 'the path of a file');
  const sourceMap = config.stringMap('sourceMap');
  const args = config.strings('args');
  const engine: EngineConfig = {
    machine: config.optionalString('machine', 'the name of a board') ?? DEFAULT_MACHINE,
    cpu: config.optionalString('cpu', 'the name of a CPU model'),
    memoryBytes: memorySize(config),
    smp: config.optionalInteger('smp', { min: 1, max: 4 }) ?? 1,
    psInit: config.boolean('psInit', !bootsAsLinux(bytes)),
    busErrors: config.boolean('busErrors', false),
    l2c: config.boolean('l2c', false),
    images: [...programImages({ name: program, bytes }, boot), ...(await loaders(config, cwd, files))],
    symbolFiles: [...(isElf(bytes) ? [{ name: program, bytes }] : []), ...extra],
    plugins: await plugins(config, cwd, services),
    ...(await grantedFiles(config, cwd, files)),
    semihosting: { ...semihosting(config, cwd, files), commandLine: commandLine(written, args, boot) },
    icountShift: 0,
    tier: config.oneOf('tier', TIERS, DEFAULT_TIER),
    ...(log?.boolean('timestamps', false) && { logTimestamps: true }),
  };
  return {
    engine,
    program,
    cwd,
    stopOnEntry: config.boolean('stopOnEntry', false),
    noDebug: config.boolean('noDebug', false),
    console: config.oneOf('console', ['debugConsole', 'terminal'], 'debugConsole'),
    logFile: logName && keepLog ? files.resolve(cwd, logName.replaceAll('%d', String(files.processId))) : undefined,
    sourceMap: Object.fromEntries(
      Object.entries(sourceMap).map(([from, to]) => [from, to === '' ? to : files.resolve(cwd, to)]),
    ),
    pluginTimeoutMs:
      1000 * (config.has('pluginTimeout') ? config.number('pluginTimeout', { min: 0.1 }) : DEFAULT_PLUGIN_TIMEOUT),
    warnings: [...unknownAttributes(config), ...unusedBootFiles(bytes, boot)],
  };
}

async function bootFiles(config: CheckedObject, cwd: string, files: FileService): Promise<BootFiles> {
  const read = async (attribute: string): Promise<EngineFile | undefined> => {
    const file = config.optionalString(attribute, 'the path of a file');
    if (file === undefined) return undefined;
    const name = files.resolve(cwd, file);
    return { name, bytes: await readNamed(config, attribute, name, files) };
  };
  return {
    dtb: await read('dtb'),
    initrd: await read('initrd'),
    append: config.optionalString('append', "the kernel's command line"),
  };
}

/** What the program gets from SYS_GET_CMDLINE: its name and arguments, or as on QEMU the kernel's command line. */
function commandLine(program: string, args: readonly string[], { append }: BootFiles): string {
  return [program, ...(args.length || append === undefined ? args : [append])].join(' ');
}

function unusedBootFiles(program: Uint8Array, { initrd }: BootFiles): string[] {
  if (!initrd || bootsAsLinux(program)) return [];
  return [`${WHERE}: "initrd" is for a Linux kernel image; "program" is none, so it is not loaded`];
}

async function readProgram(
  config: CheckedObject,
  path: string,
  boot: BootFiles,
  files: FileService,
): Promise<Uint8Array> {
  const bytes = await readNamed(config, 'program', path, files);
  if (!isElf(bytes)) {
    // With a kernel's own attributes any file is taken for one, as by QEMU's -kernel.
    if (isKernelImage(bytes) || boot.dtb || boot.initrd || boot.append !== undefined) return bytes;
    throw config.error('program', `${path} is not an ELF file, and no kernel (zImage or U-Boot image)`);
  }
  try {
    checkExecutable(bytes);
  } catch (error) {
    throw config.error('program', `${path}: ${messageOf(error)}`);
  }
  return bytes;
}

/** @throws ElfError when the file is not an executable for this machine */
export function checkExecutable(bytes: Uint8Array): void {
  const elf = parseElf(bytes, { machines: [] });
  if (elf.machine !== EM_ARM || elf.bits !== 32) {
    throw new ElfError(
      `this ELF is for ${elf.bits}-bit ${machineName(elf.machine)} (machine ${elf.machine}), not for 32-bit ARM`,
    );
  }
  if (!elf.littleEndian) throw new ElfError('this ELF is big-endian; the board runs little-endian programs');
  if (elf.type === 1) throw new ElfError('this is a relocatable object file: link it to an executable first');
  if (!elf.segments.some((segment) => segment.type === 1 && segment.memsz > 0)) {
    throw new ElfError('it has no segment to load (no PT_LOAD program header)');
  }
}

async function readNamed(
  config: CheckedObject,
  attribute: string,
  path: string,
  files: FileService,
): Promise<Uint8Array> {
  try {
    return await files.readFile(path);
  } catch (error) {
    throw config.error(attribute, messageOf(error));
  }
}

function memorySize(config: CheckedObject): number {
  const expected = 'a number of MiB, or a size such as "512M" or "1G"';
  const value = config.raw('memory');
  if (value === undefined) return DEFAULT_MEMORY;
  const bytes =
    typeof value === 'number' && Number.isFinite(value)
      ? Math.floor(value * MEBIBYTE)
      : typeof value === 'string'
        ? parseSize(value, MEBIBYTE)
        : undefined;
  if (bytes === undefined || bytes <= 0) throw config.wrong('memory', expected);
  return bytes;
}

function semihosting(config: CheckedObject, cwd: string, files: FileService): { enabled: boolean; root: string } {
  const value = config.raw('semihosting');
  if (value === undefined || typeof value === 'boolean') return { enabled: value ?? true, root: cwd };
  if (!isRecord(value)) throw config.wrong('semihosting', 'true, false or an object with "enabled" and "root"');
  const object = config.object('semihosting');
  const root = object.optionalString('root', 'the path of a folder');
  return { enabled: object.boolean('enabled', true), root: root ? files.resolve(cwd, root) : cwd };
}

async function loaders(config: CheckedObject, cwd: string, files: FileService): Promise<EngineImage[]> {
  const images: EngineImage[] = [];
  for (const [index, line] of config.strings('loaders').entries()) {
    const attribute = `loaders[${index}]`;
    let option;
    try {
      option = parseLoader(line);
    } catch (error) {
      throw config.error(attribute, messageOf(error));
    }
    if (option.kind !== 'file') {
      images.push(option);
      continue;
    }
    const name = files.resolve(cwd, option.file);
    const bytes = await readNamed(config, attribute, name, files);
    if (isElf(bytes) && !option.raw) {
      try {
        checkExecutable(bytes);
      } catch (error) {
        throw config.error(attribute, `${name}: ${messageOf(error)}`);
      }
      images.push({ kind: 'elf', name, bytes, cpu: option.cpu });
    } else {
      images.push({
        kind: 'raw',
        name,
        bytes,
        address: option.address ?? 0,
        cpu: option.cpu,
        ...(option.raw && { force: true }),
      });
    }
  }
  return images;
}

async function symbolFiles(
  config: CheckedObject,
  cwd: string,
  files: FileService,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const result: { name: string; bytes: Uint8Array }[] = [];
  for (const [index, file] of config.strings('symbolFiles').entries()) {
    const attribute = `symbolFiles[${index}]`;
    const name = files.resolve(cwd, file);
    const bytes = await readNamed(config, attribute, name, files);
    try {
      parseElf(bytes);
    } catch (error) {
      throw config.error(attribute, `${name}: ${messageOf(error)}`);
    }
    result.push({ name, bytes });
  }
  return result;
}

/** The folder that plugins may open files in, where there is one. */
async function grantedFiles(
  config: CheckedObject,
  cwd: string,
  files: FileService,
): Promise<Pick<EngineConfig, 'pluginFiles'>> {
  const written = config.optionalString('pluginFiles', 'the path of a folder');
  if (!written) return {};
  const pluginFiles = files.resolve(cwd, written);
  if ((await files.kindOf(pluginFiles)) !== 'directory') {
    throw config.error('pluginFiles', `there is no folder ${pluginFiles}`);
  }
  return { pluginFiles };
}

async function plugins(config: CheckedObject, cwd: string, services: LaunchServices): Promise<EnginePlugin[]> {
  const expected = 'an array of strings ("libcache.so,arg=…") or of objects with "file" and "args"';
  const result: EnginePlugin[] = [];
  for (const [index, value] of config.array('plugins', expected).entries()) {
    const attribute = `plugins[${index}]`;
    let spec: string;
    if (typeof value === 'string') spec = value;
    else if (isRecord(value)) spec = pluginSpec(new CheckedObject(value, WHERE, attribute));
    else throw config.wrongItem('plugins', index, 'a string or an object', value);
    try {
      result.push(await resolvePlugin(spec, cwd, services));
    } catch (error) {
      throw config.error(attribute, messageOf(error));
    }
  }
  return result;
}

/** The command line's form of a plugin given as an object. */
function pluginSpec(plugin: CheckedObject): string {
  const file = plugin.nonEmptyString('file', 'the path of a plugin or the name of a bundled one');
  const args = plugin.raw('args');
  let parts: string[];
  if (args === undefined || Array.isArray(args)) parts = plugin.strings('args');
  else if (isRecord(args)) {
    parts = Object.entries(args).map(([name, value]) => {
      if (typeof value === 'boolean') return `${name}=${value ? 'on' : 'off'}`;
      if (typeof value === 'string' || typeof value === 'number') return `${name}=${value}`;
      throw plugin.error(`args.${name}`, `a string, a number, true or false was expected, not ${describe(value)}`);
    });
  } else throw plugin.wrong('args', 'an array of strings, or an object of names and values');
  return [file, ...parts].map(escapeOption).join(',');
}

/**
 * Finds what a `-plugin` value names: a bundled plugin, or a user's file, which is read and made CommonJS.
 * @throws RequestError when there is no such plugin
 */
export async function resolvePlugin(spec: string, cwd: string, services: LaunchServices): Promise<EnginePlugin> {
  const { files, plugins: loader, bundledPlugins } = services;
  const [first] = splitOption(spec);
  const file = first.name === 'file' && first.value !== undefined ? first.value : first.text;
  if (file.trim() === '') throw new RequestError(`plugin "${spec}" names no file`);
  const path = files.resolve(cwd, file);
  if (loader.handles(file)) return { spec, path, ...(await loader.load(path)) };
  const compiled = path.replace(/\.so$/, '.wasm');
  if (compiled !== path && (await files.kindOf(compiled)) === 'file') {
    return { spec, path: compiled, ...(await loader.load(compiled)) };
  }
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  // A path to QEMU's own build of a bundled plugin, as command lines have it, means ours.
  if (bundledPlugins.includes(name) || bundledPlugins.includes(`lib${name}.so`)) return { spec };
  const bundled = bundledPlugins.join(', ');
  if ((await files.kindOf(path)) === undefined) {
    throw new RequestError(`there is no plugin ${file}: no file ${path}, and none of the bundled ones (${bundled})`);
  }
  if (path.endsWith('.so')) {
    throw new RequestError(
      `${path} is native code, made for QEMU's own process; build the plugin from its C source with ` +
        `"tcgscope plugin build": this finds ${compiled} beside it`,
    );
  }
  throw new RequestError(
    `${path} is no plugin that can be loaded here: a plugin is a .ts, .js, .mjs, .cjs or .wasm file, or a bundled one (${bundled})`,
  );
}

function unknownAttributes(config: CheckedObject): string[] {
  const known = Object.keys(ATTRIBUTES);
  return config.keys
    .filter((key) => !Object.hasOwn(ATTRIBUTES, key) && !CLIENT_ATTRIBUTES.has(key) && !key.startsWith('__'))
    .map((key) => {
      const near = known.find((name) => isNear(name.toLowerCase(), key.toLowerCase()));
      const hint = near ? ` (did you mean "${near}"?)` : '';
      return `${WHERE}: "${key}" is not an attribute of a tcg configuration and is ignored${hint}`;
    });
}

/** Whether two words differ by at most two edits of a letter. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2) return false;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] <= 2;
}
