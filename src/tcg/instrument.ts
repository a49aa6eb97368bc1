import { CpuLoopExit } from './helpers';
import type { TranslatedBlock } from './translator';
import type { CallbackKind, DirectCallback } from './wasm/direct-callback';
import type { FilteredFunction } from './wasm/filtered';

/**
 * Adds plugin operations to a freshly translated block. The execution loop calls it once for each translation, before
 * the block's first run, and keeps what it returns.
 */
export interface TbInstrumenter {
  /**
   * Whether `instrument` would tell anybody of a translation or insert anything. While it would not, cold code may run
   * without being translated.
   */
  readonly observesBlocks: boolean;
  /**
   * Inserts plugin operations into `block.ir.ops`. `previous` is what an earlier call returned for the same block when
   * only the debugger's own callbacks have changed: plugins are not told of a translation then, their registrations
   * are taken from it.
   */
  instrument(block: TranslatedBlock, vcpu: number, previous?: unknown): unknown;
  /** The block that `instrument` returned this for is gone and does not run any more. */
  release(instrumentation: unknown): void;
}

/** Which of the translated blocks something is about. `pc` is unsigned, `instrumentation` what `instrument` returned. */
export type BlockFilter = (block: {
  readonly pc: number;
  readonly size: number;
  readonly instrumentation: unknown;
}) => boolean;

/** A callback has moved the pc: thrown out of it, the block ends and execution goes on there. */
export class PluginSetPc extends CpuLoopExit {
  readonly restoresState = false;
  /** @param pc unsigned; the target reads the instruction set from its low bit */
  constructor(readonly pc: number) {
    super();
  }
}

/** What made execution go on elsewhere than the instructions say. Numbers are those of qemu_plugin_discon_type. */
export enum Discontinuity {
  None = 0,
  Interrupt = 1,
  Exception = 2,
  HostCall = 4,
}

/** What the plugin operations of a running block call. Indices are those the instrumenter put into the operations. */
export interface PluginRuntime {
  /**
   * Returns true to stop the machine here: before the instruction, which runs when the machine goes on. May throw
   * {@link PluginSetPc}, as may the others that run while a vCPU executes.
   */
  execCallback(vcpu: number, index: number): boolean;
  /**
   * After an access. `meminfo` is the access's MemOp, `rw` 1 for a load, 2 for a store; the value is in Control.MemValue.
   * Returns true to stop the machine after the current instruction.
   */
  memCallback(vcpu: number, index: number, vaddr: number, memop: number, rw: number): boolean;
  /** A callback has asked for a stop which was not taken yet. */
  readonly wantsStop: boolean;
  /** How compiled code of the vCPU calls the callback with the number without a detour; undefined where it cannot. */
  directCallback(kind: CallbackKind, index: number, vcpu: number): DirectCallback | undefined;
  /** A bare function of {@link directCallback} has thrown. */
  callbackThrew(kind: CallbackKind, index: number, thrown: unknown): void;
  /** What compiled code calls instead of the filtered callback with the number, if there is such a function. */
  filteredFunction(kind: 'exec' | 'mem', index: number): FilteredFunction | undefined;
  /** Pages are mapped otherwise from now on, or are protected: what line tables know of the vCPU's addresses is void. */
  mappingChanged(vcpu: number): void;
  /** There is more translated code than is kept: whoever runs the machine drops it all at the next chance. */
  codeFull(): void;
  /** The vCPU halts: it waits for an interrupt. */
  vcpuIdle(vcpu: number): void;
  /** A vCPU that had halted goes on. */
  vcpuResume(vcpu: number): void;
  /**
   * The vCPU has been made ready for a discontinuity: `from` is the pc of the instruction that caused it (of an interrupt:
   * that would have run next), `to` the pc now; unsigned. Returns true to stop the machine here.
   */
  discontinuity(vcpu: number, type: Discontinuity, from: number, to: number): boolean;
}
