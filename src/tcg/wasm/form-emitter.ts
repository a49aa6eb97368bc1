import type { Emitter } from '../emitter';
import type { GlobalDef, Label, Temp } from '../ir';
import { ENV_TLB, PAGE_MASK } from '../layout';
import { MemOp, memOpAlignment } from '../memop';
import { Cond } from '../opcodes';
import type { FunctionBuilder } from './function';
import { Op, Type } from './opcodes';
import { COMPARISONS } from './operations';
import { ADDEND, emitTlbEntry, READ_TAG, WRITE_TAG } from './tlb';

/** What a form's function returns. */
export enum FormStatus {
  /** The instruction is done, or passed over since its condition failed. */
  Done,
  /** Nothing is done: whoever called carries it out otherwise. */
  Declined,
  /** It is done and ends the block: the state names the next one. */
  Ended,
}

/** The parameters of a form's function. */
export enum FormParameter {
  /** The instruction word. */
  Word,
  /** Whether its condition is met. */
  Passed,
  /** Bytes from the TLB's first entry to those of the MMU index. */
  Tlb,
  /** Host offset of the small page that the running block lies in. */
  Page,
}

/** What a form needs to know of the guest. */
export interface FormGuest {
  /** Byte offset of the vCPU's environment. */
  readonly env: number;
  readonly globals: readonly GlobalDef[];
  /**
   * Global n, for n below its length, stands for the register whose number lies in the word from this bit on. The registers that
   * may be named so are globals 0..15 in slots 0..15.
   */
  readonly registerFields: readonly number[];
  /** The register that a form writes by such a field only if it ends the block. */
  readonly pcRegister: number;
  /** Bytes of the small page. */
  readonly pageBytes: number;
}

const FIRST_LOCAL = 0x1000;
const FIRST_CONSTANT = 0x100000;
const REGISTER_BITS = 4;

/**
 * Takes what a translator says of an instruction whose registers and immediates are left open, and makes a WebAssembly function
 * of it that reads them out of the word. Such a function either carries the instruction out or declines before it has changed
 * anything. So accesses serve what the TLB has, and nothing may be accessed once state was written.
 */
export class FormEmitter implements Emitter {
  private readonly constants: number[] = [];
  /** The wasm local with what an open register holds, by global. */
  private readonly known: (number | undefined)[] = [];
  private hasWritten = false;

  /** @param written the globals below `registerFields.length` that the instruction writes */
  constructor(
    readonly f: FunctionBuilder,
    private readonly guest: FormGuest,
    private readonly written: readonly Temp[] = [],
  ) {}

  /** The bits of the word from `lsb` on, zero-extended. */
  bits(lsb: number, width: number): Temp {
    const { f } = this;
    f.get(FormParameter.Word);
    if (lsb) this.immediate(Op.i32_shr_u, lsb);
    if (lsb + width < 32) this.immediate(Op.i32_and, (1 << width) - 1);
    return this.result();
  }

  /** Byte offset of the registers that words name. */
  get env(): number {
    return this.guest.env;
  }

  /** The instruction word. */
  get word(): Temp {
    return FIRST_LOCAL + FormParameter.Word;
  }

  /** Declines unless the word's bits in `mask` are `value`. */
  require(mask: number, value: number): void {
    this.matches(mask, value, Op.i32_ne);
    this.declineIf();
  }

  /** Declines if the word's bits in `mask` are `value`. */
  exclude(mask: number, value: number): void {
    this.matches(mask, value, Op.i32_eq);
    this.declineIf();
  }

  private matches(mask: number, value: number, compare: Op): void {
    this.f.get(FormParameter.Word);
    this.immediate(Op.i32_and, mask);
    this.immediate(compare, value);
  }

  /** Declines where the register that the global stands for is the pc. */
  excludePc(global: Temp): void {
    const lsb = this.guest.registerFields[global];
    this.exclude(0xf << lsb, this.guest.pcRegister << lsb);
  }

  /** Declines if the value on the stack is not 0. */
  declineIf(): void {
    if (this.hasWritten) throw new Error('a form declines after it has changed something');
    this.f.if(false);
    this.return(FormStatus.Declined);
    this.f.end();
  }

  return(status: FormStatus): void {
    this.f.i32Const(status);
    this.f.op(Op.return);
  }

  /** Leaves the temp's value on the stack. */
  push(temp: Temp): void {
    const { f, guest } = this;
    if (temp >= FIRST_CONSTANT) f.i32Const(this.constants[temp - FIRST_CONSTANT]);
    else if (temp >= FIRST_LOCAL) f.get(temp - FIRST_LOCAL);
    else if (temp >= guest.registerFields.length) {
      f.i32Const(0);
      f.memory(Op.i32_load, 2, guest.env + 4 * guest.globals[temp].slot);
    } else {
      const local = this.known[temp];
      if (local !== undefined) return f.get(local);
      this.pushRegisterOffset(guest.registerFields[temp]);
      f.memory(Op.i32_load, 2, guest.env);
      f.tee((this.known[temp] = f.local()));
    }
  }

  /** Four times the register number that lies in the word from bit `lsb` on. */
  private pushRegisterOffset(lsb: number): void {
    this.f.get(FormParameter.Word);
    if (lsb >= 2) this.immediate(Op.i32_shr_u, lsb - 2);
    else this.immediate(Op.i32_shl, 2 - lsb);
    this.immediate(Op.i32_and, ((1 << REGISTER_BITS) - 1) << 2);
  }

  private immediate(op: Op, value: number): void {
    this.f.i32Const(value);
    this.f.op(op);
  }

  /** The value on the stack in a fresh local. */
  result(): Temp {
    const local = this.f.local();
    this.f.set(local);
    return FIRST_LOCAL + local;
  }

  private binary(op: Op, a: Temp, b: Temp): Temp {
    this.push(a);
    this.push(b);
    this.f.op(op);
    return this.result();
  }

  private withImmediate(op: Op, a: Temp, value: number): Temp {
    this.push(a);
    this.immediate(op, value);
    return this.result();
  }

  private unary(op: Op, a: Temp): Temp {
    this.push(a);
    this.f.op(op);
    return this.result();
  }

  constantValue(temp: Temp): number | undefined {
    return temp >= FIRST_CONSTANT ? this.constants[temp - FIRST_CONSTANT] : undefined;
  }
  const(value: number): Temp {
    return FIRST_CONSTANT + this.constants.push(value | 0) - 1;
  }
  local(): Temp {
    return FIRST_LOCAL + this.f.local();
  }
  mov(dst: Temp, src: Temp): void {
    const { f, guest } = this;
    if (dst >= FIRST_LOCAL) {
      this.push(src);
      return f.set(dst - FIRST_LOCAL);
    }
    if (dst >= guest.registerFields.length) {
      f.i32Const(0);
      this.push(src);
      f.memory(Op.i32_store, 2, guest.env + 4 * guest.globals[dst].slot);
    } else {
      if (!this.written.includes(dst)) throw new Error(`a form writes register field ${dst} unannounced`);
      this.pushRegisterOffset(guest.registerFields[dst]);
      this.push(src);
      f.memory(Op.i32_store, 2, guest.env);
    }
    this.stateWritten();
  }
  /** State was written: any open register may be another now. */
  stateWritten(): void {
    this.hasWritten = true;
    this.known.length = 0;
  }
  copy(src: Temp): Temp {
    this.push(src);
    return this.result();
  }

  add(a: Temp, b: Temp): Temp {
    return this.binary(Op.i32_add, a, b);
  }
  addi(a: Temp, imm: number): Temp {
    return this.withImmediate(Op.i32_add, a, imm);
  }
  sub(a: Temp, b: Temp): Temp {
    return this.binary(Op.i32_sub, a, b);
  }
  neg(a: Temp): Temp {
    return this.binary(Op.i32_sub, this.const(0), a);
  }
  mul(a: Temp, b: Temp): Temp {
    return this.binary(Op.i32_mul, a, b);
  }
  and(a: Temp, b: Temp): Temp {
    return this.binary(Op.i32_and, a, b);
  }
  andi(a: Temp, imm: number): Temp {
    return this.withImmediate(Op.i32_and, a, imm);
  }
  or(a: Temp, b: Temp): Temp {
    return this.binary(Op.i32_or, a, b);
  }
  ori(a: Temp, imm: number): Temp {
    return this.withImmediate(Op.i32_or, a, imm);
  }
  xor(a: Temp, b: Temp): Temp {
    return this.binary(Op.i32_xor, a, b);
  }
  xori(a: Temp, imm: number): Temp {
    return this.withImmediate(Op.i32_xor, a, imm);
  }
  andc(a: Temp, b: Temp): Temp {
    return this.and(a, this.not(b));
  }
  not(a: Temp): Temp {
    return this.xori(a, -1);
  }
  shl(a: Temp, n: Temp): Temp {
    return this.binary(Op.i32_shl, a, n);
  }
  shli(a: Temp, n: number): Temp {
    return this.withImmediate(Op.i32_shl, a, n);
  }
  shr(a: Temp, n: Temp): Temp {
    return this.binary(Op.i32_shr_u, a, n);
  }
  shri(a: Temp, n: number): Temp {
    return this.withImmediate(Op.i32_shr_u, a, n);
  }
  sar(a: Temp, n: Temp): Temp {
    return this.binary(Op.i32_shr_s, a, n);
  }
  sari(a: Temp, n: number): Temp {
    return this.withImmediate(Op.i32_shr_s, a, n);
  }
  rotr(a: Temp, n: Temp): Temp {
    return this.binary(Op.i32_rotr, a, n);
  }
  rotri(a: Temp, n: number): Temp {
    return this.withImmediate(Op.i32_rotr, a, n);
  }
  clz(a: Temp): Temp {
    return this.unary(Op.i32_clz, a);
  }
  bswap16(a: Temp): Temp {
    return this.or(this.shli(this.andi(a, 0xff), 8), this.andi(this.shri(a, 8), 0xff));
  }
  bswap32(a: Temp): Temp {
    return this.or(this.rotri(this.andi(a, 0x00ff00ff), 8), this.rotri(this.andi(a, 0xff00ff00), 24));
  }
  ext8s(a: Temp): Temp {
    return this.unary(Op.i32_extend8_s, a);
  }
  ext8u(a: Temp): Temp {
    return this.andi(a, 0xff);
  }
  ext16s(a: Temp): Temp {
    return this.unary(Op.i32_extend16_s, a);
  }
  ext16u(a: Temp): Temp {
    return this.andi(a, 0xffff);
  }
  extract(a: Temp, lsb: number, width: number): Temp {
    return this.shri(this.shli(a, 32 - lsb - width), 32 - width);
  }
  sextract(a: Temp, lsb: number, width: number): Temp {
    return this.sari(this.shli(a, 32 - lsb - width), 32 - width);
  }
  deposit(a: Temp, b: Temp, lsb: number, width: number): Temp {
    if (width === 32) return b;
    const mask = ((1 << width) - 1) << lsb;
    return this.or(this.andi(a, ~mask), this.andi(this.shli(b, lsb), mask));
  }
  setcond(cond: Cond, a: Temp, b: Temp): Temp {
    return this.binary(COMPARISONS[cond], a, b);
  }
  movcond(cond: Cond, c1: Temp, c2: Temp, v1: Temp, v2: Temp): Temp {
    this.push(v1);
    this.push(v2);
    this.push(c1);
    this.push(c2);
    this.f.op(COMPARISONS[cond]);
    this.f.op(Op.select);
    return this.result();
  }
  add2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    const low = this.add(al, bl);
    return [low, this.add(this.add(ah, bh), this.setcond(Cond.ltu, low, al))];
  }
  sub2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    const low = this.sub(al, bl);
    return [low, this.sub(this.sub(ah, bh), this.setcond(Cond.ltu, al, bl))];
  }
  mulu2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    return this.product(Op.i64_extend_i32_u, a, b);
  }
  muls2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    return this.product(Op.i64_extend_i32_s, a, b);
  }
  private product(extend: Op, a: Temp, b: Temp): [low: Temp, high: Temp] {
    const { f } = this;
    const whole = f.local(Type.i64);
    for (const factor of [a, b]) {
      this.push(factor);
      f.op(extend);
    }
    f.op(Op.i64_mul);
    f.tee(whole);
    f.op(Op.i32_wrap_i64);
    const low = this.result();
    f.get(whole);
    f.i64Const(32n);
    f.op(Op.i64_shr_u);
    f.op(Op.i32_wrap_i64);
    return [low, this.result()];
  }

  /** Leaves the byte offset of the address's entry in the TLB on the stack; add {@link tlbOffset} to it. */
  private pushEntry(address: Temp): void {
    this.push(address);
    emitTlbEntry(this.f);
    this.f.get(FormParameter.Tlb);
    this.f.op(Op.i32_add);
  }

  /**
   * The host offset of an address that the TLB lets be read or written, a multiple of `alignment`. Declines where it has it not,
   * and where a store may meet the running block's code: `last` is the address of the last byte but for its lowest bits.
   */
  host(address: Temp, alignment: number, stores: boolean, last = address): Temp {
    const { f, guest } = this;
    const tlb = guest.env + 4 * ENV_TLB;
    const entry = f.local();
    this.pushEntry(address);
    f.tee(entry);
    f.memory(Op.i32_load, 2, tlb + (stores ? WRITE_TAG : READ_TAG));
    this.push(address);
    this.immediate(Op.i32_and, PAGE_MASK | (alignment - 1));
    f.op(Op.i32_ne);
    this.declineIf();
    if (last !== address) {
      this.push(address);
      this.push(last);
      f.op(Op.i32_xor);
      this.immediate(Op.i32_and, PAGE_MASK);
      this.declineIf();
    }
    f.get(entry);
    f.memory(Op.i32_load, 2, tlb + ADDEND);
    this.push(address);
    f.op(Op.i32_add);
    const host = this.result();
    if (!stores) return host;
    for (const end of last === address ? [address] : [address, last]) {
      this.push(host);
      if (end !== address) {
        this.push(address);
        f.op(Op.i32_sub);
        this.push(end);
        f.op(Op.i32_add);
      }
      this.immediate(Op.i32_and, -guest.pageBytes);
      f.get(FormParameter.Page);
      f.op(Op.i32_eq);
      this.declineIf();
    }
    return host;
  }

  load(address: Temp, memop: number): Temp {
    const host = this.host(this.copy(address), naturalAlignment(memop), false);
    this.push(host);
    const size = memop & MemOp.SIZE;
    const narrow = memop & MemOp.SIGN ? [Op.i32_load8_s, Op.i32_load16_s] : [Op.i32_load8_u, Op.i32_load16_u];
    this.f.memory(size === 2 ? Op.i32_load : narrow[size], size, 0);
    return this.result();
  }

  store(value: Temp, address: Temp, memop: number): void {
    const host = this.host(this.copy(address), naturalAlignment(memop), true);
    this.push(host);
    this.push(value);
    const size = memop & MemOp.SIZE;
    this.f.memory([Op.i32_store8, Op.i32_store16, Op.i32_store][size], size, 0);
    this.hasWritten = true;
  }

  load64(): [low: Temp, high: Temp] {
    throw unsupported('load64');
  }
  store64(): void {
    throw unsupported('store64');
  }
  call(): Temp {
    throw unsupported('call');
  }
  newLabel(): Label {
    throw unsupported('newLabel');
  }
  setLabel(): void {
    throw unsupported('setLabel');
  }
  br(): void {
    throw unsupported('br');
  }
  brcond(): void {
    throw unsupported('brcond');
  }
  gotoTb(): void {
    throw unsupported('gotoTb');
  }
  gotoPtr(): void {
    throw unsupported('gotoPtr');
  }
  exitTb(): void {
    throw unsupported('exitTb');
  }
}

/** The alignment of accesses that the TLB is asked about. */
function naturalAlignment(memop: number): number {
  if (memop & MemOp.BE || (memop & MemOp.SIZE) === MemOp.UQ) throw unsupported('this kind of access');
  return Math.max(1 << (memop & MemOp.SIZE), memOpAlignment(memop));
}

function unsupported(what: string): Error {
  return new Error(`a form cannot have ${what}`);
}
