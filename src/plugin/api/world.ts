import type { TcgFile, TcgFileMode, TcgSocket } from 'qemu-plugin';
import type { PluginEngine } from '../engine';
import type { QemuPluginApi } from '../plugin-module';

type World = Pick<
  QemuPluginApi,
  'tcg_open_file' | 'tcg_open_socket' | 'tcg_exit' | 'tcg_program' | 'tcg_functions' | 'tcg_sleep'
>;

const MODES: readonly TcgFileMode[] = ['r', 'w', 'a'];

/** Files, the program and its end: what QEMU's plugins have of their process. */
export function world(engine: PluginEngine): World {
  const { host } = engine;
  return {
    tcg_open_file(path, mode): TcgFile {
      if (!MODES.includes(mode)) throw new TypeError(`tcg_open_file: "${mode}" is none of ${MODES.join(', ')}`);
      if (!host.openFile) throw new Error(`cannot open ${path}: there are no files here`);
      return host.openFile(String(path), mode);
    },
    tcg_open_socket(path): TcgSocket {
      if (!host.openSocket) throw new Error(`cannot open ${path}: there are no sockets here`);
      return host.openSocket(String(path));
    },
    tcg_exit(code, reason): void {
      if (!Number.isInteger(code)) throw new TypeError(`tcg_exit: the exit code is no integer: ${code}`);
      const name = engine.caller?.name ?? 'a plugin';
      host.exit?.(code, reason ?? `${name} ended the guest with code ${code}`);
    },
    tcg_program: () => host.image?.() ?? null,
    tcg_functions: () => host.functions?.() ?? [],
    tcg_sleep: (ms) => host.sleep?.(ms),
  };
}
