import type { TcgFile, TcgFileMode, TcgSocket } from 'qemu-plugin';

import type { WasmHost } from '../tcg/wasm/host';
import type { BlockFilter } from '../tcg/instrument';
/** What the machine offers to plugins. The layer above implements it; the engine knows no machine. */
export interface PluginHost {
  /** `arm` */
  readonly targetName: string;
  readonly systemEmulation: boolean;
  readonly smpVcpus: number;
  readonly maxVcpus: number;
  /** The shared memory of layout.ts: counters and control words lie in it. */
  readonly memory: ArrayBufferLike;
  /** Where functions in WebAssembly on this memory can be made, to be called by compiled code. */
  readonly wasm?: WasmHost;

  /** Whether the count of instructions stands before each line of the plugin log. */
  readonly timestamps?: boolean;

  disassemble(insn: InsnSource): string;
  /** The symbol that the unsigned virtual address lies in. */
  symbolAt(vaddr: number): string | undefined;
  /** The source line of the code at the unsigned virtual address. */
  lineAt(vaddr: number): { readonly file: string; readonly line: number } | undefined;
  /** The lines of the source that have code. */
  codeLines?(): readonly { readonly file: string; readonly line: number }[];
  /** Physical address, unsigned; undefined where nothing is mapped. No side effects. */
  translate(vcpu: number, vaddr: number): number | undefined;
  /** What answers at the physical address. Called for the accesses that plugins ask about. */
  regionAt(physical: number): PluginRegion | undefined;
  readRegister(vcpu: number, name: string): number | undefined;
  /** The registers that plugins may list, by number: those of QEMU's gdbstub. The same for every vCPU. */
  readonly registerList: readonly PluginRegister[];
  /** A register's bytes as gdb has them (little-endian); undefined if it cannot be read. */
  readRegisterBytes(vcpu: number, register: number): Uint8Array | undefined;
  /** Returns the bytes written, 0 if the register cannot be written. `bytes` has at least the register's size. */
  writeRegisterBytes(vcpu: number, register: number, bytes: Uint8Array): number;
  /** Up to `length` bytes from `vaddr` on, ended by what is not memory. No side effects. */
  readMemory(vcpu: number, vaddr: number, length: number): Uint8Array;
  /** Writes as a debugger: read-only memory too, no devices. Returns the bytes written; code that they touch is dropped. */
  writeMemory(vcpu: number, vaddr: number, bytes: Uint8Array): number;
  /** An access of the vCPU's bus, devices included. */
  readPhysical(physical: number, length: number): { readonly result: HwaddrResult; readonly bytes: Uint8Array };
  writePhysical(physical: number, bytes: Uint8Array): HwaddrResult;
  /** Instructions executed by all vCPUs up to this moment. */
  instructions(): number;
  /** From now on guest time, in nanoseconds, is what the plugins say. */
  controlTime(): void;
  /** Guest time is `ns`, from the next chance on; it does not go backwards. */
  updateTime(ns: number): void;
  /** Whether the instruction is a system call (ARM: SVC). */
  isSyscall(insn: InsnSource): boolean;
  /** The program of user-mode emulation; undefined when a whole machine is emulated. */
  readonly program?: { readonly path: string; readonly start: number; readonly end: number; readonly entry: number };

  /** A file of the user's machine; a relative path starts from the session's folder. Throws an Error that names it. */
  openFile?(path: string, mode: TcgFileMode): TcgFile;
  /** Throws an Error that names the path. */
  openSocket?(path: string): TcgSocket;
  /** Ends the guest, as soon as the current instruction (or block) is done. */
  exit?(code: number, reason: string): void;
  /** The program that was loaded first: unsigned addresses, `end` exclusive. */
  image?(): { readonly path: string; readonly start: number; readonly end: number; readonly entry: number } | undefined;
  /** The program's functions by address, from its symbols. `end` is exclusive. */
  functions?(): readonly { readonly name: string; readonly start: number; readonly end: number }[];
  /** Lets real time pass, until the user wants to stop the machine. */
  sleep?(ms: number): void;

  /** The plugin log (`qemu_plugin_outs`), verbatim. */
  output(text: string): void;
  /** The plugins' stderr, verbatim. */
  error(text: string): void;
  /** A callback threw and its plugin is now off. */
  pluginFailed(fault: PluginFault): void;
  /**
   * The operations in the blocks are out of date: each is to be instrumented again, with what `instrument` returned for it,
   * before it runs next. May be called at any time, also from inside a callback.
   * @param concerns the blocks whose operations are out of date; absent: all
   */
  reinstrument(concerns?: BlockFilter): void;
  /** All blocks are to be dropped, so that plugins see their translation again. May be called at any time. */
  flush(): void;
}

/** A register as QEMU's gdbstub describes it. */
export interface PluginRegister {
  readonly name: string;
  /** The target description's feature, e.g. `org.gnu.gdb.arm.core`. */
  readonly feature: string;
}

/** Numbers are those of qemu_plugin_hwaddr_operation_result. */
export enum HwaddrResult {
  Ok,
  Error,
  DeviceError,
  AccessDenied,
  InvalidAddress,
  InvalidAddressSpace,
}

/** An instruction as translation saw it. */
export interface InsnSource {
  /** Unsigned. */
  readonly vaddr: number;
  readonly size: number;
  /** The opcode bytes as they lie in memory. */
  readonly data: Uint8Array;
  /** The target's translation flags of the block: among them, which instruction set. */
  readonly flags: number;
}

/** What answers at a physical address. */
export interface PluginRegion {
  /** `RAM` for memory, else the device's name. */
  readonly name: string;
  readonly io: boolean;
  /** Where the region begins, for `hwaddr_device_offset`. */
  readonly base: number;
  /**
   * A span around the address in which this region answers without a gap, end exclusive. Answers are kept for it until
   * {@link PluginEngine.memoryMapChanged}.
   */
  readonly start: number;
  readonly end: number;
}

/** A plugin callback that threw. */
export interface PluginFault {
  readonly pluginId: number;
  readonly pluginName: string;
  /** Which callback: `insn_exec`, `mem`, `tb_trans`, … */
  readonly callback: string;
  /** The error with its name, e.g. `TypeError: x is not a function`. */
  readonly message: string;
  /** The first line of the stack that names a place, or empty. */
  readonly location: string;
}

/** The fault in one line for the user. */
export function describeFault(fault: PluginFault): string {
  const where = fault.location ? ` (${fault.location})` : '';
  return (
    `plugin ${fault.pluginName}: its ${fault.callback} callback threw ${fault.message}${where}. ` +
    'The plugin is switched off; its output so far is kept and the session goes on.'
  );
}

interface SpanSource {
  readonly base: number;
  readonly size: number;
}

/**
 * The part of `region` around `address` that no region of higher priority hides. `regions` has the higher priority first,
 * as an address space searches them.
 */
export function visibleSpan(
  regions: readonly SpanSource[],
  region: SpanSource,
  address: number,
): { readonly start: number; readonly end: number } {
  let start = region.base;
  let end = region.base + region.size;
  for (const other of regions) {
    if (other === region) break;
    const otherEnd = other.base + other.size;
    if (otherEnd <= address) start = Math.max(start, otherEnd);
    else if (other.base > address) end = Math.min(end, other.base);
  }
  return { start, end };
}
