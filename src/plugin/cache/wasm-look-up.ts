import { CLOCK_TICK } from '../../tcg/access-clock';
import { emitClockTick } from '../../tcg/wasm/clocks';
import type { FunctionBuilder, LabelDepth } from '../../tcg/wasm/function';
import { Op, SimdOp, Type } from '../../tcg/wasm/opcodes';
import type { SetAssociativeCache } from './set-associative';
import { increment, shift } from './wasm-counts';

/** Up to so many ways code stands for each of them; beyond, it is a loop. */
const MAX_UNROLLED = 16;
const LANES = 4;

/** What follows a look-up. The local has the byte offset of the way's line from those of the whole cache. */
export interface Found {
  /** Emits what follows a hit, which does not come to its end. */
  readonly hit: (way: number) => void;
  readonly missed: (way: number) => void;
  /** A local with the access's time; absent: the cache's clock is advanced. */
  readonly time?: number;
  /** Whether a miss is what is expected. */
  readonly misses?: boolean;
}

/** Emits {@link SetAssociativeCache.lookUp} for the line number in the local, but for the counts and the line accessed last. */
export function emitLookUp(f: FunctionBuilder, cache: SetAssociativeCache, line: number, found: Found): void {
  new LookUpEmitter(f, cache, line, found).emit();
}

class LookUpEmitter {
  private readonly set: number;
  /** Byte offset of the set's first way from the lines' start. */
  private readonly first: number;
  private readonly way: number;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly cache: SetAssociativeCache,
    private readonly line: number,
    private readonly found: Found,
  ) {
    [this.set, this.first, this.way] = [f.local(), f.local(), f.local()];
  }

  emit(): void {
    const { f, cache, line, set, first, way, found } = this;
    const { layout, ways } = cache;
    f.get(line);
    f.i32Const(cache.sets - 1);
    f.op(Op.i32_and);
    f.tee(set);
    if (Number.isInteger(Math.log2(ways))) {
      shift(f, 2 + Math.log2(ways));
    } else {
      f.i32Const(4 * ways);
      f.op(Op.i32_mul);
    }
    f.set(first);
    const missing = f.block();
    this.find(line, missing, found.misses);
    this.noteTime();
    found.hit(way);
    f.end();
    this.chooseWay();
    f.get(way);
    f.get(line);
    f.memory(Op.i32_store, 2, layout.lines);
    this.noteTime();
    found.missed(way);
  }

  /** What an empty way of the set holds. */
  private empty(): void {
    this.f.get(this.set);
    this.f.i32Const(-1);
    this.f.op(Op.i32_xor);
  }

  /** Goes to `missing` where no way of the set has the number in the local; else `way` is the first one that does. */
  private find(value: number, missing: LabelDepth, likely?: boolean): void {
    const { f, first, way } = this;
    const { ways, layout } = this.cache;
    const has = (at: number, offset: number): void => {
      f.get(at);
      f.memory(Op.i32_load, 2, offset);
      f.get(value);
      f.op(Op.i32_eq);
    };
    if (ways % LANES === 0 && ways <= MAX_UNROLLED) return this.findInVectors(value, missing, likely);
    const found = f.block();
    if (ways <= MAX_UNROLLED) {
      for (let n = 0; n < ways; n++) {
        f.get(first);
        f.i32Const(4 * n);
        f.op(Op.i32_add);
        f.set(way);
        has(way, layout.lines);
        f.brIf(found);
      }
    } else {
      const end = f.local();
      f.get(first);
      f.tee(way);
      f.i32Const(4 * ways);
      f.op(Op.i32_add);
      f.set(end);
      const again = f.loop();
      has(way, layout.lines);
      f.brIf(found);
      this.nextWay(end, again);
      f.end();
    }
    f.br(missing);
    f.end();
  }

  private nextWay(end: number, again: LabelDepth): void {
    const { f, way } = this;
    f.get(way);
    f.i32Const(4);
    f.op(Op.i32_add);
    f.tee(way);
    f.get(end);
    f.op(Op.i32_ne);
    f.brIf(again);
  }

  private findInVectors(value: number, missing: LabelDepth, likely?: boolean): void {
    const { f, first, way } = this;
    const { ways, layout } = this.cache;
    const wanted = f.local(Type.v128);
    f.get(value);
    f.simd(SimdOp.i32x4_splat);
    f.set(wanted);
    for (let i = 0; i < ways / LANES; i++) {
      f.get(first);
      f.simdMemory(SimdOp.v128_load, 4, layout.lines + 16 * i);
      f.get(wanted);
      f.simd(SimdOp.i32x4_eq);
      f.simd(SimdOp.i32x4_bitmask);
      if (i === 0) continue;
      shift(f, LANES * i);
      f.op(Op.i32_or);
    }
    f.tee(way);
    f.op(Op.i32_eqz);
    f.brIf(missing, likely);
    f.get(way);
    f.op(Op.i32_ctz);
    shift(f, 2);
    f.get(first);
    f.op(Op.i32_add);
    f.set(way);
  }

  /** Sets `way` to the one that a miss fills, and counts it if it was empty. */
  private chooseWay(): void {
    const { f, way, cache } = this;
    const { replacement, ways } = cache;
    if (ways === 1) {
      f.get(this.first);
      f.set(way);
    } else if (replacement === 'lru') {
      if (ways % 2 === 0 && ways <= MAX_UNROLLED) return this.oldestOfVectors();
      this.oldest();
    } else if (replacement === 'fifo') {
      this.inTurn();
    } else {
      const nothing = f.local();
      this.empty();
      f.set(nothing);
      const chosen = f.block();
      const full = f.block();
      this.find(nothing, full);
      f.br(chosen);
      f.end();
      if (replacement === 'round-robin') this.inTurn();
      else this.byChance(replacement);
      f.end();
    }
    this.countFilled();
  }

  /** Counts the way if it was empty. */
  private countFilled(): void {
    const { f, way } = this;
    const { layout } = this.cache;
    f.get(way);
    f.memory(Op.i32_load, 2, layout.lines);
    this.empty();
    f.op(Op.i32_eq);
    f.if(false);
    f.i32Const(0);
    increment(f, layout.filled);
    f.end();
  }

  /** Sets `way` by its number within the set, on the stack. */
  private setNumber(): void {
    const { f, way, first } = this;
    shift(f, 2);
    f.get(first);
    f.op(Op.i32_add);
    f.set(way);
  }

  private oldest(): void {
    const { f, first } = this;
    const { ways, layout } = this.cache;
    const { way } = this;
    const [end, oldest] = [f.local(), f.local()];
    const [time, least] = [f.local(Type.i64), f.local(Type.i64)];
    f.get(first);
    f.tee(way);
    f.tee(oldest);
    f.i32Const(4 * ways);
    f.op(Op.i32_add);
    f.set(end);
    f.i64Const(-1n);
    f.set(least);
    const again = f.loop();
    f.get(way);
    shift(f, 1);
    f.memory(Op.i64_load, 3, layout.times);
    f.tee(time);
    f.get(least);
    f.op(Op.i64_lt_u);
    f.if();
    f.get(time);
    f.set(least);
    f.get(way);
    f.set(oldest);
    f.end();
    this.nextWay(end, again);
    f.end();
    f.get(oldest);
    f.set(way);
  }

  /** The bits below a time take the way's number, so the least of all has both. An empty way's time is 0. */
  private oldestOfVectors(): void {
    const { f, first } = this;
    const { ways, layout } = this.cache;
    const [at, least, oldest] = [f.local(), f.local(Type.v128), f.local()];
    f.get(first);
    shift(f, 1);
    f.set(at);
    for (let i = 0; i < ways / 2; i++) {
      f.get(at);
      f.simdMemory(SimdOp.v128_load, 4, layout.times + 16 * i);
      f.i32Const(0);
      f.simdMemory(SimdOp.v128_load, 4, layout.numbers + 16 * i);
      f.simd(SimdOp.v128_or);
      if (i > 0) f.simd(SimdOp.f64x2_pmin);
    }
    f.tee(least);
    f.get(least);
    f.get(least);
    f.shuffle32([2, 3, 2, 3]);
    f.simd(SimdOp.f64x2_pmin);
    f.simdLane(SimdOp.i32x4_extract_lane, 0);
    f.tee(oldest);
    f.i32Const(CLOCK_TICK - 1);
    f.op(Op.i32_and);
    this.setNumber();
    // The low word of a time may be 0 as well.
    f.get(oldest);
    f.i32Const(CLOCK_TICK);
    f.op(Op.i32_lt_u);
    f.if(false);
    this.countFilled();
    f.end();
  }

  private inTurn(): void {
    const { f, set } = this;
    const { layout, ways } = this.cache;
    const [at, turn] = [f.local(), f.local()];
    f.get(set);
    shift(f, 2);
    f.tee(at);
    f.memory(Op.i32_load, 2, layout.turns);
    f.tee(turn);
    this.setNumber();
    f.get(at);
    f.i32Const(0);
    f.get(turn);
    f.i32Const(1);
    f.op(Op.i32_add);
    f.tee(turn);
    f.get(turn);
    f.i32Const(ways);
    f.op(Op.i32_eq);
    f.op(Op.select);
    f.memory(Op.i32_store, 2, layout.turns);
  }

  private byChance(policy: 'random' | 'multiplicative'): void {
    const { f } = this;
    const { layout, ways } = this.cache;
    const state = f.local();
    f.i32Const(0);
    f.memory(Op.i32_load, 2, layout.random);
    f.set(state);
    const xorShifted = (bits: number): void => {
      f.get(state);
      f.get(state);
      shift(f, bits);
      f.op(Op.i32_xor);
      f.set(state);
    };
    if (policy === 'random') {
      for (const bits of [13, -17, 5]) xorShifted(bits);
    } else {
      f.get(state);
      f.i32Const(48271);
      f.op(Op.i32_mul);
      f.set(state);
    }
    f.i32Const(0);
    f.get(state);
    f.memory(Op.i32_store, 2, layout.random);
    f.get(state);
    f.i32Const(ways);
    f.op(Op.i32_rem_u);
    this.setNumber();
  }

  private noteTime(): void {
    const { f, way, found } = this;
    const { clock, times } = this.cache.layout;
    if (clock === undefined) return;
    let { time } = found;
    if (time === undefined) {
      time = f.local(Type.i64);
      emitClockTick(f, clock, time);
    }
    f.get(way);
    shift(f, 1);
    f.get(time);
    f.memory(Op.i64_store, 3, times);
  }
}
