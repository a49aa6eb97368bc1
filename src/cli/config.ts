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
  const args = [...(options.append ? [options.append] : []), ...options.semihostingArgs.slice(1)];
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
      args,
      plugins: options.plugins,
      semihosting: options.semihosting,
      loaders: options.devices,
    },
    services,
  );
  return {
    ...engine,
    images: options.kernel === undefined ? engine.images.slice(1) : engine.images,
    icountShift: options.icountShift ?? engine.icountShift,
  };
}

/** The file of the first loader that gives one: where symbols come from. */
function elfOfLoaders(devices: readonly string[]): string | undefined {
  for (const device of devices) {
    const file = splitOption(device).find((part) => part.name === 'file')?.value;
    if (file !== undefined) return file;
  }
  return undefined;
}
