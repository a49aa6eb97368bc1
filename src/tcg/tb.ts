import type { LoweredBlock } from './lower';
import type { TranslatedBlock } from './translator';

/** A translation block ready to run in the interpreter. */
export class TranslationBlock {
  /** Unsigned address of the first instruction. */
  readonly pc: number;
  readonly flags: number;
  /** Bytes of guest code. */
  readonly size: number;
  /** Addresses of the instructions, unsigned, in order. */
  readonly insnAddresses: readonly number[];
  code: Int32Array;
  insnStarts: readonly number[];
  /** Direct chains, made when a goto_tb is first taken. A block dropped from the cache is marked, not unlinked. */
  next0: TranslationBlock | null = null;
  next1: TranslationBlock | null = null;
  valid = true;
  /** How many more times the interpreter enters the block before it is worth compiling; then, and when compiled, below 0. */
  heat = Infinity;
  /** How many instructions its vCPU had executed when {@link heat} was set. */
  heatSince = 0;
  /** What the instrumenter returned for the block. */
  instrumentation: unknown;
  /** Physical pages (page numbers) that the code lies in: one, or two when an instruction crosses. */
  pages: readonly number[] = [];
  /** Physical address of the first byte. */
  physical = 0;

  constructor(block: TranslatedBlock, lowered: LoweredBlock) {
    this.pc = block.pc;
    this.flags = block.flags;
    this.size = block.size;
    this.insnAddresses = block.insns.map((insn) => insn.vaddr);
    this.code = lowered.code;
    this.insnStarts = lowered.insnStarts;
  }
}
