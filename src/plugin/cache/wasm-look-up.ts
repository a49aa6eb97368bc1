import { FunctionBuilder, type FunctionBody } from '../../tcg/wasm/function';
import { Op } from '../../tcg/wasm/opcodes';
import type { SetAssociativeCache } from './set-associative';
import { emitVectorsToFront, fitsVectors } from './wasm-lru';

/** A cache with the number of its function, which {@link emitLookUp} made. */
export interface LookUp {
  readonly cache: SetAssociativeCache;
  readonly index: number;
}

/** Up to so many ways code stands for each of them; beyond, it is a loop. */
const MAX_UNROLLED = 16;

/** Adds to the 64-bit floating-point number at the address on the stack plus `offset`. */
export function increment(f: FunctionBuilder, offset: number, by = 1): void {
  const at = f.local();
  f.tee(at);
  f.get(at);
  f.memory(Op.f64_load, 3, offset);
  f.f64Const(by);
  f.op(Op.f64_add);
  f.memory(Op.f64_store, 3, offset);
}

/** (line, kind) -> 1 for a hit: {@link SetAssociativeCache.lookUp} as a function. */
export function emitLookUp(cache: SetAssociativeCache): FunctionBody {
  return new LookUpEmitter(cache).emit();
}

class LookUpEmitter {
  private readonly f = new FunctionBuilder(2);
  private readonly line = 0;
  private readonly kind = 1;
  private readonly set = this.f.local();
  /** Byte offset of the set's first way from the lines' start. */
  private readonly first = this.f.local();

  constructor(private readonly cache: SetAssociativeCache) {}

  emit(): FunctionBody {
    const { f, cache, line, set, first } = this;
    const { layout, ways, replacement } = cache;
    f.get(line);
    f.i32Const(cache.sets - 1);
    f.op(Op.i32_and);
    f.tee(set);
    this.shiftLeft(2);
    f.memory(Op.i32_load, 2, layout.front);
    f.get(line);
    f.op(Op.i32_eq);
    f.if();
    this.returnValue(1);
    f.end();
    f.get(set);
    this.shiftLeft(2);
    f.get(line);
    f.memory(Op.i32_store, 2, layout.front);
    f.get(set);
    f.i32Const(4 * ways);
    f.op(Op.i32_mul);
    f.set(first);
    switch (replacement) {
      case 'lru':
        if (fitsVectors(ways)) this.vectorsToFront();
        else this.toFront(true);
        break;
      case 'fifo':
        this.returnIfFound();
        this.toFront(false);
        break;
      default:
        this.returnIfFound();
        this.fill();
    }
    f.get(this.kind);
    this.shiftLeft(3);
    increment(f, layout.misses);
    f.i32Const(0);
    return f.finish();
  }

  private shiftLeft(bits: number): void {
    this.f.i32Const(bits);
    this.f.op(Op.i32_shl);
  }

  private returnValue(value: number): void {
    this.f.i32Const(value);
    this.f.op(Op.return);
  }

  /** Emits `body` for each way: `at` leaves the way's address on the stack, to which `offset` is added. */
  private eachWay(body: (at: () => void, offset: number) => void): void {
    const { f, first } = this;
    const { ways, layout } = this.cache;
    if (ways <= MAX_UNROLLED) {
      for (let way = 0; way < ways; way++) body(() => f.get(first), layout.lines + 4 * way);
      return;
    }
    const [at, end] = [f.local(), f.local()];
    f.get(first);
    f.tee(at);
    f.i32Const(4 * ways);
    f.op(Op.i32_add);
    f.set(end);
    const again = f.loop();
    body(() => f.get(at), layout.lines);
    f.get(at);
    f.i32Const(4);
    f.op(Op.i32_add);
    f.tee(at);
    f.get(end);
    f.op(Op.i32_ne);
    f.brIf(again);
    f.end();
  }

  /** As {@link toFront}, with several ways at once. */
  private vectorsToFront(): void {
    const { f, line, first, cache } = this;
    const { ways, layout } = cache;
    const last = emitVectorsToFront(f, { line, first, lines: layout.lines, ways });
    f.if();
    this.returnValue(1);
    f.end();
    this.countFallen(last);
  }

  /** Puts the line first, moves the others back; where it is looked for, returns when it was there. */
  private toFront(looks: boolean): void {
    const { f, line } = this;
    const [moving, here] = [f.local(), f.local()];
    f.get(line);
    f.set(moving);
    this.eachWay((at, offset) => {
      at();
      f.memory(Op.i32_load, 2, offset);
      f.set(here);
      at();
      f.get(moving);
      f.memory(Op.i32_store, 2, offset);
      if (looks) {
        f.get(here);
        f.get(line);
        f.op(Op.i32_eq);
        f.if();
        this.returnValue(1);
        f.end();
      }
      f.get(here);
      f.set(moving);
    });
    this.countFallen(moving);
  }

  /** Counts what fell out of the set: nothing, where a way was empty, or a line. */
  private countFallen(fallen: number): void {
    const { f } = this;
    const { compulsory, evictions } = this.cache.layout;
    f.i32Const(compulsory);
    f.i32Const(evictions);
    f.get(fallen);
    this.empty(this.set);
    f.op(Op.i32_eq);
    f.op(Op.select);
    increment(f, 0);
  }

  /** What an empty way of the set holds. */
  private empty(set: number): void {
    this.f.get(set);
    this.f.i32Const(-1);
    this.f.op(Op.i32_xor);
  }

  private returnIfFound(): void {
    const { f, line } = this;
    this.eachWay((at, offset) => {
      at();
      f.memory(Op.i32_load, 2, offset);
      f.get(line);
      f.op(Op.i32_eq);
      f.if();
      this.returnValue(1);
      f.end();
    });
  }

  /** Fills the first empty way, else the victim. */
  private fill(): void {
    const { f, set, line, cache, first } = this;
    const { layout, ways } = cache;
    const nothing = f.local();
    this.empty(set);
    f.set(nothing);
    const done = f.block();
    this.eachWay((at, offset) => {
      at();
      f.memory(Op.i32_load, 2, offset);
      f.get(nothing);
      f.op(Op.i32_eq);
      f.if();
      at();
      f.get(line);
      f.memory(Op.i32_store, 2, offset);
      f.i32Const(0);
      increment(f, layout.compulsory);
      f.br(done);
      f.end();
    });
    const way = f.local();
    this.victim(way, ways);
    f.get(way);
    this.shiftLeft(2);
    f.get(first);
    f.op(Op.i32_add);
    f.get(line);
    f.memory(Op.i32_store, 2, layout.lines);
    f.i32Const(0);
    increment(f, layout.evictions);
    f.end();
  }

  private victim(way: number, ways: number): void {
    const { f, set, cache } = this;
    const { layout, replacement } = cache;
    if (replacement === 'round-robin') {
      f.get(set);
      this.shiftLeft(2);
      f.memory(Op.i32_load, 2, layout.turns);
      f.set(way);
      f.get(set);
      this.shiftLeft(2);
      f.get(way);
      f.i32Const(1);
      f.op(Op.i32_add);
      f.i32Const(ways);
      f.op(Op.i32_rem_u);
      f.memory(Op.i32_store, 2, layout.turns);
      return;
    }
    const state = f.local();
    f.i32Const(0);
    f.memory(Op.i32_load, 2, layout.random);
    f.set(state);
    const xorShifted = (op: Op, bits: number): void => {
      f.get(state);
      f.get(state);
      f.i32Const(bits);
      f.op(op);
      f.op(Op.i32_xor);
      f.set(state);
    };
    if (replacement === 'random') {
      xorShifted(Op.i32_shl, 13);
      xorShifted(Op.i32_shr_u, 17);
      xorShifted(Op.i32_shl, 5);
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
    f.set(way);
  }
}
