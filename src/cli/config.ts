import { messageOf } from '../adapter/dap/errors';
import { checkExecutable, DEFAULT_MEMORY, resolvePlugin, type LaunchServices } from '../adapter/dap/launch';
import { bootsAsLinux, isKernelImage, programImages } from '../adapter/dap/program-images';
import { parseLoader, parseSize } from '../adapter/dap/qemu-options';
import type { EngineConfig, EngineImage, EnginePlugin } from '../adapter/engine/api';
import { findBoard } from '../emulator/boards';
import { parsePluginLine } from '../plugin/args';
import { parseLogItems } from '../plugin/log';
import { isElf } from '../symbols';
import { findArmModel } from '../target/arm/models';
import { serialTarget, UsageError, type CliOptions } from './options';

/**
 * What the engine is to run, from a command line, with every file read.
 * @throws {@link UsageError} that names the option and what is wrong with it
 */
export async function engineConfig(options: CliOptions, services: LaunchServices): Promise<EngineConfig> {
  named('-M', () => findBoard(options.machine));
  named('-cpu', () => options.cpu === undefined || findArmModel(options.cpu));
  const images = await loadImages(options, services);
  const programs = images.filter((image) => image.kind === 'elf');
  return {
    machine: options.machine,
    cpu: options.cpu,
    memoryBytes: options.memory === undefined ? DEFAULT_MEMORY : (parseSize(options.memory, 2 ** 20) ?? 0),
    smp: options.smp,
    psInit: options.psInit ?? !images.some((image) => image.kind === 'kernel' && bootsAsLinux(image.bytes)),
    busErrors: options.busErrors,
    l2c: options.l2c,
    noReboot: options.noReboot,
    images,
    symbolFiles: programs.map(({ name, bytes }) => ({ name, bytes })),
    plugins: await loadPlugins(options, services),
    ...(options.pluginFiles !== undefined && {
      pluginFiles: await pluginFolder(options.pluginFiles, services),
    }),
    semihosting: {
      enabled: options.semihosting,
      root: services.files.cwd,
      commandLine: commandLine(options),
      terminal: process.stdout.isTTY ?? false,
    },
    logTimestamps: parseLogItems(options.logItems ?? '').has('timestamps'),
    icountShift: options.icountShift ?? 0,
    icountExact: options.icountShift !== undefined,
    tier: options.tier,
    silent: (['uart0', 'uart1'] as const).filter((_, uart) => serialTarget(options.serial, uart).kind === 'null'),
  };
}

function named<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new UsageError(`${option}: ${messageOf(error)}`);
  }
}

/** The program of `-kernel` first, then what the loader devices load, in their order. */
async function loadImages(options: CliOptions, { files }: LaunchServices): Promise<EngineImage[]> {
  const { kernel, devices, append } = options;
  if (kernel === undefined && !devices.length) {
    throw new UsageError('no program: give an ELF file, -kernel file, or -device loader,file=…');
  }
  if (kernel === undefined && (options.dtb ?? options.initrd) !== undefined) {
    throw new UsageError(`${options.dtb === undefined ? '-initrd' : '-dtb'}: needs a kernel (-kernel file)`);
  }
  const read = async (option: string, name: string): Promise<{ name: string; bytes: Uint8Array }> => {
    try {
      const path = files.resolve(files.cwd, name);
      return { name: path, bytes: await files.readFile(path) };
    } catch (error) {
      throw new UsageError(`${option} ${name}: ${messageOf(error)}`);
    }
  };
  const images: EngineImage[] = [];
  if (kernel !== undefined) {
    const file = await read('-kernel', kernel);
    named(`-kernel ${kernel}`, () => {
      if (!file.bytes.length) throw new Error('the file is empty');
      if (isElf(file.bytes)) checkExecutable(file.bytes);
      else if (!options.anyKernel && !isKernelImage(file.bytes)) {
        throw new Error('this is not an ELF file, and no kernel (zImage or U-Boot image)');
      }
    });
    const dtb = options.dtb === undefined ? undefined : await read('-dtb', options.dtb);
    const initrd = options.initrd === undefined ? undefined : await read('-initrd', options.initrd);
    images.push(...programImages(file, { dtb, initrd, append }));
  }
  for (const device of devices) {
    const option = named(`-device ${device}`, () => parseLoader(device));
    if (option.kind !== 'file') {
      images.push(option);
      continue;
    }
    const file = await read('-device loader,file=', option.file);
    if (isElf(file.bytes) && !option.raw) {
      named(`-device ${device}`, () => checkExecutable(file.bytes));
      images.push({ kind: 'elf', ...file, cpu: option.cpu, exactNames: true });
    } else {
      images.push({
        kind: 'raw',
        ...file,
        address: option.address ?? 0,
        cpu: option.cpu,
        ...(option.raw && { force: true }),
      });
    }
  }
  return images;
}

/** Reads the users' plugins, with QEMU's words for one that there is not. */
async function loadPlugins({ plugins }: CliOptions, services: LaunchServices): Promise<EnginePlugin[]> {
  const result: EnginePlugin[] = [];
  for (const spec of plugins) {
    const [request] = parsePluginLine(spec);
    if (!request) throw new UsageError(`-plugin ${spec}: requires a non-empty argument`);
    try {
      result.push(await resolvePlugin(spec, services.files.cwd, services));
    } catch (error) {
      throw new UsageError(`Could not load plugin ${request.file}: ${messageOf(error)}`);
    }
  }
  return result;
}

async function pluginFolder(name: string, { files }: LaunchServices): Promise<string> {
  const path = files.resolve(files.cwd, name);
  if ((await files.kindOf(path)) !== 'directory') throw new UsageError(`-plugin-files ${name}: not a folder`);
  return path;
}

/** What the program gets from SYS_GET_CMDLINE, as QEMU makes it: the arg= options, else -kernel and -append, else nothing. */
function commandLine(options: CliOptions): string {
  if (options.semihostingArgs.length > 0) return options.semihostingArgs.join(' ');
  if (options.kernel === undefined) return '';
  return options.append ? `${options.kernel} ${options.append}` : options.kernel;
}
