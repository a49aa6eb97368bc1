import { hex } from '../../common/bits';
import { decodeUtf8, encodeUtf8 } from '../../common/utf8';
import type { VirtualClock } from '../device';
import { ERRNO, HostError } from './errno';
import { ConsoleFile, ConstantFile, HandleTable, HostFile, type GuestFile } from './handles';
import type { OpenFlags, SemihostingConsole, SemihostingHost, SemihostingMemory } from './host';
import { Sandbox } from './sandbox';

/** Operations of "Semihosting for AArch32 and AArch64" (Arm, ABI release 2.0), chapter 6. */
export enum SemihostingOp {
  OPEN = 0x01,
  CLOSE = 0x02,
  WRITEC = 0x03,
  WRITE0 = 0x04,
  WRITE = 0x05,
  READ = 0x06,
  READC = 0x07,
  ISERROR = 0x08,
  ISTTY = 0x09,
  SEEK = 0x0a,
  FLEN = 0x0c,
  TMPNAM = 0x0d,
  REMOVE = 0x0e,
  RENAME = 0x0f,
  CLOCK = 0x10,
  TIME = 0x11,
  SYSTEM = 0x12,
  ERRNO = 0x13,
  GET_CMDLINE = 0x15,
  HEAPINFO = 0x16,
  EXIT = 0x18,
  EXIT_EXTENDED = 0x20,
  ELAPSED = 0x30,
  TICKFREQ = 0x31,
}

/** What became of a call. */
export type SemihostingOutcome =
  /** Carried out: `r0` is the result, signed. */
  | { readonly kind: 'done'; readonly r0: number }
  /** The program ends with this exit code (0..255). */
  | { readonly kind: 'exit'; readonly code: number }
  /** No input is there yet: nothing was changed, carry out the same instruction again later. */
  | { readonly kind: 'wait' }
  /** The operation does not exist; the program cannot go on. */
  | { readonly kind: 'unsupported'; readonly message: string };

/** Where the C library may put heap and stack, for SYS_HEAPINFO. */
export interface HeapInfo {
  readonly base: number;
  readonly limit: number;
}

export interface SemihostingOptions {
  readonly host: SemihostingHost;
  readonly console: SemihostingConsole;
  readonly clock: VirtualClock;
  /** The folder that the guest's files are in, absolute. */
  readonly root: string;
  /** The words of the command line; the first is the program's name by custom. */
  readonly args: readonly string[];
  readonly heap: () => HeapInfo;
  /** Tells the user what was refused. */
  readonly warn: (message: string) => void;
}

const APPLICATION_EXIT = 0x20026;
const FEATURES_FILE = ':semihosting-features';
/** "SHFB", then: EXIT_EXTENDED is there, and stdout and stderr are told apart. */
const FEATURES = Uint8Array.of(0x53, 0x48, 0x46, 0x42, 0x03);
const TICKS_PER_SECOND = 1e9;
/** What QEMU leaves in r0 after the calls that return nothing. */
const CORRUPTED = 0xdeadbeef | 0;
const CHUNK = 256;
const MAX_STRING = 1 << 20;

/** The semihosting interface of one machine: the guest's open files and its errno. */
export class Semihosting {
  private readonly handles = new HandleTable();
  private readonly sandbox: Sandbox;
  private errno = 0;

  constructor(private readonly options: SemihostingOptions) {
    this.sandbox = new Sandbox(options.root, options.host);
  }

  /** Closes the guest's files and forgets its errno: the machine was reset or ends. */
  reset(): void {
    this.handles.clear();
    this.errno = 0;
  }

  /** Carries out operation `op` (r0) with the argument `arg` (r1, unsigned). */
  call(op: number, arg: number, memory: SemihostingMemory): SemihostingOutcome {
    try {
      return this.dispatch(op, arg >>> 0, new Arguments(memory, arg >>> 0));
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.errno = error.errno;
      return done(-1);
    }
  }

  private dispatch(op: number, arg: number, args: Arguments): SemihostingOutcome {
    const { console, clock, host } = this.options;
    switch (op) {
      case SemihostingOp.OPEN:
        return done(this.open(args));
      case SemihostingOp.CLOSE:
        this.handles.remove(args.word(0));
        return done(0);
      case SemihostingOp.WRITEC: {
        const byte = args.memory.read(arg, 1);
        if (byte) console.write('console', byte);
        return done(CORRUPTED);
      }
      case SemihostingOp.WRITE0: {
        const text = args.string(arg);
        if (text) console.write('console', text);
        return done(CORRUPTED);
      }
      case SemihostingOp.WRITE:
        return this.write(args.word(0), args.word(1), args.word(2), args.memory);
      case SemihostingOp.READ:
        return this.read(args.word(0), args.word(1), args.word(2), args.memory);
      case SemihostingOp.READC: {
        const input = console.read(1);
        return input ? done(input[0] ?? -1) : { kind: 'wait' };
      }
      case SemihostingOp.ISERROR:
        return done((args.word(0) | 0) < 0 ? 1 : 0);
      case SemihostingOp.ISTTY:
        return done(this.isTty(args.word(0)));
      case SemihostingOp.SEEK:
        this.handles.get(args.word(0)).seek(args.word(1));
        return done(0);
      case SemihostingOp.FLEN:
        return done(this.handles.get(args.word(0)).length());
      case SemihostingOp.TMPNAM:
        return done(this.temporaryName(args.word(0), args.word(1), args.word(2), args.memory));
      case SemihostingOp.REMOVE:
        host.remove(this.entry(args.path(args.word(0), args.word(1))));
        return done(0);
      case SemihostingOp.RENAME: {
        const [from, to] = [args.path(args.word(0), args.word(1)), args.path(args.word(2), args.word(3))];
        host.rename(this.entry(from), this.entry(to));
        return done(0);
      }
      case SemihostingOp.CLOCK:
        return done(Math.floor(clock.nowNs() / 1e7));
      case SemihostingOp.TIME:
        return done(Math.floor(host.timeSeconds()));
      case SemihostingOp.SYSTEM:
        this.options.warn(
          `semihosting: the program asked to run the command "${args.path(args.word(0), args.word(1))}": refused`,
        );
        throw new HostError(ERRNO.EACCES);
      case SemihostingOp.ERRNO:
        return done(this.errno);
      case SemihostingOp.GET_CMDLINE:
        return done(this.commandLine(args));
      case SemihostingOp.HEAPINFO: {
        const { base, limit } = this.options.heap();
        args.memory.write(args.word(0), words(base, limit, limit, base));
        return done(0);
      }
      case SemihostingOp.EXIT:
        return { kind: 'exit', code: arg === APPLICATION_EXIT ? 0 : 1 };
      case SemihostingOp.EXIT_EXTENDED:
        return { kind: 'exit', code: args.word(0) === APPLICATION_EXIT ? args.word(1) & 0xff : 1 };
      case SemihostingOp.ELAPSED: {
        const ns = clock.nowNs();
        args.memory.write(arg, words(ns % 2 ** 32, Math.floor(ns / 2 ** 32)));
        return done(0);
      }
      case SemihostingOp.TICKFREQ:
        return done(TICKS_PER_SECOND);
      default:
        return {
          kind: 'unsupported',
          message: `unsupported semihosting operation ${hex(op, 2)} (r1 = ${hex(arg, 8)})`,
        };
    }
  }

  private open(args: Arguments): number {
    const [address, mode, length] = [args.word(0), args.word(1), args.word(2)];
    const name = args.string(address);
    if (!name) throw new HostError(ERRNO.EFAULT);
    if (mode > 11) throw new HostError(ERRNO.EINVAL);
    return this.handles.add(this.openFile(decodeUtf8(name), mode, () => args.path(address, length)));
  }

  private openFile(name: string, mode: number, checkedName: () => string): GuestFile {
    if (name === ':tt')
      return new ConsoleFile(this.options.console, mode < 4 ? 'stdin' : mode < 8 ? 'stdout' : 'stderr');
    if (name === FEATURES_FILE) {
      if (mode > 1) throw new HostError(ERRNO.EACCES);
      return new ConstantFile(FEATURES);
    }
    const path = this.guarded(() => this.sandbox.resolve(checkedName()));
    const flags = openFlags(mode);
    return new HostFile(this.options.host, this.options.host.open(path, flags), flags);
  }

  /** Errors of a transfer show only in the count, as QEMU has it; a handle that is not open sets errno. */
  private write(handle: number, address: number, length: number, memory: SemihostingMemory): SemihostingOutcome {
    const file = this.transferFile(handle);
    const data = file && memory.read(address, length);
    return done(length - (file && data ? quietly(() => file.write(data)) : 0));
  }

  private read(handle: number, address: number, length: number, memory: SemihostingMemory): SemihostingOutcome {
    const file = this.transferFile(handle);
    if (!file || !memory.read(address, length)) return done(length);
    let waits = false;
    const count = quietly(() => {
      const data = file.read(length);
      if (!data) waits = true;
      else memory.write(address, data);
      return data?.length ?? 0;
    });
    return waits ? { kind: 'wait' } : done(length - count);
  }

  private transferFile(handle: number): GuestFile | undefined {
    try {
      return this.handles.get(handle);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.errno = error.errno;
      return undefined;
    }
  }

  /** 1 for a terminal; 0 with errno ENOTTY for anything else; -1 for a handle that is not open. */
  private isTty(handle: number): number {
    const file = this.handles.get(handle);
    try {
      return file.isTty() ? 1 : 0;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.errno = error.errno;
      return 0;
    }
  }

  private temporaryName(address: number, id: number, length: number, memory: SemihostingMemory): number {
    const name = encodeUtf8(`tmp-${(id & 0xff).toString(16).padStart(2, '0')}\0`);
    if (id > 255 || name.length > length) return -1;
    memory.write(address, name);
    return 0;
  }

  private commandLine(args: Arguments): number {
    const text = encodeUtf8(this.options.args.join(' '));
    if (text.length + 1 > args.word(1)) throw new HostError(ERRNO.E2BIG);
    args.memory.write(args.word(0), Uint8Array.of(...text, 0));
    args.memory.write((args.base + 4) >>> 0, words(text.length));
    return 0;
  }

  private entry(path: string): string {
    return this.guarded(() => this.sandbox.resolveEntry(path));
  }

  /** Tells the user of a path that the sandbox refused. */
  private guarded(resolve: () => string): string {
    try {
      return resolve();
    } catch (error) {
      if (error instanceof HostError && error.errno === ERRNO.EACCES)
        this.options.warn(`semihosting: access to a file was refused: ${error.message}`);
      throw error;
    }
  }
}

/** The argument block that r1 points to. A word that cannot be read throws EFAULT. */
class Arguments {
  constructor(
    readonly memory: SemihostingMemory,
    readonly base: number,
  ) {}

  /** Argument `index`, unsigned. */
  word(index: number): number {
    const bytes = this.memory.read((this.base + 4 * index) >>> 0, 4);
    if (!bytes) throw new HostError(ERRNO.EFAULT);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  /** The bytes up to the first zero; undefined when memory or patience ends before. */
  string(address: number): Uint8Array | undefined {
    const found: number[] = [];
    while (found.length < MAX_STRING) {
      const start = (address + found.length) >>> 0;
      const chunk = this.memory.read(start, CHUNK) ?? this.memory.read(start, 1);
      if (!chunk) return undefined;
      const end = chunk.indexOf(0);
      found.push(...(end < 0 ? chunk : chunk.subarray(0, end)));
      if (end >= 0) return Uint8Array.from(found);
    }
    return undefined;
  }

  /** A name whose length is given: a zero byte must stand `length` bytes on. */
  path(address: number, length: number): string {
    const terminator = this.memory.read((address + length) >>> 0, 1);
    const bytes = this.string(address);
    if (!terminator || !bytes) throw new HostError(ERRNO.EFAULT);
    if (terminator[0] !== 0) throw new HostError(ERRNO.EINVAL);
    return decodeUtf8(bytes);
  }
}

function done(r0: number): SemihostingOutcome {
  return { kind: 'done', r0: r0 | 0 };
}

function quietly(transfer: () => number): number {
  try {
    return transfer();
  } catch (error) {
    if (error instanceof HostError) return 0;
    throw error;
  }
}

/**
 * The modes of fopen, in the specification's order: r, rb, r+, r+b, w, wb, w+, w+b, a, ab, a+, a+b. As on QEMU the last four
 * differ from the ones before only in that the file is not emptied: newlib itself seeks to the end before it writes.
 */
function openFlags(mode: number): OpenFlags {
  const kind = mode >> 2;
  const update = (mode & 2) !== 0;
  return {
    read: kind === 0 || update,
    write: kind > 0 || update,
    create: kind > 0,
    truncate: kind === 1,
  };
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value, true));
  return bytes;
}
