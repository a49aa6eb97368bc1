import type { Temp } from '../../../tcg/ir';
import { ArmGlobal } from '../cpu-state';
import { HELPERS } from '../helpers';
import { ArmJump, type ArmContext } from './context';

/** Returns from an exception: the pc from `address`, the CPSR from `psr` (by default the SPSR). */
export function exceptionReturn(c: ArmContext, address: Temp, psr: Temp = ArmGlobal.Spsr): void {
  c.ir.mov(ArmGlobal.PC, address);
  c.ir.call(HELPERS.cpsrWriteReturn, psr);
  c.isJump = ArmJump.Exit;
}
