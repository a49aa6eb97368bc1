import type { GuestCpu } from '../tcg/guest-cpu';
import type { PluginRuntime } from '../tcg/instrument';
import type { HostMemory } from '../tcg/host-memory';
import type { Interpreter } from '../tcg/interp';
import type { TranslationBlock } from '../tcg/tb';
import type { GuestFacts } from '../tcg/wasm/block-nodes';
import type { LinkCheck } from '../tcg/wasm/direct-callback';
import type { FindBlock } from '../tcg/wasm/region';
import type { FlatRam } from './flat-ram';
import type { VcpuSoftMmu } from './softmmu';

/** What compiled code of one vCPU works on while it runs. */
export interface RunServices {
  readonly cpu: GuestCpu;
  readonly memory: HostMemory;
  readonly interpreter: Interpreter;
  readonly softmmu: VcpuSoftMmu;
  readonly runtime: PluginRuntime;
  /** Called when a device has cut the budget in compiled code, before the interpreter goes on in the block at the position. */
  cutToBoundary(tb: TranslationBlock, position: number): void;
}

/** What the tier of one vCPU works on. */
export interface TierServices extends RunServices {
  /** The block for pc and flags under the current mapping, if it has been translated. */
  readonly find: FindBlock;
  /** The little-endian value of 1, 2 or 4 bytes of memory at an unsigned virtual address; undefined where there is none. */
  readonly read: (address: number, size: 1 | 2 | 4) => number | undefined;
  /** Instructions that the vCPU has executed. */
  readonly instructions: () => number;
  /** RAM that compiled code reaches directly while addresses are physical ones. */
  readonly flat: FlatRam | undefined;
}

/**
 * What the compiler must know of the guest and its plugins.
 *
 * @param links says which plugins' functions compiled code can call directly
 * @param hasFunction whether a function begins with the block
 */
export function guestFacts(
  { cpu, runtime, read }: TierServices,
  links: LinkCheck,
  hasFunction: (tb: TranslationBlock) => boolean,
): GuestFacts {
  const { index, env, inlineHelpers, helperDefs, pcSlot, auxSlot, flagWords, interruptWords, linkSlot, memoryWords } =
    cpu;
  return {
    ...{ index, env, inlineHelpers, helperDefs, pcSlot, auxSlot, flagWords, interruptWords, linkSlot, memoryWords },
    returnFlags: (flags) => cpu.returnFlags(flags),
    filteredFunction: (kind, number) => runtime.filteredFunction(kind, number),
    directCallback(kind, number) {
      const direct = runtime.directCallback(kind, number, index);
      return direct && links.accepts(kind, direct) ? direct : undefined;
    },
    jumpTable: (tb) => cpu.jumpTable(tb, read),
    hasFunction,
  };
}
