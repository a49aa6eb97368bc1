import { AccessType, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import { PAGE_BITS } from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';
import { keyOf } from '../tcg/wasm/batch';
import type { WasmValue } from '../tcg/wasm/host';
import type { Region } from '../tcg/wasm/region';
import type { FunctionSlots } from './function-slots';
import type { HandOverSites } from './hand-over-sites';

/** What a unit of compilation made: the functions of one module. They call each other, so they are dropped together. */
export interface Unit {
  readonly regions: readonly Region[];
  readonly blocks: ReadonlySet<TranslationBlock>;
  /** By region. */
  readonly functions: readonly WasmValue[];
  /** The numbers of the places where they hand over. */
  readonly sites: readonly number[];
  /** The pages that the code was read from: virtual to physical page number. */
  readonly pages: ReadonlyMap<number, number>;
  valid: boolean;
  /** Its functions are in the table. */
  linked: boolean;
}

/** How a block's function is entered. */
export interface Head {
  readonly unit: Unit;
  /** Its index in the function table. */
  readonly slot: number;
  /** How many instructions must be left for it to be entered. */
  readonly budget: number;
}

/** The unit of `regions`, which consist of `blocks`; it is not linked. */
export function makeUnit(
  regions: readonly Region[],
  blocks: ReadonlySet<TranslationBlock>,
  functions: readonly WasmValue[],
  sites: readonly number[],
): Unit {
  const pages = new Map<number, number>();
  for (const tb of blocks) {
    const first = tb.pc >>> PAGE_BITS;
    tb.pages.forEach((page, i) => pages.set((first + i) & (0xffffffff >>> PAGE_BITS), page));
  }
  return { regions, blocks, functions, sites, pages, valid: true, linked: false };
}

/** What is compiled for one vCPU, and which blocks have functions. */
export class CompiledUnits {
  private readonly units = new Map<TranslationBlock, Set<Unit>>();
  private readonly heads = new Map<TranslationBlock, Head>();
  /** What {@link headedBy} was asked last, while the answer holds: of an interrupt's handler it is asked each time. */
  private asked: TranslationBlock | undefined;
  private answer: Head | undefined;
  /** Units that lead to blocks that they do not have, by what names the block. */
  private readonly lacking = new Map<number, Set<Unit>>();
  private readonly linked = new Set<Unit>();

  /** @param setHeat says how often a block must be entered to be compiled again; by default as often as any */
  constructor(
    private readonly cpu: GuestCpu,
    private readonly slots: FunctionSlots,
    private readonly sites: HandOverSites,
    private readonly setHeat: (tb: TranslationBlock, heat?: number) => void,
  ) {}

  /** The function that begins with the block. */
  headedBy(tb: TranslationBlock): Head | undefined {
    if (tb !== this.asked) {
      this.asked = tb;
      this.answer = this.heads.get(tb);
    }
    return this.answer;
  }

  /** The units that contain the block. */
  containing(tb: TranslationBlock): ReadonlySet<Unit> | undefined {
    return this.units.get(tb);
  }

  /**
   * Keeps a unit and links it: its functions are its heads' from now on. Units of which no function is entered any more
   * are dropped; returns how many functions these had.
   *
   * @param budgets by region: how many instructions must be left for its function to be entered
   */
  add(unit: Unit, budgets: readonly number[]): number {
    for (const tb of unit.blocks) add(this.units, tb, unit);
    for (const [i, { head, missing }] of unit.regions.entries()) {
      this.heads.set(head, { unit, slot: this.slots.of(head), budget: budgets[i] });
      this.asked = undefined;
      head.heat = 0;
      for (const key of missing) add(this.lacking, keyOf(key), unit);
    }
    this.insert(unit);
    const before = new Set(unit.regions.flatMap(({ head }) => [...(this.units.get(head) ?? [])]));
    let functions = 0;
    for (const other of before) {
      if (other !== unit && other.regions.every(({ head }) => this.isReplaced(other, head)))
        functions += this.drop(other);
    }
    return functions;
  }

  /** Whether a function leads to `tb` that was compiled before it was translated. */
  isLacked(tb: TranslationBlock): boolean {
    return this.lacking.has(keyOf(tb));
  }

  /**
   * Functions that lead to `tb` and were compiled before it was translated are compiled anew, with it. Until then, and where
   * functions of their module call them, they do what they did.
   */
  complete(tb: TranslationBlock): void {
    const key = keyOf(tb);
    for (const unit of this.lacking.get(key) ?? []) {
      for (const { head, missing } of unit.regions) {
        if (this.heads.get(head)?.unit !== unit || !missing.some((lacking) => keyOf(lacking) === key)) continue;
        this.behead(head);
        this.setHeat(head, Math.min(head.heat, 0));
      }
    }
    this.lacking.delete(key);
  }

  /** Puts a unit's functions into the table, if its code is still what its addresses lead to; says whether it is. */
  link(unit: Unit): boolean {
    const { cpu } = this;
    for (const [virtual, physical] of unit.pages) {
      try {
        const address = (virtual << PAGE_BITS) >>> 0;
        if (cpu.translate(address, AccessType.Fetch, cpu.mmuIndex()).physical >>> PAGE_BITS !== physical) return false;
      } catch (thrown) {
        if (!(thrown instanceof CpuLoopExit)) throw thrown;
        return false;
      }
    }
    this.insert(unit);
    return true;
  }

  /** Takes all functions out of the table, until their units are linked again. */
  unlinkAll(): void {
    for (const unit of [...this.linked]) this.remove(unit);
    this.slots.clearJumpCache();
  }

  /** Drops the units that contain the block; returns how many functions that were. */
  dropContaining(tb: TranslationBlock): number {
    let functions = 0;
    for (const unit of this.units.get(tb) ?? []) functions += this.drop(unit);
    return functions;
  }

  /** Drops all units and numbers slots anew; returns how many functions that were. */
  dropAll(): number {
    let functions = 0;
    for (const unit of new Set([...this.units.values()].flatMap((units) => [...units]))) functions += this.drop(unit);
    this.slots.clearJumpCache();
    this.slots.renumber();
    this.lacking.clear();
    return functions;
  }

  /** No function begins with the block any more. */
  private behead(head: TranslationBlock): void {
    this.heads.delete(head);
    this.asked = undefined;
  }

  private drop(unit: Unit): number {
    if (!unit.valid) return 0;
    unit.valid = false;
    this.sites.retire(unit.sites);
    if (unit.linked) this.remove(unit);
    for (const tb of unit.blocks) remove(this.units, tb, unit);
    for (const { head, missing } of unit.regions) {
      for (const key of missing) remove(this.lacking, keyOf(key), unit);
      if (this.heads.get(head)?.unit !== unit) continue;
      this.behead(head);
      this.setHeat(head);
    }
    return unit.regions.length;
  }

  private insert(unit: Unit): void {
    unit.regions.forEach(({ head }, i) => {
      if (!this.isReplaced(unit, head)) this.slots.put(head, unit.functions[i]);
    });
    unit.linked = true;
    this.linked.add(unit);
  }

  private remove(unit: Unit): void {
    for (const { head } of unit.regions) if (!this.isReplaced(unit, head)) this.slots.take(head);
    unit.linked = false;
    this.linked.delete(unit);
  }

  /** Whether another unit has a newer function for the head. */
  private isReplaced(unit: Unit, head: TranslationBlock): boolean {
    const owner = this.heads.get(head)?.unit;
    return owner !== undefined && owner !== unit;
  }
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}

function remove<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  values?.delete(value);
  if (values?.size === 0) map.delete(key);
}
