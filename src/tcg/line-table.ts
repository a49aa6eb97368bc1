import {
  ENV_BASE,
  ENV_STRIDE,
  ENV_TLB,
  PAGE_BITS,
  PAGE_MASK,
  TLB_BITS,
  TLB_ENTRY_WORDS,
  TLB_INVALID,
  TLB_MMU_INDICES,
  TLB_WORDS,
} from './layout';

/** Words of an entry, as a shift: {tag for loads, tag for stores, addend, owner}. */
export const LINE_ENTRY_SHIFT = 2;
export const LINE_ENTRY_BYTES = 4 << LINE_ENTRY_SHIFT;
/** The fewest bits of an address within a line: {@link LINE_INVALID} then differs from every address of a line, whose alignment is looked at as well. */
export const MIN_LINE_BITS = 4;
/** A tag that no access has. */
export const LINE_INVALID = -1;

/** What a line table is made for. */
export interface LineTableShape {
  /** At least {@link MIN_LINE_BITS}. */
  readonly lineBits: number;
  /** Entries of a part less one. */
  readonly mask: number;
  /** Byte offset of the model's clock (access-clock.ts), or 0: it wants no times. */
  readonly clock: number;
  /** Where the model keeps the byte offsets of entries that it made: byte offset of the first word, and how many. */
  readonly made: { readonly offset: number; readonly count: number };
}

/**
 * Lines of one vCPU's virtual memory for which a model has nothing to do but to note the time: while a line is in the table,
 * callbacks of `plugin_mem_filtered_cb` are left out for accesses that start in it, and where the model has a clock the
 * access's time is written to the line's owner. There is a part for each MMU index. The entry of an address in its part is
 * `(address >>> lineBits) & mask`; its tags are the line's address, one for loads and one for stores; with the addend of the
 * TLB beside them an entry also says where the line lies in host memory, as the TLB would. The owner is the byte offset
 * of a doubleword for the time, or 0 without a clock.
 */
export class LineTable {
  readonly lineBits: number;
  readonly mask: number;
  readonly clock: number;
  private readonly env: number;

  /**
   * @param words the shared memory
   * @param offset of the table in it, in bytes; it takes {@link lineTableBytes}
   */
  constructor(
    private readonly words: Int32Array,
    readonly offset: number,
    readonly vcpu: number,
    private readonly shape: LineTableShape,
  ) {
    ({ lineBits: this.lineBits, mask: this.mask, clock: this.clock } = shape);
    this.env = (ENV_BASE + vcpu * ENV_STRIDE) / 4;
    const first = offset >>> 2;
    words.fill(LINE_INVALID, first, first + lineTableBytes(this.mask) / 4);
  }

  /** Bytes from the part of one MMU index to that of the next. */
  get stride(): number {
    return (this.mask + 1) * LINE_ENTRY_BYTES;
  }

  /** Forgets every line. */
  flush(): void {
    const { words, offset } = this;
    const bytes = lineTableBytes(this.mask);
    const first = this.shape.made.offset >>> 2;
    for (let at = first; at < first + this.shape.made.count; at++) {
      const entry = words[at];
      if (entry >= offset && entry < offset + bytes) words.fill(LINE_INVALID, entry >>> 2, (entry >>> 2) + 2);
    }
  }

  /** The TLB's entry for the address, as an index into {@link words}, or 0 when it has none. */
  private tlbEntry(vaddr: number, mmuIndex: number): number {
    const index = (vaddr >>> PAGE_BITS) & ((1 << TLB_BITS) - 1);
    const entry = this.env + ENV_TLB + mmuIndex * TLB_WORDS + index * TLB_ENTRY_WORDS;
    const page = vaddr & PAGE_MASK;
    return this.words[entry] === page || this.words[entry + 1] === page ? entry : 0;
  }

  /** The physical address, unsigned, if the TLB has the page, which then is memory; else -1. */
  physical(vaddr: number, mmuIndex: number): number {
    const entry = this.tlbEntry(vaddr, mmuIndex);
    if (entry === 0) return -1;
    return this.words[entry + 3] * (1 << PAGE_BITS) + (vaddr & ~PAGE_MASK);
  }

  /**
   * Puts the line of the address into the table, if the TLB has its page. Returns the entry's byte offset, which the model
   * must keep, else undefined.
   */
  note(vaddr: number, mmuIndex: number, owner: number): number | undefined {
    const { words, lineBits, mask } = this;
    const from = this.tlbEntry(vaddr, mmuIndex);
    if (from === 0) return undefined;
    const line = vaddr >>> lineBits;
    const to = ((this.offset + mmuIndex * this.stride) >>> 2) + ((line & mask) << LINE_ENTRY_SHIFT);
    const tag = line << lineBits;
    words[to] = words[from] === TLB_INVALID ? LINE_INVALID : tag;
    words[to + 1] = words[from + 1] === TLB_INVALID ? LINE_INVALID : tag;
    words[to + 2] = words[from + 2];
    words[to + 3] = owner;
    return to << 2;
  }
}

/** Takes the entry at the byte offset, which {@link LineTable.note} returned, out of its table. */
export function forgetLine(words: Int32Array, entry: number): void {
  words.fill(LINE_INVALID, entry >>> 2, (entry >>> 2) + 2);
}

export function lineTableBytes(mask: number): number {
  return TLB_MMU_INDICES * (mask + 1) * LINE_ENTRY_BYTES;
}
