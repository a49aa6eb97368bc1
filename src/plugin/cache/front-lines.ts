import { forgetLine, type LineTable } from '../../tcg/line-table';
import type { ModelPiece } from '../../tcg/model-memory';
import type { SetAssociativeCache } from './set-associative';

/**
 * Keeps line tables true to a data cache: an access to the line that its set was accessed with last changes nothing, so such
 * lines, and no others, may be in a table. Per set it remembers the one entry, in whosever vCPU's table, that has its line.
 */
export class FrontLines {
  /** Byte offset in the shared memory of the words that {@link settle} works on: an entry's byte offset per set, or 0. */
  readonly offset: number;
  private readonly words: Int32Array;

  constructor(
    private readonly cache: SetAssociativeCache,
    allocate: (bytes: number) => ModelPiece,
  ) {
    const { buffer, offset } = allocate(4 * cache.sets);
    this.words = new Int32Array(buffer);
    this.offset = offset;
  }

  /** The cache was accessed at the physical address by the vCPU's access at `vaddr`: that line is the last one now. */
  settle(physical: number, table: LineTable | undefined, vaddr: number, mmuIndex: number): void {
    const at = (this.offset >>> 2) + this.cache.setOf(physical);
    const entry = table?.note(vaddr, mmuIndex) ?? 0;
    this.replace(at, entry);
  }

  /** The set's last line is gone from the cache. */
  forget(set: number): void {
    if (set < this.cache.sets) this.replace((this.offset >>> 2) + set, 0);
  }

  private replace(at: number, entry: number): void {
    const before = this.words[at];
    if (before !== 0 && before !== entry) forgetLine(this.words, before);
    this.words[at] = entry;
  }
}
