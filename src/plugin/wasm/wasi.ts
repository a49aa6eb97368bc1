import { NO_FILES, PluginFileError, type PluginFile, type PluginFiles } from './files';
import { decodeUtf8, encodeUtf8 } from '../../common/utf8';
import type { PluginMemory } from './memory-view';

/** What a plugin's C library gets of the world. */
export interface WasiHost {
  readonly files?: PluginFiles;
  /** What goes to stdout and stderr, verbatim. */
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** Nanoseconds: of the wall clock since 1970, or of a clock that only grows. */
  now(clock: 'realtime' | 'monotonic'): bigint;
}

/** The plugin called exit(). */
export class PluginExit extends Error {
  constructor(readonly code: number) {
    super(`it called exit(${code})`);
  }
}

/** Error numbers of WASI snapshot preview 1 (`errno`). */
const ERRNO: Readonly<Record<string, number>> = {
  SUCCESS: 0,
  EACCES: 2,
  EBADF: 8,
  EEXIST: 20,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  EMFILE: 33,
  ENOENT: 44,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTSUP: 58,
  EPERM: 63,
  ESPIPE: 70,
};

const FILETYPE_CHARACTER_DEVICE = 2;
const FILETYPE_DIRECTORY = 3;
const FILETYPE_REGULAR_FILE = 4;
const OFLAGS_CREAT = 1;
const OFLAGS_DIRECTORY = 2;
const OFLAGS_EXCL = 4;
const OFLAGS_TRUNC = 8;
const FDFLAGS_APPEND = 1;
const RIGHT_FD_READ = 1n << 1n;
const RIGHT_FD_WRITE = 1n << 6n;
/** fd_seek and fd_tell. */
const SEEK_RIGHTS = (1n << 2n) | (1n << 5n);
const ALL_RIGHTS = (1n << 30n) - 1n;
/** The folder that WASI's C library finds every path in. */
const ROOT_FD = 3;
const FIRST_FILE_FD = 4;
const MAX_FILES = 256;

interface OpenFile {
  readonly file: PluginFile;
  readonly append: boolean;
  position: number;
}

/** Decodes text that comes in pieces: what is left of an unfinished character waits for the rest. */
class TextStream {
  private rest: number[] = [];

  take(data: Uint8Array): string {
    const bytes = Uint8Array.from([...this.rest, ...data]);
    let end = bytes.length;
    for (let back = 1; back <= 3 && back <= bytes.length; back++) {
      const byte = bytes[bytes.length - back];
      if (byte < 0x80) break;
      if (byte < 0xc0) continue;
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (needs > back) end = bytes.length - back;
      break;
    }
    this.rest = [...bytes.subarray(end)];
    return decodeUtf8(bytes.subarray(0, end));
  }
}

/**
 * The functions of `wasi_snapshot_preview1` that wasi-libc needs: a plugin's clock, its stdout and stderr, its random bytes
 * (from a fixed seed, so that a run can be repeated) and the files that the user granted.
 */
export class Wasi {
  private readonly open = new Map<number, OpenFile>();
  /** What was printed of a line that has not ended. */
  private readonly unfinished = { stdout: '', stderr: '' };
  private readonly streams = { stdout: new TextStream(), stderr: new TextStream() };
  private random = 0x9e3779b9;
  private readonly files: PluginFiles;

  constructor(
    private readonly host: WasiHost,
    private readonly memory: () => PluginMemory,
  ) {
    this.files = host.files ?? NO_FILES;
  }

  /** The import object's part; a function that is not here answers ENOSYS. */
  imports(names: readonly string[]): Record<string, (...args: never[]) => number> {
    const known = this.functions();
    return Object.fromEntries(names.map((name) => [name, known[name] ?? (() => ERRNO.ENOSYS)]));
  }

  /** Hands on what was printed without the end of a line. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.unfinished[stream];
      this.unfinished[stream] = '';
      if (text) this.host.write(stream, text);
    }
  }

  private functions(): Record<string, (...args: never[]) => number> {
    const memory = this.memory;
    const none = (countAt: number, sizeAt: number): number => {
      memory().setU32(countAt, 0);
      memory().setU32(sizeAt, 0);
      return ERRNO.SUCCESS;
    };
    const nothing = (): number => ERRNO.SUCCESS;
    const functions = {
      args_get: nothing,
      args_sizes_get: none,
      environ_get: nothing,
      environ_sizes_get: none,
      sched_yield: nothing,
      clock_res_get: (_clock: number, at: number) => (memory().setU64(at, 1000n), ERRNO.SUCCESS),
      clock_time_get: (clock: number, _precision: bigint, at: number) => {
        memory().setU64(at, this.host.now(clock === 0 ? 'realtime' : 'monotonic'));
        return ERRNO.SUCCESS;
      },
      random_get: (at: number, length: number) => this.fillRandom(at, length),
      proc_exit: (code: number) => {
        this.flush();
        throw new PluginExit(code);
      },
      fd_prestat_get: (fd: number, at: number) => {
        if (fd !== ROOT_FD) return ERRNO.EBADF;
        memory().setU32(at, 0);
        memory().setU32(at + 4, 1);
        return ERRNO.SUCCESS;
      },
      fd_prestat_dir_name: (fd: number, at: number) => {
        if (fd !== ROOT_FD) return ERRNO.EBADF;
        memory().slice(at, 1).set(encodeUtf8('/'));
        return ERRNO.SUCCESS;
      },
      fd_fdstat_get: (fd: number, at: number) => this.guarded(() => this.describe(fd, at)),
      fd_fdstat_set_flags: nothing,
      fd_filestat_get: (fd: number, at: number) => this.guarded(() => this.fileStatus(this.opened(fd).file, at)),
      fd_read: (fd: number, vectors: number, count: number, at: number) =>
        this.guarded(() => memory().setU32(at, this.read(fd, vectors, count))),
      fd_write: (fd: number, vectors: number, count: number, at: number) =>
        this.guarded(() => memory().setU32(at, this.write(fd, vectors, count))),
      fd_seek: (fd: number, offset: bigint, whence: number, at: number) =>
        this.guarded(() => memory().setU64(at, BigInt(this.seek(fd, Number(offset), whence)))),
      fd_tell: (fd: number, at: number) => this.guarded(() => memory().setU64(at, BigInt(this.opened(fd).position))),
      fd_close: (fd: number) => this.guarded(() => this.closeFile(fd)),
      fd_sync: nothing,
      path_open: (
        _dir: number,
        _lookup: number,
        path: number,
        length: number,
        oflags: number,
        rights: bigint,
        _inherited: bigint,
        fdflags: number,
        at: number,
      ) => this.guarded(() => memory().setU32(at, this.openPath(path, length, oflags, rights, fdflags))),
      path_filestat_get: (_dir: number, _flags: number, path: number, length: number, at: number) =>
        this.guarded(() => {
          const file = this.files.open(this.path(path, length), { ...READ_ONLY });
          try {
            this.fileStatus(file, at);
          } finally {
            file.close();
          }
        }),
      path_unlink_file: (_dir: number, path: number, length: number) =>
        this.guarded(() => this.files.remove(this.path(path, length))),
      path_rename: (_dir: number, from: number, fromLength: number, _to: number, to: number, toLength: number) =>
        this.guarded(() => this.files.rename(this.path(from, fromLength), this.path(to, toLength))),
    };
    return functions as unknown as Record<string, (...args: never[]) => number>;
  }

  /** Runs `action` and makes an error number of what it throws; the end of the plugin passes through. */
  private guarded(action: () => void): number {
    try {
      action();
      return ERRNO.SUCCESS;
    } catch (error) {
      if (error instanceof PluginFileError) return ERRNO[error.code] ?? ERRNO.EIO;
      throw error;
    }
  }

  private path(at: number, length: number): string {
    return this.memory().text(at, length);
  }

  private opened(fd: number): OpenFile {
    const open = this.open.get(fd);
    if (!open) throw new PluginFileError(fd < ROOT_FD ? 'ESPIPE' : 'EBADF');
    return open;
  }

  private describe(fd: number, at: number): void {
    const memory = this.memory();
    const type =
      fd < ROOT_FD
        ? FILETYPE_CHARACTER_DEVICE
        : fd === ROOT_FD || this.opened(fd).file.folder
          ? FILETYPE_DIRECTORY
          : FILETYPE_REGULAR_FILE;
    memory.setU8(at, type);
    memory.setU8(at + 1, 0);
    memory.setU16(at + 2, this.open.get(fd)?.append ? FDFLAGS_APPEND : 0);
    // wasi-libc takes a character device that cannot seek for a terminal: its lines come as they are printed.
    memory.setU64(at + 8, fd < ROOT_FD ? ALL_RIGHTS & ~SEEK_RIGHTS : ALL_RIGHTS);
    memory.setU64(at + 16, ALL_RIGHTS);
  }

  /** `filestat`: device, inode, type, links, size, three times. */
  private fileStatus(file: PluginFile, at: number): void {
    const memory = this.memory();
    memory.slice(at, 64).fill(0);
    memory.setU8(at + 16, file.folder ? FILETYPE_DIRECTORY : FILETYPE_REGULAR_FILE);
    memory.setU64(at + 24, 1n);
    memory.setU64(at + 32, BigInt(file.size()));
  }

  private *vectors(at: number, count: number): Generator<Uint8Array> {
    const memory = this.memory();
    for (let i = 0; i < count; i++) yield memory.slice(memory.u32(at + 8 * i), memory.u32(at + 8 * i + 4));
  }

  private read(fd: number, vectors: number, count: number): number {
    if (fd === 0) return 0;
    const open = this.opened(fd);
    let total = 0;
    for (const into of this.vectors(vectors, count)) {
      const n = open.file.read(open.position, into);
      open.position += n;
      total += n;
      if (n < into.length) break;
    }
    return total;
  }

  private write(fd: number, vectors: number, count: number): number {
    let total = 0;
    for (const data of this.vectors(vectors, count)) {
      total += fd === 1 || fd === 2 ? this.print(fd === 1 ? 'stdout' : 'stderr', data) : this.append(fd, data);
    }
    return total;
  }

  private print(stream: 'stdout' | 'stderr', data: Uint8Array): number {
    const text = (this.unfinished[stream] += this.streams[stream].take(data));
    const end = text.lastIndexOf('\n') + 1;
    this.unfinished[stream] = text.slice(end);
    if (end > 0) this.host.write(stream, text.slice(0, end));
    return data.length;
  }

  private append(fd: number, data: Uint8Array): number {
    const open = this.opened(fd);
    if (open.append) open.position = open.file.size();
    let done = 0;
    while (done < data.length) {
      const n = open.file.write(open.position, data.subarray(done));
      if (n === 0) throw new PluginFileError('EIO');
      done += n;
      open.position += n;
    }
    return done;
  }

  private seek(fd: number, offset: number, whence: number): number {
    const open = this.opened(fd);
    const base = [0, open.position, open.file.size()][whence];
    if (base === undefined || base + offset < 0) throw new PluginFileError('EINVAL');
    return (open.position = base + offset);
  }

  private openPath(at: number, length: number, oflags: number, rights: bigint, fdflags: number): number {
    let fd = FIRST_FILE_FD;
    while (this.open.has(fd)) fd++;
    if (fd >= FIRST_FILE_FD + MAX_FILES) throw new PluginFileError('EMFILE');
    const path = this.path(at, length);
    const write = (rights & RIGHT_FD_WRITE) !== 0n;
    const append = (fdflags & FDFLAGS_APPEND) !== 0;
    if (oflags & OFLAGS_EXCL && this.exists(path)) throw new PluginFileError('EEXIST');
    const file = this.files.open(path, {
      read: (rights & RIGHT_FD_READ) !== 0n || !write,
      write,
      create: (oflags & OFLAGS_CREAT) !== 0,
      truncate: (oflags & OFLAGS_TRUNC) !== 0,
    });
    if (oflags & OFLAGS_DIRECTORY && !file.folder) {
      file.close();
      throw new PluginFileError('ENOTDIR');
    }
    this.open.set(fd, { file, append, position: 0 });
    return fd;
  }

  private exists(path: string): boolean {
    try {
      this.files.open(path, READ_ONLY).close();
      return true;
    } catch (error) {
      if (error instanceof PluginFileError) return false;
      throw error;
    }
  }

  private closeFile(fd: number): void {
    if (fd <= 2) return;
    const { file } = this.opened(fd);
    this.open.delete(fd);
    file.close();
  }

  private fillRandom(at: number, length: number): number {
    const bytes = this.memory().slice(at, length);
    for (let i = 0; i < bytes.length; i++) {
      this.random ^= this.random << 13;
      this.random ^= this.random >>> 17;
      this.random ^= this.random << 5;
      bytes[i] = this.random & 0xff;
    }
    return ERRNO.SUCCESS;
  }
}

const READ_ONLY = { read: true, write: false, create: false, truncate: false };
