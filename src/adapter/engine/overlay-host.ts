import { ERRNO, HostError } from '../../emulator/semihosting/errno';
import type { OpenFlags, SemihostingHost } from '../../emulator/semihosting/host';
import type { GuestFile } from './api';

/** Bytes that one guest may have in files of its own. */
const CAPACITY = 64 * 2 ** 20;
const LEAST = 4096;

/** A file that lives in memory. */
interface MemoryFile {
  bytes: Uint8Array;
  length: number;
}

interface Handle {
  readonly path: string;
  /** The file in memory; else `real` is one of the host below. */
  file?: MemoryFile;
  real?: number;
}

/**
 * A host's files as one guest sees them that must not disturb others: what it writes, removes and renames is so for it only,
 * and lies in memory. Folders cannot be removed or renamed.
 */
export class OverlayHost implements SemihostingHost {
  /** By canonical path; null: removed. */
  private readonly files = new Map<string, MemoryFile | null>();
  private readonly handles = new Map<number, Handle>();
  private next = 1;

  /** @param seconds what time it always is, since 1970-01-01 UTC */
  constructor(
    private readonly below: SemihostingHost,
    private readonly seconds: number,
    private readonly capacity = CAPACITY,
  ) {}

  /** What was written or removed, by path. */
  get changes(): GuestFile[] {
    return [...this.files]
      .map(([path, file]) => ({ path, bytes: file && file.bytes.slice(0, file.length) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  realpath(path: string): string {
    const canonical = this.canonical(path);
    const file = this.files.get(canonical);
    if (file) return canonical;
    if (file === null) throw new HostError(ERRNO.ENOENT);
    return this.below.realpath(path);
  }

  open(path: string, flags: OpenFlags): number {
    const known = this.files.get(path);
    if (known === null && !flags.create) throw new HostError(ERRNO.ENOENT);
    if (known === undefined && !flags.write) return this.handle({ path, real: this.below.open(path, flags) });
    const file = known ?? this.copy(path, flags.create);
    if (flags.write && flags.truncate) file.length = 0;
    return this.handle({ path, file });
  }

  close(file: number): void {
    const { real } = this.handleOf(file);
    this.handles.delete(file);
    if (real !== undefined) this.below.close(real);
  }

  read(file: number, position: number, into: Uint8Array): number {
    const handle = this.handleOf(file);
    if (!handle.file) return this.below.read(handle.real!, position, into);
    const { bytes, length } = handle.file;
    const part = bytes.subarray(position, Math.min(length, position + into.length));
    into.set(part);
    return part.length;
  }

  write(file: number, position: number, data: Uint8Array): number {
    const target = this.handleOf(file).file;
    if (!target) throw new HostError(ERRNO.EBADF);
    const end = position + data.length;
    if (end > target.bytes.length) this.grow(target, end);
    if (position > target.length) target.bytes.fill(0, target.length, position);
    target.bytes.set(data, position);
    target.length = Math.max(target.length, end);
    return data.length;
  }

  length(file: number): number {
    const handle = this.handleOf(file);
    return handle.file ? handle.file.length : this.below.length(handle.real!);
  }

  remove(path: string): void {
    this.take(path);
    this.forget(path);
  }

  rename(from: string, to: string): void {
    const file = this.take(from);
    if (from === to) return;
    if (this.files.get(to) === undefined) this.fill({ bytes: new Uint8Array(0), length: 0 }, to, true);
    this.forget(from);
    this.files.set(to, file);
  }

  timeSeconds(): number {
    return this.seconds;
  }

  private handle(handle: Handle): number {
    this.handles.set(this.next, handle);
    return this.next++;
  }

  private handleOf(file: number): Handle {
    const handle = this.handles.get(file);
    if (!handle) throw new HostError(ERRNO.EBADF);
    return handle;
  }

  /** A path that is not there has a folder that is. */
  private canonical(path: string): string {
    try {
      return this.below.realpath(path);
    } catch {
      const [, folder, name] = /^(.*)([/\\][^/\\]+)$/.exec(path) ?? [];
      if (name === undefined) return path;
      try {
        // At the top of a drive the folder's own separator is the name's.
        return this.below.realpath(folder || name[0]).replace(/[/\\]$/, '') + name;
      } catch {
        return path;
      }
    }
  }

  /** The file to remove or rename. Throws ENOENT where none is. */
  private take(path: string): MemoryFile {
    const known = this.files.get(path);
    if (known === null) throw new HostError(ERRNO.ENOENT);
    return known ?? this.copy(path, false);
  }

  /** Brings a file of the host's into memory; those who have it open see what is written there. */
  private copy(path: string, create: boolean): MemoryFile {
    const file: MemoryFile = { bytes: new Uint8Array(LEAST), length: 0 };
    if (this.files.get(path) === undefined) this.fill(file, path, create);
    this.files.set(path, file);
    for (const handle of this.handles.values()) {
      if (handle.path !== path || handle.real === undefined) continue;
      this.below.close(handle.real);
      handle.real = undefined;
      handle.file = file;
    }
    return file;
  }

  private fill(file: MemoryFile, path: string, create: boolean): void {
    let real: number;
    try {
      real = this.below.open(path, { read: true, write: false, create: false, truncate: false });
    } catch (error) {
      if (create && error instanceof HostError && error.errno === ERRNO.ENOENT) return;
      throw error;
    }
    try {
      // A folder cannot be read: the host says so.
      this.below.read(real, 0, new Uint8Array(1));
      const size = this.below.length(real);
      this.grow(file, size);
      for (let n = 1; n > 0 && file.length < size; file.length += n) {
        n = this.below.read(real, file.length, file.bytes.subarray(file.length, size));
      }
    } finally {
      this.below.close(real);
    }
  }

  /** The file is not there any more: as if it had never been, where the host has none. */
  private forget(path: string): void {
    try {
      this.below.realpath(path);
      this.files.set(path, null);
    } catch {
      this.files.delete(path);
    }
  }

  private grow(file: MemoryFile, size: number): void {
    const others = [...this.files.values()].reduce((sum, one) => sum + (one && one !== file ? one.length : 0), 0);
    if (others + size > this.capacity) throw new HostError(ERRNO.ENOSPC, 'a guest by itself may not write so much');
    const bytes = new Uint8Array(Math.min(Math.max(2 * file.bytes.length, size), Math.max(size, this.capacity)));
    bytes.set(file.bytes.subarray(0, file.length));
    file.bytes = bytes;
  }
}
