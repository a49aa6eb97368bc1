import type { TranslationBlock } from '../tcg/tb';
import type { GuestFacts } from '../tcg/wasm/block-nodes';
import type { HandOver, Status } from '../tcg/wasm/linkage';
import { isCompilable, restOfBlock, type Region } from '../tcg/wasm/region';
import type { HandOverSites } from './hand-over-sites';

/** The rest of a block behind a place where compiled code was left, as a function of its own. */
export interface Tail {
  /** To be called with 0, the depth of calls. */
  readonly run: (depth: number) => Status;
  /** How many instructions the rest has at most: to be taken from the budget before it is entered. */
  readonly instructions: number;
  /** The numbers of the places where it hands over. */
  readonly sites: readonly number[];
}

/** A power of two. */
const RECENT = 64;

/** A place in a block, and how often compiled code was left there. */
interface Place {
  uses: number;
  tail?: Tail;
}

/**
 * Compiled code that leaves behind a device's access, since that has cut the budget, goes on in such a function, so that what is
 * left of the block need not be interpreted: of a program that lives on interrupts it is a good part.
 */
export class CompiledTails {
  /** By block and position in its code. */
  private readonly tails = new Map<TranslationBlock, Map<number, Place>>();
  /** The same by where compiled code was left, for the last ones. */
  private readonly recent = new Array<{ readonly from: HandOver; readonly place: Place } | undefined>(RECENT);

  /**
   * @param threshold how often a place is passed before there is a function
   * @param compile makes a region's function
   */
  constructor(
    private readonly facts: GuestFacts,
    private readonly sites: HandOverSites,
    private readonly threshold: number,
    private readonly compile: (region: Region) => Pick<Tail, 'run' | 'sites'>,
  ) {}

  /** The function for the rest of the block behind the place, if there is one by now. */
  behind(from: HandOver): Tail | undefined {
    const { tb, at } = from;
    const index = (tb.pc ^ at) & (RECENT - 1);
    let recent = this.recent[index];
    if (recent?.from !== from) this.recent[index] = recent = { from, place: this.placeOf(tb, at) };
    const { place } = recent;
    if (place.uses++ === this.threshold) place.tail = this.make(tb, at);
    return place.tail;
  }

  private placeOf(tb: TranslationBlock, at: number): Place {
    let places = this.tails.get(tb);
    if (!places) this.tails.set(tb, (places = new Map<number, Place>()));
    let place = places.get(at);
    if (!place) places.set(at, (place = { uses: 0 }));
    return place;
  }

  private make(tb: TranslationBlock, at: number): Tail | undefined {
    const region = isCompilable(tb) ? restOfBlock(tb, at, this.facts) : undefined;
    if (!region) return undefined;
    return { ...this.compile(region), instructions: instructionsFrom(tb, at) };
  }

  /** The block is gone, or its lowered code has changed: its functions are dropped; returns how many that were. */
  changed(tb: TranslationBlock): number {
    let functions = 0;
    for (const { tail } of this.tails.get(tb)?.values() ?? []) {
      if (!tail) continue;
      this.sites.retire(tail.sites);
      functions++;
    }
    if (this.tails.delete(tb)) this.recent.fill(undefined);
    return functions;
  }

  clear(): void {
    this.tails.clear();
    this.recent.fill(undefined);
  }
}

/** How many instructions of the block begin at the position of its code or behind it. */
export function instructionsFrom({ insnStarts }: TranslationBlock, position: number): number {
  let first = insnStarts.length;
  while (first > 0 && insnStarts[first - 1] >= position) first--;
  return insnStarts.length - first;
}
