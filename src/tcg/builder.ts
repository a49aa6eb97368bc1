import type { HelperDef } from './helpers';
import { IrBlock, type GlobalDef, type Label, type Temp } from './ir';
import { Opcode, type Cond } from './opcodes';

/**
 * Emits IR for one translation block. Operations return a fresh temp (valid until the end of the guest instruction),
 * or a constant where the inputs are constants. Write guest state with {@link mov} to a global.
 */
export class IrBuilder {
  readonly block: IrBlock;

  constructor(globals: readonly GlobalDef[]) {
    this.block = new IrBlock(globals);
  }

  private emit(opc: Opcode, ...args: number[]): void {
    this.block.ops.push({ opc, args });
  }

  private value(opc: Opcode, ...args: number[]): Temp {
    const out = this.block.newLocal();
    this.block.ops.push({ opc, args: [out, ...args] });
    return out;
  }

  private known(temp: Temp): number | undefined {
    return this.block.constantValue(temp);
  }

  /** The temp of a 32-bit constant. */
  const(value: number): Temp {
    return this.block.constant(value);
  }

  /** A fresh local for code that assigns it in more than one place. */
  local(): Temp {
    return this.block.newLocal();
  }

  /** `dst = src`; dst is a global or a local. */
  mov(dst: Temp, src: Temp): void {
    if (dst !== src) this.emit(Opcode.mov_i32, dst, src);
  }

  /** A copy of `src` in a fresh local: for a global that changes before its old value is used. */
  copy(src: Temp): Temp {
    return this.known(src) === undefined ? this.value(Opcode.mov_i32, src) : src;
  }

  private binary(opc: Opcode, a: Temp, b: Temp, fold: (x: number, y: number) => number): Temp {
    const x = this.known(a);
    const y = this.known(b);
    return x !== undefined && y !== undefined ? this.const(fold(x, y)) : this.value(opc, a, b);
  }

  private unary(opc: Opcode, a: Temp, fold: (x: number) => number): Temp {
    const x = this.known(a);
    return x !== undefined ? this.const(fold(x)) : this.value(opc, a);
  }

  add(a: Temp, b: Temp): Temp {
    if (this.known(b) === 0) return a;
    return this.binary(Opcode.add_i32, a, b, (x, y) => x + y);
  }
  addi(a: Temp, imm: number): Temp {
    return this.add(a, this.const(imm));
  }
  sub(a: Temp, b: Temp): Temp {
    if (this.known(b) === 0) return a;
    return this.binary(Opcode.sub_i32, a, b, (x, y) => x - y);
  }
  neg(a: Temp): Temp {
    return this.unary(Opcode.neg_i32, a, (x) => -x);
  }
  mul(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.mul_i32, a, b, Math.imul);
  }
  and(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.and_i32, a, b, (x, y) => x & y);
  }
  andi(a: Temp, imm: number): Temp {
    return this.and(a, this.const(imm));
  }
  or(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.or_i32, a, b, (x, y) => x | y);
  }
  ori(a: Temp, imm: number): Temp {
    return this.or(a, this.const(imm));
  }
  xor(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.xor_i32, a, b, (x, y) => x ^ y);
  }
  xori(a: Temp, imm: number): Temp {
    return this.xor(a, this.const(imm));
  }
  /** `a & ~b` */
  andc(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.andc_i32, a, b, (x, y) => x & ~y);
  }
  not(a: Temp): Temp {
    return this.unary(Opcode.not_i32, a, (x) => ~x);
  }
  /** Shifts and rotates use the low five bits of the amount. */
  shl(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.shl_i32, a, n, (x, y) => x << y);
  }
  shli(a: Temp, n: number): Temp {
    return n === 0 ? a : this.shl(a, this.const(n));
  }
  shr(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.shr_i32, a, n, (x, y) => x >>> y);
  }
  shri(a: Temp, n: number): Temp {
    return n === 0 ? a : this.shr(a, this.const(n));
  }
  sar(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.sar_i32, a, n, (x, y) => x >> y);
  }
  sari(a: Temp, n: number): Temp {
    return n === 0 ? a : this.sar(a, this.const(n));
  }
  rotr(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.rotr_i32, a, n, (x, y) => (x >>> (y & 31)) | (x << (-y & 31)));
  }
  rotri(a: Temp, n: number): Temp {
    return (n & 31) === 0 ? a : this.rotr(a, this.const(n & 31));
  }
  /** Leading zeros; 32 for 0. */
  clz(a: Temp): Temp {
    return this.unary(Opcode.clz_i32, a, Math.clz32);
  }
  /** The low 16 bits with their bytes swapped; the high half of the result is 0. */
  bswap16(a: Temp): Temp {
    return this.value(Opcode.bswap16_i32, a);
  }
  bswap32(a: Temp): Temp {
    return this.value(Opcode.bswap32_i32, a);
  }
  ext8s(a: Temp): Temp {
    return this.unary(Opcode.ext8s_i32, a, (x) => (x << 24) >> 24);
  }
  ext8u(a: Temp): Temp {
    return this.unary(Opcode.ext8u_i32, a, (x) => x & 0xff);
  }
  ext16s(a: Temp): Temp {
    return this.unary(Opcode.ext16s_i32, a, (x) => (x << 16) >> 16);
  }
  ext16u(a: Temp): Temp {
    return this.unary(Opcode.ext16u_i32, a, (x) => x & 0xffff);
  }
  /** Bits `lsb+width-1..lsb` of `a`, zero-extended; width 1..32. */
  extract(a: Temp, lsb: number, width: number): Temp {
    return width === 32 ? a : this.value(Opcode.extract_i32, a, lsb, width);
  }
  /** Bits `lsb+width-1..lsb` of `a`, sign-extended; width 1..32. */
  sextract(a: Temp, lsb: number, width: number): Temp {
    return width === 32 ? a : this.value(Opcode.sextract_i32, a, lsb, width);
  }
  /** `a` with bits `lsb+width-1..lsb` replaced by the low bits of `b`. */
  deposit(a: Temp, b: Temp, lsb: number, width: number): Temp {
    return width === 32 ? b : this.value(Opcode.deposit_i32, a, b, lsb, width);
  }
  /** 1 if `a cond b`, else 0. */
  setcond(cond: Cond, a: Temp, b: Temp): Temp {
    return this.value(Opcode.setcond_i32, a, b, cond);
  }
  /** `c1 cond c2 ? v1 : v2` */
  movcond(cond: Cond, c1: Temp, c2: Temp, v1: Temp, v2: Temp): Temp {
    return this.value(Opcode.movcond_i32, c1, c2, v1, v2, cond);
  }
  private pair(opc: Opcode, ...inputs: Temp[]): [low: Temp, high: Temp] {
    const low = this.block.newLocal();
    const high = this.block.newLocal();
    this.emit(opc, low, high, ...inputs);
    return [low, high];
  }
  /** 64-bit sum of (al, ah) and (bl, bh). */
  add2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.add2_i32, al, ah, bl, bh);
  }
  /** 64-bit difference (al, ah) - (bl, bh). */
  sub2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.sub2_i32, al, ah, bl, bh);
  }
  /** Unsigned 32x32 -> 64 product. */
  mulu2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.mulu2_i32, a, b);
  }
  /** Signed 32x32 -> 64 product. */
  muls2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.muls2_i32, a, b);
  }

  /** A guest load of the width that `memop` (a {@link MemOp} combination) says. */
  load(address: Temp, memop: number): Temp {
    return this.value(Opcode.qemu_ld_i32, address, memop);
  }
  /** A guest store of `value`'s low bits. */
  store(value: Temp, address: Temp, memop: number): void {
    this.emit(Opcode.qemu_st_i32, value, address, memop);
  }

  /** A 64-bit guest load; `memop` says the byte order of the whole doubleword. */
  load64(address: Temp, memop: number): [low: Temp, high: Temp] {
    const low = this.block.newLocal();
    const high = this.block.newLocal();
    this.emit(Opcode.qemu_ld_i64, low, high, address, memop);
    return [low, high];
  }
  /** A 64-bit guest store. */
  store64(low: Temp, high: Temp, address: Temp, memop: number): void {
    this.emit(Opcode.qemu_st_i64, low, high, address, memop);
  }

  /** Calls a helper. Returns its output, or a zero constant when it has none. */
  call(helper: HelperDef, ...inputs: Temp[]): Temp {
    if (inputs.length !== helper.inputs) throw new Error(`helper ${helper.name} takes ${helper.inputs} inputs`);
    const out = helper.hasOutput ? this.block.newLocal() : undefined;
    this.block.ops.push({
      opc: Opcode.call,
      helper,
      args: [...(out === undefined ? [] : [out]), ...inputs, helper.index],
    });
    return out ?? this.const(0);
  }

  newLabel(): Label {
    return this.block.newLabel();
  }
  setLabel(label: Label): void {
    this.emit(Opcode.set_label, label);
  }
  br(label: Label): void {
    this.emit(Opcode.br, label);
  }
  brcond(cond: Cond, a: Temp, b: Temp, label: Label): void {
    this.emit(Opcode.brcond_i32, a, b, cond, label);
  }

  /** Starts a guest instruction; `aux` is the target's word restored with the pc when the instruction faults. */
  insnStart(pc: number, aux: number): void {
    this.emit(Opcode.insn_start, pc | 0, aux | 0);
  }
  /** Leaves for the block at constant `pc` (the pc global is set from it), chaining through link `n` (0 or 1). */
  gotoTb(n: 0 | 1, pc: number): void {
    this.emit(Opcode.goto_tb, n, pc | 0);
  }
  /** Leaves for the block that the state (pc global and flags) names, without returning to the main loop. */
  gotoPtr(): void {
    this.emit(Opcode.goto_ptr);
  }
  /** Leaves to the main loop, which looks at the state afresh (interrupts, mode changes). */
  exitTb(): void {
    this.emit(Opcode.exit_tb);
  }
}
