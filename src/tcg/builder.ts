import type { Emitter } from './emitter';
import type { HelperDef } from './helpers';
import { IrBlock, type GlobalDef, type Label, type Temp } from './ir';
import { Opcode, type Cond } from './opcodes';

/** What operations make of constants. */
const FOLD = {
  add_i32: (x: number, y: number) => x + y,
  sub_i32: (x: number, y: number) => x - y,
  neg_i32: (x: number) => -x,
  and_i32: (x: number, y: number) => x & y,
  or_i32: (x: number, y: number) => x | y,
  xor_i32: (x: number, y: number) => x ^ y,
  andc_i32: (x: number, y: number) => x & ~y,
  not_i32: (x: number) => ~x,
  shl_i32: (x: number, y: number) => x << y,
  shr_i32: (x: number, y: number) => x >>> y,
  sar_i32: (x: number, y: number) => x >> y,
  rotr_i32: (x: number, y: number) => (x >>> (y & 31)) | (x << (-y & 31)),
  ext8s_i32: (x: number) => (x << 24) >> 24,
  ext8u_i32: (x: number) => x & 0xff,
  ext16s_i32: (x: number) => (x << 16) >> 16,
  ext16u_i32: (x: number) => x & 0xffff,
};

/** Records operations as the IR of one translation block, for {@link lowerBlock} and plugins. */
export class IrBuilder implements Emitter {
  readonly block: IrBlock;

  constructor(globals: readonly GlobalDef[]) {
    this.block = new IrBlock(globals);
  }

  private emit(opc: Opcode, ...args: number[]): void {
    this.block.ops.push({ opc, args, helper: undefined });
  }

  /** An operation that makes a value: its first output is a local that was made just now. */
  private value(opc: Opcode, ...args: [out: Temp, ...rest: number[]]): Temp {
    this.block.ops.push({ opc, args, helper: undefined });
    return args[0];
  }

  constantValue(temp: Temp): number | undefined {
    return this.block.constantValue(temp);
  }

  const(value: number): Temp {
    return this.block.constant(value);
  }

  local(): Temp {
    return this.block.newLocal();
  }

  mov(dst: Temp, src: Temp): void {
    if (dst !== src) this.emit(Opcode.mov_i32, dst, src);
  }

  copy(src: Temp): Temp {
    return this.constantValue(src) === undefined ? this.value(Opcode.mov_i32, this.local(), src) : src;
  }

  private binary(opc: Opcode, a: Temp, b: Temp, fold: (x: number, y: number) => number): Temp {
    const x = this.constantValue(a);
    const y = this.constantValue(b);
    return x !== undefined && y !== undefined ? this.const(fold(x, y)) : this.value(opc, this.local(), a, b);
  }

  private unary(opc: Opcode, a: Temp, fold: (x: number) => number): Temp {
    const x = this.constantValue(a);
    return x !== undefined ? this.const(fold(x)) : this.value(opc, this.local(), a);
  }

  add(a: Temp, b: Temp): Temp {
    if (this.constantValue(b) === 0) return a;
    return this.binary(Opcode.add_i32, a, b, FOLD.add_i32);
  }
  addi(a: Temp, imm: number): Temp {
    return this.add(a, this.const(imm));
  }
  sub(a: Temp, b: Temp): Temp {
    if (this.constantValue(b) === 0) return a;
    return this.binary(Opcode.sub_i32, a, b, FOLD.sub_i32);
  }
  neg(a: Temp): Temp {
    return this.unary(Opcode.neg_i32, a, FOLD.neg_i32);
  }
  mul(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.mul_i32, a, b, Math.imul);
  }
  and(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.and_i32, a, b, FOLD.and_i32);
  }
  andi(a: Temp, imm: number): Temp {
    return this.and(a, this.const(imm));
  }
  or(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.or_i32, a, b, FOLD.or_i32);
  }
  ori(a: Temp, imm: number): Temp {
    return this.or(a, this.const(imm));
  }
  xor(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.xor_i32, a, b, FOLD.xor_i32);
  }
  xori(a: Temp, imm: number): Temp {
    return this.xor(a, this.const(imm));
  }
  andc(a: Temp, b: Temp): Temp {
    return this.binary(Opcode.andc_i32, a, b, FOLD.andc_i32);
  }
  not(a: Temp): Temp {
    return this.unary(Opcode.not_i32, a, FOLD.not_i32);
  }
  shl(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.shl_i32, a, n, FOLD.shl_i32);
  }
  shli(a: Temp, n: number): Temp {
    return n === 0 ? a : this.shl(a, this.const(n));
  }
  shr(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.shr_i32, a, n, FOLD.shr_i32);
  }
  shri(a: Temp, n: number): Temp {
    return n === 0 ? a : this.shr(a, this.const(n));
  }
  sar(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.sar_i32, a, n, FOLD.sar_i32);
  }
  sari(a: Temp, n: number): Temp {
    return n === 0 ? a : this.sar(a, this.const(n));
  }
  rotr(a: Temp, n: Temp): Temp {
    return this.binary(Opcode.rotr_i32, a, n, FOLD.rotr_i32);
  }
  rotri(a: Temp, n: number): Temp {
    return (n & 31) === 0 ? a : this.rotr(a, this.const(n & 31));
  }
  clz(a: Temp): Temp {
    return this.unary(Opcode.clz_i32, a, Math.clz32);
  }
  bswap16(a: Temp): Temp {
    return this.value(Opcode.bswap16_i32, this.local(), a);
  }
  bswap32(a: Temp): Temp {
    return this.value(Opcode.bswap32_i32, this.local(), a);
  }
  ext8s(a: Temp): Temp {
    return this.unary(Opcode.ext8s_i32, a, FOLD.ext8s_i32);
  }
  ext8u(a: Temp): Temp {
    return this.unary(Opcode.ext8u_i32, a, FOLD.ext8u_i32);
  }
  ext16s(a: Temp): Temp {
    return this.unary(Opcode.ext16s_i32, a, FOLD.ext16s_i32);
  }
  ext16u(a: Temp): Temp {
    return this.unary(Opcode.ext16u_i32, a, FOLD.ext16u_i32);
  }
  extract(a: Temp, lsb: number, width: number): Temp {
    return width === 32 ? a : this.value(Opcode.extract_i32, this.local(), a, lsb, width);
  }
  sextract(a: Temp, lsb: number, width: number): Temp {
    return width === 32 ? a : this.value(Opcode.sextract_i32, this.local(), a, lsb, width);
  }
  deposit(a: Temp, b: Temp, lsb: number, width: number): Temp {
    return width === 32 ? b : this.value(Opcode.deposit_i32, this.local(), a, b, lsb, width);
  }
  setcond(cond: Cond, a: Temp, b: Temp): Temp {
    return this.value(Opcode.setcond_i32, this.local(), a, b, cond);
  }
  movcond(cond: Cond, c1: Temp, c2: Temp, v1: Temp, v2: Temp): Temp {
    return this.value(Opcode.movcond_i32, this.local(), c1, c2, v1, v2, cond);
  }
  private pair(opc: Opcode, ...inputs: Temp[]): [low: Temp, high: Temp] {
    const low = this.block.newLocal();
    const high = this.block.newLocal();
    this.emit(opc, low, high, ...inputs);
    return [low, high];
  }
  add2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.add2_i32, al, ah, bl, bh);
  }
  sub2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.sub2_i32, al, ah, bl, bh);
  }
  mulu2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.mulu2_i32, a, b);
  }
  muls2(a: Temp, b: Temp): [low: Temp, high: Temp] {
    return this.pair(Opcode.muls2_i32, a, b);
  }

  load(address: Temp, memop: number): Temp {
    return this.value(Opcode.qemu_ld_i32, this.local(), address, memop);
  }
  store(value: Temp, address: Temp, memop: number): void {
    this.emit(Opcode.qemu_st_i32, value, address, memop);
  }

  load64(address: Temp, memop: number): [low: Temp, high: Temp] {
    const low = this.block.newLocal();
    const high = this.block.newLocal();
    this.emit(Opcode.qemu_ld_i64, low, high, address, memop);
    return [low, high];
  }
  store64(low: Temp, high: Temp, address: Temp, memop: number): void {
    this.emit(Opcode.qemu_st_i64, low, high, address, memop);
  }

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
  gotoTb(n: 0 | 1, pc: number): void {
    this.emit(Opcode.goto_tb, n, pc | 0);
  }
  gotoPtr(): void {
    this.emit(Opcode.goto_ptr);
  }
  exitTb(): void {
    this.emit(Opcode.exit_tb);
  }
}
