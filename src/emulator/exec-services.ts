import type { ConstantPool } from '../tcg/constants';
import type { PluginRuntime, TbInstrumenter } from '../tcg/instrument';
import type { HostMemory } from '../tcg/host-memory';
import type { WasmHost } from '../tcg/wasm/host';
import type { AddressSpace } from './address-space';
import type { FlatRam } from './flat-ram';
import type { UnmappedPolicy } from './softmmu';
import type { TierPolicy } from './tier-policy';

/** Guest time, which is the count of executed instructions, as devices want it. */
export interface EventSource {
  /**
   * Whether an interrupt comes exactly between the instructions where it becomes pending, as with QEMU's `-icount`; else
   * it waits for the end of the block.
   */
  readonly exact: boolean;
  /** Guest time in ns of the next event of a device, Infinity when there is none. */
  nextEventNs(): number;
  /** Instructions until a device next has something to do; 0 when it is due, Infinity when there is nothing. */
  instructionsToEvent(): number;
  /** Lets devices do what is due. */
  runEvents(): void;
}

/** A machine without devices. */
export const NO_EVENTS: EventSource = {
  exact: true,
  nextEventNs: () => Infinity,
  instructionsToEvent: () => Infinity,
  runEvents: () => undefined,
};

/** What a vCPU's execution loop asks of the machine that it is part of. */
export interface CpuExecServices {
  readonly space: AddressSpace;
  readonly memory: HostMemory;
  readonly constants: ConstantPool;
  readonly instrumenter: TbInstrumenter;
  readonly runtime: PluginRuntime;
  readonly unmapped: UnmappedPolicy;
  readonly events: EventSource;
  /** A page now holds translated code: every vCPU's TLB must send its stores through the slow path. */
  protectPage(physicalPage: number): void;
  /** The guest wrote to translated code. */
  codeWritten(physical: number, size: number): void;
  isCodePage(physicalPage: number): boolean;
  /** Whether {@link codeWritten} is to be told of stores to the page for another reason than code. */
  isWatchedPage(physicalPage: number): boolean;
  hasCodeAt(physical: number, size: number): boolean;
  /** Makes the tiers beside the interpreter; absent where there are none. */
  readonly tier?: { readonly host: WasmHost; readonly policy: TierPolicy; readonly flat: FlatRam | undefined };
}
