import { CpKind, coprocRegister, type CpRegister } from '../cp15/registers';
import { HELPERS } from '../helpers';
import { ArmJump, type ArmContext } from './context';

/** The operands of MCR and MRC. */
export interface RegisterTransfer {
  readonly coproc: number;
  readonly opc1: number;
  readonly crn: number;
  readonly crm: number;
  readonly opc2: number;
  readonly rt: number;
}

/** The operands of MCRR and MRRC. */
export interface DoubleTransfer {
  readonly coproc: number;
  readonly opc1: number;
  readonly crm: number;
  readonly rt: number;
  readonly rt2: number;
}

/** Whether the coprocessor number belongs to floating point and Advanced SIMD: what has no row there is UNDEFINED. */
const isVfp = (coproc: number): boolean => (coproc & 14) === 10;

/** MRC, MCR. */
export function transferRegister(c: ArmContext, f: RegisterTransfer, read: boolean): boolean {
  if (isVfp(f.coproc)) return false;
  const register = coprocRegister(f.coproc, f.opc1, f.crn, f.crm, f.opc2);
  if (!register || !(c.isUser ? register.user : register.privileged).includes(read ? 'r' : 'w')) return false;
  return read ? readRegister(c, register, f.rt) : writeRegister(c, register, f.rt);
}

function readRegister(c: ArmContext, register: CpRegister, rt: number): boolean {
  const { ir } = c;
  if (register.kind === CpKind.Nop || register.kind === CpKind.CacheMaintenance) return true;
  if (register.kind === CpKind.Wfi) return false;
  const value =
    register.kind === CpKind.Constant
      ? ir.const(register.constant?.(c.settings.model, c.settings.cpuIndex) ?? 0)
      : ir.call(HELPERS.coprocRead, ir.const(register.index));
  if (rt === 15) {
    c.setNzcv(value);
  } else {
    ir.mov(rt, value);
  }
  return true;
}

function writeRegister(c: ArmContext, register: CpRegister, rt: number): boolean {
  const { ir } = c;
  if (register.kind === CpKind.Wfi) {
    c.isJump = ArmJump.Wfi;
    return true;
  }
  if (register.kind === CpKind.CacheMaintenance && c.settings.tellsCacheMaintenance) {
    ir.call(HELPERS.cacheMaintenance, ir.const(register.index), c.reg(rt));
  }
  if (register.kind !== CpKind.Register) return true;
  ir.call(HELPERS.coprocWrite, ir.const(register.index), c.reg(rt));
  c.isJump = ArmJump.UpdateExit;
  return true;
}

/** MRRC, MCRR: no 64-bit register exists on this CPU. */
export function transferTwo(_c: ArmContext, _f: DoubleTransfer): boolean {
  return false;
}

/** CDP, LDC, STC: no coprocessor has them; floating point's are rows of their own. */
export function coprocessorOperation(_c: ArmContext, _f: { coproc: number }): boolean {
  return false;
}
