import type { CpuLoopExit, HelperDef, HelperFn } from './helpers';
import type { InstructionForms } from './forms';
import type { Discontinuity } from './instrument';
import type { GlobalDef } from './ir';
import type { InlineHelper } from './wasm/block-nodes';
import type { DisasContextBase, TargetTranslator } from './translator';

/** What an access to guest memory is for; the MMU and aborts tell them apart. */
export enum AccessType {
  Load,
  Store,
  Fetch,
}

/** Where a virtual page lies: see {@link GuestCpu.translate}. */
export interface PageTranslation {
  /** Physical address of the byte asked for, unsigned. */
  readonly physical: number;
  /** Whether the page may be read, written and executed with this translation. */
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** A word of state that is part of the translation flags. */
export interface FlagWord {
  readonly slot: number;
  readonly shift: number;
  /** The bits that the word can have. */
  readonly mask: number;
  /** Whether IR writes it; else only helpers do that are not leaf helpers. */
  readonly changes: boolean;
}

/** Why an access could not be carried out. */
export enum FaultKind {
  /** No memory or device answers at the physical address, or the device answers with an error. */
  Bus,
  /** The access is not aligned as the instruction demands. */
  Alignment,
}

/** Where a vCPU's state machine stands after an exit was handled. */
export enum CpuRunState {
  Running,
  /** Waits for an interrupt or event (WFI); nothing executes until one is pending. */
  Halted,
  /** The exit cannot be handled yet (a host call waits for input): the same exit is to be handed over again later. */
  Blocked,
}

/** An interrupt is pending while the bit of a line is set in one word, and the bit that masks it is not in another. */
export interface InterruptWords {
  /** Slots of the words. */
  readonly lines: number;
  readonly masks: number;
  readonly interrupts: readonly { readonly line: number; readonly mask: number }[];
}

/**
 * A vCPU as the execution loop sees it: its state in the shared memory, its translator, its exceptions. A guest
 * implements this; neither the interpreter nor the softmmu knows which guest runs.
 */
export interface GuestCpu {
  readonly index: number;
  /** State words at the vCPU's environment, see layout.ts. Globals index it by slot. */
  readonly env: Int32Array;
  readonly globals: readonly GlobalDef[];
  readonly translator: TargetTranslator<DisasContextBase>;
  /** The routines of the target's helper set, in order of index. */
  readonly helpers: readonly HelperFn[];
  readonly helperDefs: readonly HelperDef[];
  /** Helpers, by index, that compiled code carries out itself in common cases. */
  readonly inlineHelpers: ReadonlyMap<number, InlineHelper>;
  /** The instructions that cold code consists of, as WebAssembly; absent where a guest has none. */
  readonly forms?: InstructionForms;
  /** Slots that insn_start's two immediates restore. */
  readonly pcSlot: number;
  readonly auxSlot: number;
  /** The words that make {@link tbFlags}: each shifted left, or-ed together. */
  readonly flagWords: readonly FlagWord[];
  /** When {@link interruptPending} is true, as compiled code looks at it. */
  readonly interruptWords: InterruptWords;
  /** Slot of the register in which a call leaves its return address (bit 0 may say more). */
  readonly linkSlot: number;
  /** State words [first, end) that leaf helpers read and write: compiled code keeps them in memory. */
  readonly memoryWords: readonly { readonly first: number; readonly end: number }[];

  /** Puts the state to its reset values, the pc to `entry` (the target reads the instruction set from its low bit). */
  reset(entry: number): void;
  /** Translation flags of the current state: with the pc they name a translation block. At most 21 bits. */
  tbFlags(): number;
  /** The flags of the block to which a call in a block with these flags returns. */
  returnFlags(flags: number): number;
  /**
   * Where the block's last instruction may lead, if it jumps by a table: unsigned addresses of blocks with the same flags.
   * A guess; undefined for any other instruction. `read` gives 1, 2 or 4 bytes of memory, undefined where there is none.
   */
  jumpTable(
    block: { readonly insnAddresses: readonly number[]; readonly flags: number },
    read: (address: number, size: 1 | 2 | 4) => number | undefined,
  ): readonly number[] | undefined;
  /** Translates `vaddr` (unsigned) or throws the target's MMU fault. */
  translate(vaddr: number, access: AccessType, mmuIndex: number): PageTranslation;
  /** Physical address for a debugger or plugin; undefined where nothing is mapped. Never throws, changes nothing. */
  debugTranslate(vaddr: number): number | undefined;
  /** Whether every virtual address is the same physical address, and may be accessed. */
  isIdentityMapped(): boolean;
  /** MMU index (0..3) of data accesses in the current state. */
  mmuIndex(): number;
  /** The exception for an access that failed; `size` in bytes. The caller throws it. */
  accessFault(kind: FaultKind, vaddr: number, physical: number, access: AccessType, size: number): CpuLoopExit;
  /**
   * Acts on an exit that a helper or an access threw: enters the exception vector, halts. pc and aux are already those
   * of the instruction when `exit.restoresState`.
   */
  handleExit(exit: CpuLoopExit): CpuRunState;
  /** The virtual address (unsigned) that an exclusive load has tagged and no exclusive store has used yet. */
  exclusiveAddress(): number | undefined;
  /** Somebody else wrote there: the next exclusive store fails. */
  loseExclusive(): void;
  /** What the exit means to plugins, before it is handled. */
  discontinuityOf(exit: CpuLoopExit): Discontinuity;
  /** Execution goes on at `address` (unsigned; the target reads the instruction set from its low bit). */
  setPc(address: number): void;
  /** Whether a halted vCPU has reason to run again. */
  hasWork(): boolean;
  /** Whether {@link takeInterrupt} would take one: asserted, and not masked. */
  interruptPending(): boolean;
  /** Enters the vector of the interrupt that is pending. The state is that before an instruction. */
  takeInterrupt(): void;
}
