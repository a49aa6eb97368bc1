import { ArmSlot, FPEXC_EN, Fpscr } from '../cpu-state';
import { updateFlags } from '../psr';

/** Writes FPSCR, whose vector length and stride the translation depends on. */
export function writeFpscr(env: Int32Array, value: number): void {
  env[ArmSlot.Fpscr] = value & Fpscr.WRITABLE;
  updateFlags(env);
}

/** Writes FPEXC: the enable bit is all there is. */
export function writeFpexc(env: Int32Array, value: number): void {
  env[ArmSlot.Fpexc] = value & FPEXC_EN;
  updateFlags(env);
}
