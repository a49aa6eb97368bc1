import { ERRNO, HostError } from './errno';
import type { OpenFlags, SemihostingConsole, SemihostingHost } from './host';

/** What a handle of the guest stands for. Functions throw `HostError`. */
export interface GuestFile {
  /** Undefined = no input yet, ask again. */
  read(max: number): Uint8Array | undefined;
  /** How many bytes were taken. */
  write(data: Uint8Array): number;
  seek(position: number): void;
  length(): number;
  isTty(): boolean;
  close(): void;
}

/** A file on the user's machine. */
export class HostFile implements GuestFile {
  private position = 0;

  constructor(
    private readonly host: SemihostingHost,
    private readonly file: number,
    private readonly flags: OpenFlags,
  ) {}

  read(max: number): Uint8Array {
    if (!this.flags.read) throw new HostError(ERRNO.EBADF);
    const buffer = new Uint8Array(max);
    const count = this.host.read(this.file, this.position, buffer);
    this.position += count;
    return buffer.subarray(0, count);
  }

  write(data: Uint8Array): number {
    if (!this.flags.write) throw new HostError(ERRNO.EBADF);
    const count = this.host.write(this.file, this.position, data);
    this.position += count;
    return count;
  }

  seek(position: number): void {
    this.position = position;
  }

  length(): number {
    return this.host.length(this.file);
  }

  isTty(): boolean {
    throw new HostError(ERRNO.ENOTTY);
  }

  close(): void {
    this.host.close(this.file);
  }
}

/** `:tt`: the guest's standard input, output or error. Closing it leaves the console open. */
export class ConsoleFile implements GuestFile {
  constructor(
    private readonly console: SemihostingConsole,
    private readonly stream: 'stdin' | 'stdout' | 'stderr',
  ) {}

  read(max: number): Uint8Array | undefined {
    if (this.stream !== 'stdin') throw new HostError(ERRNO.EBADF);
    return this.console.read(max);
  }

  write(data: Uint8Array): number {
    if (this.stream === 'stdin') throw new HostError(ERRNO.EBADF);
    this.console.write(this.stream, data);
    return data.length;
  }

  seek(): void {
    throw new HostError(ERRNO.ESPIPE);
  }

  length(): number {
    return 0;
  }

  isTty(): boolean {
    if (!this.console.isTty) throw new HostError(ERRNO.ENOTTY);
    return true;
  }

  close(): void {}
}

/** A read-only file made of constant bytes. */
export class ConstantFile implements GuestFile {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  read(max: number): Uint8Array {
    const part = this.bytes.subarray(this.position, this.position + max);
    this.position += part.length;
    return part;
  }

  write(): number {
    throw new HostError(ERRNO.EBADF);
  }

  seek(position: number): void {
    if (position > this.bytes.length) throw new HostError(ERRNO.EINVAL);
    this.position = position;
  }

  length(): number {
    return this.bytes.length;
  }

  isTty(): boolean {
    throw new HostError(ERRNO.ENOTTY);
  }

  close(): void {}
}

/** The guest's open files by handle; a new one gets the lowest free number from 1 on. */
export class HandleTable {
  private readonly files: (GuestFile | undefined)[] = [undefined];

  add(file: GuestFile): number {
    const free = this.files.findIndex((entry, handle) => handle > 0 && entry === undefined);
    const handle = free > 0 ? free : this.files.length;
    this.files[handle] = file;
    return handle;
  }

  /** Throws EBADF for a handle that is not open. */
  get(handle: number): GuestFile {
    const file = this.files[handle];
    if (!file) throw new HostError(ERRNO.EBADF);
    return file;
  }

  remove(handle: number): void {
    this.get(handle).close();
    this.files[handle] = undefined;
  }

  /** Closes everything. Failures are of no interest any more. */
  clear(): void {
    for (const file of this.files) {
      try {
        file?.close();
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
      }
    }
    this.files.length = 1;
  }
}
