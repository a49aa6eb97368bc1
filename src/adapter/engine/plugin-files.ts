import { ERRNO, HostError } from '../../emulator/semihosting/errno';
import type { SemihostingHost } from '../../emulator/semihosting/host';
import { Sandbox } from '../../emulator/semihosting/sandbox';
import { PluginFileError, type PluginFile, type PluginFiles } from '../../plugin/wasm/files';
import { withHostErrors } from './host-errors';

const CODES = new Map<number, string>(Object.entries(ERRNO).map(([code, number]) => [number, code]));

/**
 * The files of one folder, for plugins. A plugin's C library makes no difference between `x` and `/x`: a name that lies in
 * the folder as an absolute path is one, any other starts from the folder.
 *
 * @param root the folder, an absolute path
 */
export function pluginFiles(root: string, host: SemihostingHost): PluginFiles {
  const sandbox = new Sandbox(root, host);
  const resolve = (name: string, entry: boolean): string => {
    const find = (path: string): string => (entry ? sandbox.resolveEntry(path) : sandbox.resolve(path));
    try {
      return find(`/${name}`);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      return find(name);
    }
  };
  return {
    open: (name, flags) =>
      guarded(() => {
        const path = resolve(name === '' ? '.' : name, false);
        return openFile(host, host.open(path, flags));
      }),
    remove: (name) => guarded(() => host.remove(resolve(name, true))),
    rename: (from, to) => guarded(() => host.rename(resolve(from, true), resolve(to, true))),
  };
}

function openFile(host: SemihostingHost, file: number): PluginFile {
  return {
    folder: false,
    read: (position, into) => guarded(() => host.read(file, position, into)),
    write: (position, data) => guarded(() => host.write(file, position, data)),
    size: () => guarded(() => host.length(file)),
    close: () => guarded(() => host.close(file)),
  };
}

function guarded<T>(action: () => T): T {
  return withHostErrors(action, ({ errno, message }) => new PluginFileError(CODES.get(errno) ?? 'EIO', message));
}
