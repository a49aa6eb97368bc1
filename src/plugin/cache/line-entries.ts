import { forgetLine, type LineTable } from '../../tcg/line-table';
import type { ModelPiece } from '../../tcg/model-memory';
import type { SetAssociativeCache } from './set-associative';

/**
 * Keeps line tables true to a data cache: an access to a line that it holds changes nothing but when that was accessed last, so
 * such lines, and no others, may be in a table. Per way it remembers the one entry, in whosever vCPU's table, that has its
 * line.
 */
export class LineEntries {
  /** Byte offset in the shared memory of the words that {@link settle} works on: per set and way an entry's byte offset, or 0. */
  readonly offset: number;
  /** How many words. */
  readonly count: number;
  /** Whether {@link settle} may have a table. */
  readonly shared: boolean;
  private readonly words: Int32Array;

  constructor(
    private readonly cache: SetAssociativeCache,
    allocate: (bytes: number) => ModelPiece,
  ) {
    this.count = cache.sets * cache.ways;
    const { buffer, offset, shared } = allocate(4 * this.count);
    this.shared = shared && cache.layout.shared;
    this.words = new Int32Array(buffer);
    this.offset = offset;
  }

  /** The cache was accessed at the physical address, and has it now, by the vCPU's access at `vaddr`. */
  settle(physical: number, table: LineTable | undefined, vaddr: number, mmuIndex: number): void {
    const way = this.cache.wayOf(physical);
    const owner = this.owner(way);
    const at = (this.offset >>> 2) + way;
    const before = this.words[at];
    if (before !== 0) forgetLine(this.words, before, owner);
    this.words[at] = table?.note(vaddr, mmuIndex, owner) ?? 0;
  }

  /** The way holds nothing any more. */
  forget(set: number, way: number): void {
    const { cache, words } = this;
    if (set >= cache.sets || way >= cache.ways) return;
    const at = (this.offset >>> 2) + set * cache.ways + way;
    if (words[at] !== 0) forgetLine(words, words[at], this.owner(set * cache.ways + way));
    words[at] = 0;
  }

  /** What entries have as the owner of the way's line: where its time lies, or the line itself. */
  private owner(way: number): number {
    const { clock, times, lines } = this.cache.layout;
    return clock === undefined ? lines + 4 * way : times + 8 * way;
  }
}
