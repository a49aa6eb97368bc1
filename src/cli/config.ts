import { prepareLaunch, type LaunchServices } from '../adapter/dap/launch';
import { splitOption } from '../adapter/dap/qemu-options';
import type { EngineConfig } from '../adapter/engine/api';
import { UsageError, type CliOptions } from './options';

/**
 * What the engine is to run, from a command line: the options become a launch configuration, so that both ways of
 * starting check and mean the same. Throws {@link UsageError} or the launch's own errors.
 */
export async function engineConfig(options: CliOptions, services: LaunchServices): Promise<EngineConfig> {
  const program = options.kernel ?? elfOfLoaders(options.devices);
  if (program === undefined) throw new UsageError('no program: give an ELF file, -kernel, or -device loader,file=…');
  const { engine } = await prepareLaunch(
    {
      program,
      cwd: services.files.cwd,
      machine: options.machine,
      ...(options.cpu !== undefined && { cpu: options.cpu }),
      ...(options.memory !== undefined && { memory: options.memory }),
      smp: options.smp,
      psInit: options.psInit,
      busErrors: options.busErrors,
      plugins: options.plugins,
      semihosting: options.semihosting,
      loaders: options.devices,
    },
    services,
  );
  return {
    ...engine,
    semihosting: { ...engine.semihosting, commandLine: commandLine(options), terminal: process.stdout.isTTY ?? false },
    images: options.kernel === undefined ? engine.images.slice(1) : engine.images,
    icountShift: options.icountShift ?? engine.icountShift,
  };
}

/** What the program gets from SYS_GET_CMDLINE, as QEMU makes it: the arg= options, else -kernel and -append, else nothing. */
function commandLine(options: CliOptions): string {
  if (options.semihostingArgs.length > 0) return options.semihostingArgs.join(' ');
  if (options.kernel === undefined) return '';
  return options.append ? `${options.kernel} ${options.append}` : options.kernel;
}

/** The file of the first loader that gives one: where symbols come from. */
function elfOfLoaders(devices: readonly string[]): string | undefined {
  for (const device of devices) {
    const file = splitOption(device).find((part) => part.name === 'file')?.value;
    if (file !== undefined) return file;
  }
  return undefined;
}
