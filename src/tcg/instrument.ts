import type { TranslatedBlock } from './translator';

/**
 * Adds plugin operations to a freshly translated block. The execution loop calls it once for each translation, before
 * the block's first run, and keeps what it returns.
 */
export interface TbInstrumenter {
  /**
   * Inserts plugin operations into `block.ir.ops`. `previous` is what an earlier call returned for the same block when
   * only the debugger's own callbacks have changed: plugins are not told of a translation then, their registrations
   * are taken from it.
   */
  instrument(block: TranslatedBlock, vcpu: number, previous?: unknown): unknown;
  /** The block that `instrument` returned this for is gone and does not run any more. */
  release(instrumentation: unknown): void;
}

/** What the plugin operations of a running block call. Indices are those the instrumenter put into the operations. */
export interface PluginRuntime {
  /** Returns true to stop the machine here: before the instruction, which runs when the machine goes on. */
  execCallback(vcpu: number, index: number): boolean;
  /**
   * After an access. `meminfo` is the access's MemOp, `rw` 1 for a load, 2 for a store. Returns true to stop the
   * machine after the current instruction.
   */
  memCallback(vcpu: number, index: number, vaddr: number, memop: number, rw: number): boolean;
  /** Pages are mapped otherwise from now on, or are protected: what line tables know of the vCPU's addresses is void. */
  mappingChanged(vcpu: number): void;
  /** The vCPU halts: it waits for an interrupt. */
  vcpuIdle(vcpu: number): void;
  /** A vCPU that had halted goes on. */
  vcpuResume(vcpu: number): void;
}
