import { EMPTY_BLOCK, Op, SIMD_PREFIX, SimdOp, Type } from './opcodes';
import { ByteWriter } from './writer';

/** A place to branch to: the number of labels around it. */
export type LabelDepth = number;

/** Emits the body of one function. Instructions are written as they come; locals may be added at any time. */
export class FunctionBuilder {
  private readonly code = new ByteWriter();
  private readonly localTypes: Type[] = [];
  /** Positions in `code` of branches, with whether each is likely. */
  private readonly hints: { at: number; likely: boolean }[] = [];
  private labels = 0;

  /** @param parameters how many parameters there are: they are locals 0.. */
  constructor(private readonly parameters: number) {}

  /** A new local, of number and type. */
  local(type: Type = Type.i32): number {
    return this.parameters + this.localTypes.push(type) - 1;
  }

  op(op: Op): void {
    this.code.byte(op);
  }

  i32Const(value: number): void {
    this.code.byte(Op.i32_const);
    this.code.s32(value);
  }

  i64Const(value: bigint): void {
    this.code.byte(Op.i64_const);
    this.code.s64(value);
  }

  f64Const(value: number): void {
    this.code.byte(Op.f64_const);
    this.code.append(new Uint8Array(Float64Array.of(value).buffer));
  }

  f32Const(value: number): void {
    this.code.byte(Op.f32_const);
    this.code.append(new Uint8Array(Float32Array.of(value).buffer));
  }

  get(local: number): void {
    this.code.byte(Op.local_get);
    this.code.u32(local);
  }

  set(local: number): void {
    this.code.byte(Op.local_set);
    this.code.u32(local);
  }

  tee(local: number): void {
    this.code.byte(Op.local_tee);
    this.code.u32(local);
  }

  /** A load or store at the address on the stack plus `offset` bytes; `align` is log2 of the alignment promised. */
  memory(op: Op, align: number, offset: number): void {
    this.code.byte(op);
    this.code.u32(align);
    this.code.u32(offset);
  }

  simd(op: SimdOp): void {
    this.code.byte(SIMD_PREFIX);
    this.code.u32(op);
  }

  /** As {@link memory} for a vector. */
  simdMemory(op: SimdOp, align: number, offset: number): void {
    this.simd(op);
    this.code.u32(align);
    this.code.u32(offset);
  }

  simdLane(op: SimdOp, lane: number): void {
    this.simd(op);
    this.code.byte(lane);
  }

  /** A vector of four 32-bit numbers. */
  v128Const(lanes: readonly number[]): void {
    this.simd(SimdOp.v128_const);
    this.code.append(new Uint8Array(Int32Array.from(lanes).buffer));
  }

  /** Four 32-bit lanes of the two vectors on the stack: lanes 0..3 of the first, 4..7 of the second. */
  shuffle32(lanes: readonly number[]): void {
    this.simd(SimdOp.i8x16_shuffle);
    for (const lane of lanes) for (let i = 0; i < 4; i++) this.code.byte(4 * lane + i);
  }

  call(index: number): void {
    this.code.byte(Op.call);
    this.code.u32(index);
  }

  /** Returns what the function does, called in place of this one. */
  returnCall(index: number): void {
    this.code.byte(Op.return_call);
    this.code.u32(index);
  }

  returnCallIndirect(type: number): void {
    this.code.byte(Op.return_call_indirect);
    this.code.u32(type);
    this.code.byte(0);
  }

  callIndirect(type: number): void {
    this.code.byte(Op.call_indirect);
    this.code.u32(type);
    this.code.byte(0);
  }

  /** Opens a block; branches to its label go to its end. */
  block(): LabelDepth {
    return this.open(Op.block);
  }

  /** Opens a loop; branches to its label go to its start. */
  loop(): LabelDepth {
    return this.open(Op.loop);
  }

  /** Opens what runs when the value on the stack is not 0. */
  if(likely?: boolean): LabelDepth {
    if (likely !== undefined) this.hints.push({ at: this.code.length, likely });
    return this.open(Op.if);
  }

  /** As {@link if}, leaving a value of `type`. */
  ifValue(type: Type, likely?: boolean): LabelDepth {
    if (likely !== undefined) this.hints.push({ at: this.code.length, likely });
    return this.open(Op.if, type);
  }

  private open(op: Op, type: number = EMPTY_BLOCK): LabelDepth {
    this.code.byte(op);
    this.code.byte(type);
    return ++this.labels;
  }

  else(): void {
    this.code.byte(Op.else);
  }

  end(): void {
    this.code.byte(Op.end);
    this.labels--;
  }

  br(label: LabelDepth): void {
    this.code.byte(Op.br);
    this.code.u32(this.labels - label);
  }

  brIf(label: LabelDepth, likely?: boolean): void {
    if (likely !== undefined) this.hints.push({ at: this.code.length, likely });
    this.code.byte(Op.br_if);
    this.code.u32(this.labels - label);
  }

  brTable(labels: readonly LabelDepth[], otherwise: LabelDepth): void {
    this.code.byte(Op.br_table);
    this.code.u32(labels.length);
    for (const label of labels) this.code.u32(this.labels - label);
    this.code.u32(this.labels - otherwise);
  }

  /** Bytes of code so far. */
  get size(): number {
    return this.code.length;
  }

  /** The function as the code section has it, and its branch hints (offsets from the start of the declarations). */
  finish(): FunctionBody {
    const body = new ByteWriter();
    const runs: { type: Type; count: number }[] = [];
    for (const type of this.localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    body.u32(runs.length);
    for (const { type, count } of runs) {
      body.u32(count);
      body.byte(type);
    }
    const shift = body.length;
    body.append(this.code.bytes());
    body.byte(Op.end);
    return {
      bytes: body.bytes().slice(),
      hints: this.hints.map(({ at, likely }) => ({ offset: at + shift, likely })),
    };
  }
}

export interface FunctionBody {
  readonly bytes: Uint8Array;
  readonly hints: readonly { readonly offset: number; readonly likely: boolean }[];
}
