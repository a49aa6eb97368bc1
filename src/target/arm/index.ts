import { ArmCpu, type ArmCpuOptions } from './cpu';
import { TbFlag } from './cpu-state';

/** Makes a vCPU, in reset state with pc 0. */
export function createArmCpu(options: ArmCpuOptions): ArmCpu {
  return new ArmCpu(options);
}

/** Whether a block with these translation flags is Thumb code. */
export function isThumbBlock(flags: number): boolean {
  return (flags & TbFlag.THUMB) !== 0;
}

export type { ArmCpu, ArmCpuOptions, ArmServices } from './cpu';
export { ARM_GLOBALS, ArmSlot, Mode } from './cpu-state';
export { CP_REGISTERS, coprocRegister } from './cp15/registers';
export { HELPER_DEFS } from './helpers';
export { ARM_MODELS, findArmModel, type ArmModel } from './models';
export { describePsr, readCpsr, writeCpsr } from './psr';
export type { RegisterValue } from './registers';
export { A32_ROWS, T16_ROWS, T32_ROWS, decodeA32, decodeT16, decodeT32, isThumb32 } from './decode';
