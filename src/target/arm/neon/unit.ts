import { ArmSlot } from '../cpu-state';
import { StandardFloat } from './standard-float';

/** Doublewords of the register file that operations reach: d0..d31 and the scratch ones behind them. */
const DOUBLEWORDS = 34;

/**
 * The register file of one vCPU as operations of Advanced SIMD see it: the same bytes in lanes of every size. The lane of
 * `bits` bits number `i` of d`n` has the index `n * (64 / bits) + i`; the host is little-endian, as register lanes are.
 */
export class NeonUnit {
  readonly u8: Uint8Array;
  readonly s8: Int8Array;
  readonly u16: Uint16Array;
  readonly s16: Int16Array;
  readonly u32: Uint32Array;
  readonly s32: Int32Array;
  readonly u64: BigUint64Array;
  readonly s64: BigInt64Array;
  readonly f32: Float32Array;
  /** Arithmetic on lanes of single precision. */
  readonly standard: StandardFloat;

  constructor(readonly env: Int32Array) {
    const { buffer } = env;
    const at = env.byteOffset + 4 * ArmSlot.D0;
    this.u8 = new Uint8Array(buffer, at, 8 * DOUBLEWORDS);
    this.s8 = new Int8Array(buffer, at, 8 * DOUBLEWORDS);
    this.u16 = new Uint16Array(buffer, at, 4 * DOUBLEWORDS);
    this.s16 = new Int16Array(buffer, at, 4 * DOUBLEWORDS);
    this.u32 = new Uint32Array(buffer, at, 2 * DOUBLEWORDS);
    this.s32 = new Int32Array(buffer, at, 2 * DOUBLEWORDS);
    this.u64 = new BigUint64Array(buffer, at, DOUBLEWORDS);
    this.s64 = new BigInt64Array(buffer, at, DOUBLEWORDS);
    this.f32 = new Float32Array(buffer, at, 2 * DOUBLEWORDS);
    this.standard = new StandardFloat(env, this.f32, this.u32);
  }

  /** Sets FPSCR.QC: a result was saturated. */
  saturated(): void {
    this.env[ArmSlot.Fpscr] |= FPSCR_QC;
  }
}

/** FPSCR's cumulative saturation bit (DDI 0406C A2.7.4). */
const FPSCR_QC = 0x08000000;
