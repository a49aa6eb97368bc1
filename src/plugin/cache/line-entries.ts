import { forgetLine, LINE_ENTRY_BYTES, type LineTable } from '../../tcg/line-table';
import type { ModelPiece } from '../../tcg/model-memory';
import type { SetAssociativeCache } from './set-associative';

/**
 * Keeps line tables true to a data cache: an access to a line that it holds changes nothing but when that was accessed last, so
 * such lines, and no others, may be in a table. Per way it remembers the one entry, in whosever vCPU's table, that has its
 * line; or had: another line may have taken the entry since, and then loses it with the way's line.
 */
export class LineEntries {
  /** Byte offset in the shared memory of the words that {@link settle} works on: per set and way an entry's byte offset. */
  readonly offset: number;
  /** How many words. */
  readonly count: number;
  /** Byte offset of an entry that is in no table. */
  readonly nowhere: number;
  /** Whether {@link settle} may have a table. */
  readonly shared: boolean;
  private readonly words: Int32Array;

  constructor(
    private readonly cache: SetAssociativeCache,
    allocate: (bytes: number) => ModelPiece,
  ) {
    this.count = cache.sets * cache.ways;
    const { buffer, offset, shared } = allocate(LINE_ENTRY_BYTES + 4 * this.count);
    this.shared = shared && cache.layout.shared;
    this.words = new Int32Array(buffer);
    this.nowhere = offset;
    this.offset = offset + LINE_ENTRY_BYTES;
    this.words.fill(this.nowhere, this.offset >>> 2, (this.offset >>> 2) + this.count);
  }

  /** The cache was accessed at the physical address, and has it now, by the vCPU's access at `vaddr`. */
  settle(physical: number, table: LineTable | undefined, vaddr: number, mmuIndex: number): void {
    const way = this.cache.wayOf(physical);
    const at = (this.offset >>> 2) + way;
    forgetLine(this.words, this.words[at]);
    this.words[at] = table?.note(vaddr, mmuIndex, this.owner(way)) ?? this.nowhere;
  }

  /** The way holds nothing any more. */
  forget(set: number, way: number): void {
    const { cache, words } = this;
    if (set >= cache.sets || way >= cache.ways) return;
    const at = (this.offset >>> 2) + set * cache.ways + way;
    forgetLine(words, words[at]);
    words[at] = this.nowhere;
  }

  /** What entries have as the owner of the way's line: where its time lies. */
  private owner(way: number): number {
    const { clock, times } = this.cache.layout;
    return clock === undefined ? 0 : times + 8 * way;
  }
}
