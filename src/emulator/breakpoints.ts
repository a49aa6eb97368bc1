import { Bytecode } from '../tcg/bytecode';
import type { TranslationBlock } from '../tcg/tb';
import type { TbCache } from './tb-cache';

/** Instruction breakpoints: patched into translated blocks in place, so that blocks stay as they are. */
export class Breakpoints {
  private addresses = new Set<number>();

  constructor(private readonly blocks: TbCache) {}

  /** Replaces the set of addresses (unsigned) that execution stops before. */
  set(addresses: Iterable<number>): void {
    const before = this.addresses;
    this.addresses = new Set(addresses);
    const changed = [
      ...[...before].filter((address) => !this.addresses.has(address)),
      ...[...this.addresses].filter((address) => !before.has(address)),
    ];
    if (!changed.length) return;
    for (const tb of this.blocks.blocks) {
      if (changed.some((address) => address >= tb.pc && address - tb.pc < tb.size)) this.apply(tb);
    }
  }

  has(address: number): boolean {
    return this.addresses.has(address);
  }

  /** Marks the breakpoints in a block. */
  apply(tb: TranslationBlock): void {
    tb.insnStarts.forEach((position, index) => {
      tb.code[position] = this.addresses.has(tb.insnAddresses[index]) ? Bytecode.insn_break : Bytecode.insn_start;
    });
  }
}
