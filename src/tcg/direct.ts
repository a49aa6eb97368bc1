import { byteSwap32, mulHighUnsigned } from '../common/bits';
import { loadDoubleword, storeDoubleword } from './doubleword';
import type { Emitter } from './emitter';
import type { GuestCpu } from './guest-cpu';
import type { HelperDef } from './helpers';
import type { HostMemory } from './host-memory';
import type { Label, Temp } from './ir';
import { ENV_LOCALS, ENV_LOCALS_WORDS, ENV_TLB, PAGE_MASK, PAGE_SIZE, TLB_WORDS } from './layout';
import { MemOp, memOpAlignment, memOpMmuIndex } from './memop';
import { Cond } from './opcodes';
import type { SoftMmu } from './softmmu';

/** How a block was left. */
export enum DirectExit {
  /** Not yet. */
  None,
  /** goto_tb or goto_ptr: the state names the next block. */
  Lookup,
  /** exit_tb */
  MainLoop,
}

/** The part of the execution loop's state that a slow access or a helper may look at or change. */
export interface DirectBudget {
  /** Instructions that may still run. */
  left: number;
}

/** Told of what touches the code that runs. */
export interface CodeWatch {
  /** A slow access is about to happen: it may write anywhere. */
  beforeSlowAccess(): void;
  /** `size` bytes at host offset `host`, in the watched bytes, are about to be written. */
  beforeStore(host: number, size: number): void;
  /** A slow store has happened. */
  afterSlowStore(): void;
}

/** For what a helper without output returns, and operations that are passed over. */
const NOTHING = 0;
/** No jump is under way. */
const NO_LABEL = -1;
/** The block was left: no label ends that. */
const LEFT = -2;

/**
 * Carries operations out at once: what a translator says of an instruction happens while it says it. No IR is made, nothing
 * is allocated. Temps are numbers: globals, then locals upwards and constants downwards in the environment's words for
 * locals, all anew for each instruction. After a jump operations with an effect are passed over up to its label; the others
 * only make locals that nobody reads.
 */
export class DirectExecutor implements Emitter {
  exit = DirectExit.None;
  /** Host bytes whose stores {@link CodeWatch} is told of. */
  watchStart = 0;
  watchBytes = 0;

  private readonly words: Int32Array;
  private readonly ram8: Uint8Array;
  private readonly ram16: Uint16Array;
  private readonly ram32: Int32Array;
  /** The slot of each temp. */
  private readonly slots: Int32Array;
  private readonly firstLocal: number;
  private readonly end: number;
  private nextLocal: number;
  /** Temps from here on are constants. */
  private firstConstant: number;
  private labels = 0;
  /** The label that the last jump went to, {@link NO_LABEL} when operations are carried out, {@link LEFT}. */
  private passing = NO_LABEL;

  constructor(
    private readonly cpu: GuestCpu,
    memory: HostMemory,
    private readonly mmu: SoftMmu,
    private readonly budget: DirectBudget,
    private readonly watch: CodeWatch,
  ) {
    const { globals } = cpu;
    this.words = cpu.env;
    this.ram8 = memory.u8;
    this.ram16 = memory.u16;
    this.ram32 = memory.i32;
    this.firstLocal = this.nextLocal = globals.length;
    this.end = this.firstConstant = globals.length + ENV_LOCALS_WORDS;
    this.slots = Int32Array.from({ length: this.end }, (_, temp) =>
      temp < globals.length ? globals[temp].slot : ENV_LOCALS + temp - globals.length,
    );
  }

  startBlock(): void {
    this.exit = DirectExit.None;
    this.passing = NO_LABEL;
  }

  startInstruction(): void {
    this.nextLocal = this.firstLocal;
    this.firstConstant = this.end;
    this.labels = 0;
  }

  private get(temp: Temp): number {
    return this.words[this.slots[temp]];
  }

  /** A fresh local with the value. */
  private put(value: number): Temp {
    const temp = this.local();
    this.words[this.slots[temp]] = value;
    return temp;
  }

  /** The value as a constant if its inputs are, else in a fresh local. */
  private binary(a: Temp, b: Temp, value: number): Temp {
    return a >= this.firstConstant && b >= this.firstConstant ? this.const(value) : this.put(value);
  }

  private unary(a: Temp, value: number): Temp {
    return a >= this.firstConstant ? this.const(value) : this.put(value);
  }

  private isZero(temp: Temp): boolean {
    return temp >= this.firstConstant && this.get(temp) === 0;
  }

  constantValue(temp: Temp): number | undefined {
    return temp >= this.firstConstant ? this.get(temp) : undefined;
  }

  const(value: number): Temp {
    const temp = --this.firstConstant;
    if (temp < this.nextLocal) throw new Error('an instruction has too many locals');
    this.words[this.slots[temp]] = value;
    return temp;
  }

  local(): Temp {
    const temp = this.nextLocal++;
    if (temp >= this.firstConstant) throw new Error('an instruction has too many locals');
    return temp;
  }

  mov(dst: Temp, src: Temp): void {
    if (this.passing === NO_LABEL) this.words[this.slots[dst]] = this.words[this.slots[src]];
  }

  copy(src: Temp): Temp {
    return src >= this.firstConstant ? src : this.put(this.get(src));
  }

  add(a: Temp, b: Temp): Temp {
    return this.isZero(b) ? a : this.binary(a, b, this.get(a) + this.get(b));
  }
  addi(a: Temp, imm: number): Temp {
    return imm === 0 ? a : this.unary(a, this.get(a) + imm);
  }
  sub(a: Temp, b: Temp): Temp {
    return this.isZero(b) ? a : this.binary(a, b, this.get(a) - this.get(b));
  }
  neg(a: Temp): Temp {
    return this.unary(a, -this.get(a));
  }
  mul(a: Temp, b: Temp): Temp {
    return this.binary(a, b, Math.imul(this.get(a), this.get(b)));
  }
  and(a: Temp, b: Temp): Temp {
    return this.binary(a, b, this.get(a) & this.get(b));
  }
  andi(a: Temp, imm: number): Temp {
    return this.unary(a, this.get(a) & imm);
  }
  or(a: Temp, b: Temp): Temp {
    return this.binary(a, b, this.get(a) | this.get(b));
  }
  ori(a: Temp, imm: number): Temp {
    return this.unary(a, this.get(a) | imm);
  }
  xor(a: Temp, b: Temp): Temp {
    return this.binary(a, b, this.get(a) ^ this.get(b));
  }
  xori(a: Temp, imm: number): Temp {
    return this.unary(a, this.get(a) ^ imm);
  }
  andc(a: Temp, b: Temp): Temp {
    return this.binary(a, b, this.get(a) & ~this.get(b));
  }
  not(a: Temp): Temp {
    return this.unary(a, ~this.get(a));
  }
  shl(a: Temp, n: Temp): Temp {
    return this.binary(a, n, this.get(a) << this.get(n));
  }
  shli(a: Temp, n: number): Temp {
    return n === 0 ? a : this.unary(a, this.get(a) << n);
  }
  shr(a: Temp, n: Temp): Temp {
    return this.binary(a, n, this.get(a) >>> this.get(n));
  }
  shri(a: Temp, n: number): Temp {
    return n === 0 ? a : this.unary(a, this.get(a) >>> n);
  }
  sar(a: Temp, n: Temp): Temp {
    return this.binary(a, n, this.get(a) >> this.get(n));
  }
  sari(a: Temp, n: number): Temp {
    return n === 0 ? a : this.unary(a, this.get(a) >> n);
  }
  rotr(a: Temp, n: Temp): Temp {
    return this.binary(a, n, (this.get(a) >>> this.get(n)) | (this.get(a) << -this.get(n)));
  }
  rotri(a: Temp, n: number): Temp {
    return (n & 31) === 0 ? a : this.unary(a, (this.get(a) >>> n) | (this.get(a) << -n));
  }
  clz(a: Temp): Temp {
    return this.unary(a, Math.clz32(this.get(a)));
  }
  bswap16(a: Temp): Temp {
    const value = this.get(a);
    return this.put(((value & 0xff) << 8) | ((value >>> 8) & 0xff));
  }
  bswap32(a: Temp): Temp {
    return this.put(byteSwap32(this.get(a)));
  }
  ext8s(a: Temp): Temp {
    return this.unary(a, (this.get(a) << 24) >> 24);
  }
  ext8u(a: Temp): Temp {
    return this.unary(a, this.get(a) & 0xff);
  }
  ext16s(a: Temp): Temp {
    return this.unary(a, (this.get(a) << 16) >> 16);
  }
  ext16u(a: Temp): Temp {
    return this.unary(a, this.get(a) & 0xffff);
  }
  extract(a: Temp, lsb: number, width: number): Temp {
    return width === 32 ? a : this.put((this.get(a) << (32 - lsb - width)) >>> (32 - width));
  }
  sextract(a: Temp, lsb: number, width: number): Temp {
    return width === 32 ? a : this.put((this.get(a) << (32 - lsb - width)) >> (32 - width));
  }
  deposit(a: Temp, b: Temp, lsb: number, width: number): Temp {
    if (width === 32) return b;
    const mask = ((1 << width) - 1) << lsb;
    return this.put((this.get(a) & ~mask) | ((this.get(b) << lsb) & mask));
  }
  setcond(cond: Cond, a: Temp, b: Temp): Temp {
    return this.put(compare(cond, this.get(a), this.get(b)) ? 1 : 0);
  }
  movcond(cond: Cond, c1: Temp, c2: Temp, v1: Temp, v2: Temp): Temp {
    return this.put(this.get(compare(cond, this.get(c1), this.get(c2)) ? v1 : v2));
  }
  add2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    const low = (this.get(al) >>> 0) + (this.get(bl) >>> 0);
    return [this.put(low), this.put(this.get(ah) + this.get(bh) + (low > 0xffffffff ? 1 : 0))];
  }
  sub2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    const low = (this.get(al) >>> 0) - (this.get(bl) >>> 0);
    return [this.put(low), this.put(this.get(ah) - this.get(bh) - (low < 0 ? 1 : 0))];
  }
  mulu2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    const [x, y] = [this.get(a), this.get(b)];
    return [this.put(Math.imul(x, y)), this.put(mulHighUnsigned(x, y))];
  }
  muls2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    const [x, y] = [this.get(a), this.get(b)];
    return [this.put(Math.imul(x, y)), this.put(mulHighUnsigned(x, y) - (x < 0 ? y : 0) - (y < 0 ? x : 0))];
  }

  load(address: Temp, memop: number): Temp {
    if (this.passing !== NO_LABEL) return this.local();
    const { words } = this;
    const a = this.get(address);
    const entry = tlbEntry(a, memop);
    if (words[entry] === (a & tagMask(memop)) && !(memop & MemOp.BE)) {
      const host = (a + words[entry + 2]) >>> 0;
      switch (memop & (MemOp.SIZE | MemOp.SIGN)) {
        case MemOp.UB:
          return this.put(this.ram8[host]);
        case MemOp.SB:
          return this.put((this.ram8[host] << 24) >> 24);
        case MemOp.UW:
          return this.put(this.ram16[host >>> 1]);
        case MemOp.SW:
          return this.put((this.ram16[host >>> 1] << 16) >> 16);
        default:
          return this.put(this.ram32[host >>> 2]);
      }
    }
    this.watch.beforeSlowAccess();
    return this.put(this.mmu.load(a, memop));
  }

  store(value: Temp, address: Temp, memop: number): void {
    if (this.passing !== NO_LABEL) return;
    const { words } = this;
    const a = this.get(address);
    const size = memop & MemOp.SIZE;
    const entry = tlbEntry(a, memop);
    if (words[entry + 1] === (a & tagMask(memop)) && !(memop & MemOp.BE)) {
      const host = (a + words[entry + 2]) >>> 0;
      if ((host - this.watchStart) >>> 0 < this.watchBytes) this.watch.beforeStore(host, 1 << size);
      const data = this.get(value);
      if (size === 2) this.ram32[host >>> 2] = data;
      else if (size === 1) this.ram16[host >>> 1] = data;
      else this.ram8[host] = data;
      return;
    }
    this.watch.beforeSlowAccess();
    this.mmu.store(a, this.get(value), memop);
    this.watch.afterSlowStore();
  }

  load64(address: Temp, memop: number): [low: Temp, high: Temp] {
    const low = this.local();
    const high = this.local();
    if (this.passing !== NO_LABEL) return [low, high];
    const { words, slots } = this;
    const a = this.get(address);
    const entry = tlbEntry(a, memop);
    if (words[entry] === (a & doublewordTag(memop)) && !(memop & MemOp.BE) && !crossesPage(a)) {
      const host = ((a + words[entry + 2]) >>> 0) >>> 2;
      words[slots[low]] = this.ram32[host];
      words[slots[high]] = this.ram32[host + 1];
    } else {
      this.watch.beforeSlowAccess();
      loadDoubleword(this.mmu, a, memop, words, slots[low], slots[high]);
    }
    return [low, high];
  }

  store64(low: Temp, high: Temp, address: Temp, memop: number): void {
    if (this.passing !== NO_LABEL) return;
    const { words } = this;
    const a = this.get(address);
    const entry = tlbEntry(a, memop);
    if (words[entry + 1] === (a & doublewordTag(memop)) && !(memop & MemOp.BE) && !crossesPage(a)) {
      const host = (a + words[entry + 2]) >>> 0;
      if ((host + 7 - this.watchStart) >>> 0 < this.watchBytes + 7) this.watch.beforeStore(host, 8);
      this.ram32[host >>> 2] = this.get(low);
      this.ram32[(host >>> 2) + 1] = this.get(high);
    } else {
      this.watch.beforeSlowAccess();
      storeDoubleword(this.mmu, a, memop, this.get(low), this.get(high));
      this.watch.afterSlowStore();
    }
  }

  call(helper: HelperDef, a: Temp = NOTHING, b: Temp = NOTHING, c: Temp = NOTHING, d: Temp = NOTHING): Temp {
    if (this.passing !== NO_LABEL) return this.local();
    const { budget } = this;
    const { inputs } = helper;
    const { left } = budget;
    const result = this.cpu.helpers[helper.index](
      inputs > 0 ? this.get(a) : 0,
      inputs > 1 ? this.get(b) : 0,
      inputs > 2 ? this.get(c) : 0,
      inputs > 3 ? this.get(d) : 0,
    );
    // A helper sees the budget; what it makes of it does not count.
    budget.left = left;
    return helper.hasOutput ? this.put(result) : this.const(0);
  }

  newLabel(): Label {
    return this.labels++;
  }
  setLabel(label: Label): void {
    if (this.passing === label) this.passing = NO_LABEL;
  }
  br(label: Label): void {
    if (this.passing === NO_LABEL) this.passing = label;
  }
  brcond(cond: Cond, a: Temp, b: Temp, label: Label): void {
    if (this.passing === NO_LABEL && compare(cond, this.get(a), this.get(b))) this.passing = label;
  }

  gotoTb(_n: 0 | 1, pc: number): void {
    if (this.passing !== NO_LABEL) return;
    this.words[this.cpu.pcSlot] = pc;
    this.leave(DirectExit.Lookup);
  }
  gotoPtr(): void {
    if (this.passing === NO_LABEL) this.leave(DirectExit.Lookup);
  }
  exitTb(): void {
    if (this.passing === NO_LABEL) this.leave(DirectExit.MainLoop);
  }
  private leave(exit: DirectExit): void {
    this.exit = exit;
    this.passing = LEFT;
  }
}

/** Where the TLB has the access's page. */
function tlbEntry(address: number, memop: number): number {
  return ENV_TLB + memOpMmuIndex(memop) * TLB_WORDS + ((address >>> 10) & 0x3fc);
}

/** What of an address must equal a TLB entry's tag for the fast path, which takes accesses of aligned words only. */
function tagMask(memop: number): number {
  return PAGE_MASK | ((1 << (memop & MemOp.SIZE)) - 1) | (memOpAlignment(memop) - 1);
}

/** The same of a doubleword, which need be aligned to words only. */
function doublewordTag(memop: number): number {
  return PAGE_MASK | Math.max(3, memOpAlignment(memop) - 1);
}

function crossesPage(address: number): boolean {
  return (address & ~PAGE_MASK) > PAGE_SIZE - 8;
}

function compare(cond: Cond, a: number, b: number): boolean {
  switch (cond) {
    case Cond.eq:
      return a === b;
    case Cond.ne:
      return a !== b;
    case Cond.lt:
      return a < b;
    case Cond.ge:
      return a >= b;
    case Cond.le:
      return a <= b;
    case Cond.gt:
      return a > b;
    case Cond.ltu:
      return a >>> 0 < b >>> 0;
    case Cond.geu:
      return a >>> 0 >= b >>> 0;
    case Cond.leu:
      return a >>> 0 <= b >>> 0;
    case Cond.gtu:
      return a >>> 0 > b >>> 0;
  }
}
