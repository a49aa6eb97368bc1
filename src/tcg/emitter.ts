import type { HelperDef } from './helpers';
import type { Label, Temp } from './ir';
import type { Cond } from './opcodes';

/**
 * What a target's translator says an instruction's meaning with. {@link IrBuilder} records the operations as IR, the
 * {@link DirectExecutor} carries them out at once: so there is one description of what an instruction does.
 *
 * Operations return a fresh temp (valid until the end of the guest instruction), or a constant where the inputs are
 * constants. Guest state is written with {@link mov} to a global. Jumps within an instruction go forward only.
 */
export interface Emitter {
  /** The value of a constant temp, else undefined. */
  constantValue(temp: Temp): number | undefined;
  /** The temp of a 32-bit constant. */
  const(value: number): Temp;
  /** A fresh local for code that assigns it in more than one place. */
  local(): Temp;
  /** `dst = src`; dst is a global or a local. */
  mov(dst: Temp, src: Temp): void;
  /** A copy of `src` in a fresh local: for a global that changes before its old value is used. */
  copy(src: Temp): Temp;

  add(a: Temp, b: Temp): Temp;
  addi(a: Temp, imm: number): Temp;
  sub(a: Temp, b: Temp): Temp;
  neg(a: Temp): Temp;
  mul(a: Temp, b: Temp): Temp;
  and(a: Temp, b: Temp): Temp;
  andi(a: Temp, imm: number): Temp;
  or(a: Temp, b: Temp): Temp;
  ori(a: Temp, imm: number): Temp;
  xor(a: Temp, b: Temp): Temp;
  xori(a: Temp, imm: number): Temp;
  /** `a & ~b` */
  andc(a: Temp, b: Temp): Temp;
  not(a: Temp): Temp;
  /** Shifts and rotates use the low five bits of the amount. */
  shl(a: Temp, n: Temp): Temp;
  shli(a: Temp, n: number): Temp;
  shr(a: Temp, n: Temp): Temp;
  shri(a: Temp, n: number): Temp;
  sar(a: Temp, n: Temp): Temp;
  sari(a: Temp, n: number): Temp;
  rotr(a: Temp, n: Temp): Temp;
  rotri(a: Temp, n: number): Temp;
  /** Leading zeros; 32 for 0. */
  clz(a: Temp): Temp;
  /** The low 16 bits with their bytes swapped; the high half of the result is 0. */
  bswap16(a: Temp): Temp;
  bswap32(a: Temp): Temp;
  ext8s(a: Temp): Temp;
  ext8u(a: Temp): Temp;
  ext16s(a: Temp): Temp;
  ext16u(a: Temp): Temp;
  /** Bits `lsb+width-1..lsb` of `a`, zero-extended; width 1..32. */
  extract(a: Temp, lsb: number, width: number): Temp;
  /** Bits `lsb+width-1..lsb` of `a`, sign-extended; width 1..32. */
  sextract(a: Temp, lsb: number, width: number): Temp;
  /** `a` with bits `lsb+width-1..lsb` replaced by the low bits of `b`. */
  deposit(a: Temp, b: Temp, lsb: number, width: number): Temp;
  /** 1 if `a cond b`, else 0. */
  setcond(cond: Cond, a: Temp, b: Temp): Temp;
  /** `c1 cond c2 ? v1 : v2` */
  movcond(cond: Cond, c1: Temp, c2: Temp, v1: Temp, v2: Temp): Temp;
  /** 64-bit sum of (al, ah) and (bl, bh). */
  add2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp];
  /** 64-bit difference (al, ah) - (bl, bh). */
  sub2(al: Temp, ah: Temp, bl: Temp, bh: Temp): [low: Temp, high: Temp];
  /** Unsigned 32x32 -> 64 product. */
  mulu2(a: Temp, b: Temp): [low: Temp, high: Temp];
  /** Signed 32x32 -> 64 product. */
  muls2(a: Temp, b: Temp): [low: Temp, high: Temp];

  /** A guest load of the width that `memop` (a {@link MemOp} combination) says. */
  load(address: Temp, memop: number): Temp;
  /** A guest store of `value`'s low bits. */
  store(value: Temp, address: Temp, memop: number): void;
  /** A 64-bit guest load; `memop` says the byte order of the whole doubleword. */
  load64(address: Temp, memop: number): [low: Temp, high: Temp];
  /** A 64-bit guest store. */
  store64(low: Temp, high: Temp, address: Temp, memop: number): void;
  /** Calls a helper. Returns its output, or a zero constant when it has none. */
  call(helper: HelperDef, ...inputs: Temp[]): Temp;

  newLabel(): Label;
  setLabel(label: Label): void;
  br(label: Label): void;
  brcond(cond: Cond, a: Temp, b: Temp, label: Label): void;

  /** Leaves for the block at constant `pc` (the pc global is set from it), chaining through link `n` (0 or 1). */
  gotoTb(n: 0 | 1, pc: number): void;
  /** Leaves for the block that the state (pc global and flags) names, without returning to the main loop. */
  gotoPtr(): void;
  /** Leaves to the main loop, which looks at the state afresh (interrupts, mode changes). */
  exitTb(): void;
}
