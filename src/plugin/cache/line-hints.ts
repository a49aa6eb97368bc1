import type { ModelMemory, ModelPiece } from '../../tcg/model-memory';
import type { HeldLine } from '../../tcg/wasm/filtered';
import type { SetAssociativeCache } from './set-associative';

const CHUNK_WORDS = 1024;

/**
 * Per line of a cache that instructions lie in a word that says which way had it last, so that translated code finds a line
 * that is still there without a search. Nothing is lost by a wrong one, as long as it names a way of the line's set.
 */
export class LineHints {
  private readonly held = new Map<number, HeldLine>();
  private chunk: ModelPiece | undefined;
  private used = 0;

  constructor(
    private readonly cache: SetAssociativeCache,
    private readonly memory: ModelMemory,
  ) {}

  /** What translated code is told of the address's line; undefined where the word or the cache lies out of its reach. */
  of(address: number): HeldLine | undefined {
    const { cache, held } = this;
    const line = (address >>> cache.lineBits) | 0;
    const known = held.get(line);
    if (known) return known;
    if (!this.chunk || this.used === CHUNK_WORDS) {
      this.chunk = this.memory.allocate(4 * CHUNK_WORDS);
      this.used = 0;
    }
    const { buffer, offset, shared } = this.chunk;
    if (!shared || !cache.layout.shared) return undefined;
    const hint = offset + 4 * this.used++;
    new Int32Array(buffer, hint, 1)[0] = 4 * cache.ways * cache.setOf(address);
    const { lines, times, clock = 0 } = cache.layout;
    const made = { hint, lines, times, clock };
    held.set(line, made);
    return made;
  }
}
