import type { TcgFile, TcgFileMode, TcgSocket } from 'qemu-plugin';
import { encodeUtf8 } from '../../common/utf8';
import type { SemihostingHost } from '../../emulator/semihosting/host';
import type { PluginHost } from '../../plugin/host';
import { CONTROL_BASE, Control } from '../../tcg/layout';
import type { EngineImage } from './api';
import type { GuestSymbols } from './guest-symbols';
import { withHostErrors } from './host-errors';
import type { SystemEvents } from './system';

/** What plugins have of the place they run in. */
export interface PluginWorld {
  readonly files: SemihostingHost;
  /** Where relative paths start: absolute. */
  readonly folder: string;
  readonly images: readonly EngineImage[];
  readonly symbols: GuestSymbols;
  readonly events: Pick<SystemEvents, 'exit'>;
  readonly memory: ArrayBufferLike;
  /** Opens a socket whose calls wait; absent where there is none. */
  readonly connect?: (path: string) => TcgSocket;
}

type World = Required<Pick<PluginHost, 'openFile' | 'openSocket' | 'exit' | 'image' | 'functions' | 'sleep'>> & {
  close(): void;
};

/** Longest single sleep, so that a wish to stop is seen. */
const NAP_MS = 20;

/** Files, the program and its end for plugins. `close` closes the files that plugins left open. */
export function pluginWorld({ files, folder, images, symbols, events, memory, connect }: PluginWorld): World {
  const open = new Set<TcgFile>();
  const absolute = (path: string): string => (/^([/\\]|[A-Za-z]:)/.test(path) ? path : `${folder}/${path}`);
  const control = new Int32Array(memory, CONTROL_BASE, 16);
  return {
    openFile(path, mode): TcgFile {
      const file = openFile(files, absolute(path), path, mode, (closed) => open.delete(closed));
      open.add(file);
      return file;
    },
    openSocket(path): TcgSocket {
      if (!connect) throw new Error(`${path}: there are no sockets here`);
      return connect(absolute(path));
    },
    exit: (code, reason) => events.exit(code, reason),
    image() {
      const program = images.find((image) => image.kind === 'elf');
      return program?.kind === 'elf' ? { path: program.name, ...symbols.codeRange } : undefined;
    },
    functions: () => symbols.functions,
    sleep(ms): void {
      for (let left = ms; left > 0 && !Atomics.load(control, Control.StopRequest); left -= NAP_MS) {
        if (control.buffer instanceof ArrayBuffer) return;
        Atomics.wait(control, Control.StopRequest, 0, Math.min(left, NAP_MS));
      }
    },
    close(): void {
      for (const file of [...open]) file.close();
    },
  };
}

function openFile(
  files: SemihostingHost,
  absolute: string,
  path: string,
  mode: TcgFileMode,
  forget: (file: TcgFile) => void,
): TcgFile {
  const named = <T>(action: () => T): T =>
    withHostErrors(action, (error) => new Error(`${path}: ${error.message}`, { cause: error }));
  const flags = { read: mode === 'r', write: mode !== 'r', create: mode !== 'r' };
  const handle = named(() => files.open(absolute, { ...flags, truncate: mode === 'w' }));
  let position = mode === 'a' ? named(() => files.length(handle)) : 0;
  let isOpen = true;
  const file: TcgFile = {
    write(data): void {
      const bytes = typeof data === 'string' ? encodeUtf8(data) : data;
      for (let done = 0; done < bytes.length;) {
        const taken = named(() => files.write(handle, position, bytes.subarray(done)));
        if (taken === 0) throw new Error(`${path}: cannot write`);
        done += taken;
        position += taken;
      }
    },
    read(): Uint8Array {
      const bytes = new Uint8Array(named(() => files.length(handle)));
      let done = 0;
      for (let n = 1; n > 0 && done < bytes.length; done += n) {
        n = named(() => files.read(handle, done, bytes.subarray(done)));
      }
      return bytes.subarray(0, done);
    },
    close(): void {
      if (!isOpen) return;
      isOpen = false;
      forget(file);
      named(() => files.close(handle));
    },
  };
  return file;
}
