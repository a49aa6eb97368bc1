import { Bytecode } from '../tcg/bytecode';
import type { TranslationBlock } from '../tcg/tb';
import type { TbCache } from './tb-cache';

/** Instruction breakpoints: patched into translated blocks in place, so that blocks stay as they are. */
export class Breakpoints {
  private addresses = new Set<number>();

  /** @param onChange told of each block in which a breakpoint was set or removed */
  constructor(
    private readonly blocks: TbCache,
    private readonly onChange: (tb: TranslationBlock) => void = () => undefined,
  ) {}

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

  get isEmpty(): boolean {
    return this.addresses.size === 0;
  }

  has(address: number): boolean {
    return this.addresses.size > 0 && this.addresses.has(address);
  }

  /** Marks the breakpoints in a block. */
  apply(tb: TranslationBlock): void {
    let changed = false;
    tb.insnStarts.forEach((position, index) => {
      const wanted = this.addresses.has(tb.insnAddresses[index]) ? Bytecode.insn_break : Bytecode.insn_start;
      if (tb.code[position] === wanted) return;
      tb.code[position] = wanted;
      changed = true;
    });
    if (changed) this.onChange(tb);
  }
}
