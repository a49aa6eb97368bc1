/** How a file is opened; the names are those of open(2)'s flags. */
export interface OpenFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly create: boolean;
  readonly truncate: boolean;
}

/**
 * Files of the user's machine, as far as semihosting needs them. Paths are absolute and already checked. Every
 * function throws `HostError` with the error number for the guest. None may block for long: a host refuses what is
 * neither a regular file nor a directory.
 */
export interface SemihostingHost {
  /** The path with every symbolic link resolved. Throws ENOENT when it does not exist. */
  realpath(path: string): string;
  /** The host's number for the opened file. */
  open(path: string, flags: OpenFlags): number;
  close(file: number): void;
  /** Reads at a byte position; how many bytes were there (0 = end of file). */
  read(file: number, position: number, into: Uint8Array): number;
  /** Writes at a byte position; how many bytes were taken. */
  write(file: number, position: number, data: Uint8Array): number;
  /** Bytes in the file. */
  length(file: number): number;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Seconds since 1970-01-01 UTC. */
  timeSeconds(): number;
}

/**
 * Where console output goes: the guest's standard output and error (`:tt` opened for writing and for appending), and
 * the debug console that SYS_WRITEC and SYS_WRITE0 write to, which QEMU shows on its own standard error.
 */
export type ConsoleStream = 'stdout' | 'stderr' | 'console';

export interface SemihostingConsole {
  write(stream: ConsoleStream, data: Uint8Array): void;
  /**
   * Up to `max` bytes of input that is there now: none = the end of input; `undefined` = nothing yet. Must not block:
   * the vCPU then waits and asks again, and can be paused or stopped meanwhile.
   */
  read(max: number): Uint8Array | undefined;
  readonly isTty: boolean;
}

/** Guest memory as the semihosting call sees it, by virtual address. */
export interface SemihostingMemory {
  /** The bytes, or undefined when some of them are not RAM. */
  read(address: number, length: number): Uint8Array | undefined;
  /** Writes what of it is RAM; the rest is lost, as a store to nothing is. */
  write(address: number, data: Uint8Array): void;
}
