/** A CPU model: what tells one ARM core from another. */
export interface ArmModel {
  readonly name: string;
  readonly description: string;
  /** MIDR */
  readonly midr: number;
  readonly ctr: number;
  readonly clidr: number;
  /** CCSIDR by CSSELR: L1 data, L1 instruction. */
  readonly ccsidr: readonly number[];
  /** ID_PFR0, ID_PFR1, ID_DFR0, ID_AFR0, ID_MMFR0..3, then ID_ISAR0..5, ID_MMFR4, ID_ISAR6. */
  readonly idRegisters: readonly number[];
  readonly sctlrReset: number;
  /** PMCR's read-only part. */
  readonly pmcr: number;
  readonly dbgdidr: number;
  /** FPSID, MVFR0 and MVFR1: what floating point and Advanced SIMD offer. */
  readonly fpsid: number;
  readonly mvfr0: number;
  readonly mvfr1: number;
  /** CBAR: where the private peripherals lie. */
  readonly periphBase: number;
}

const CORTEX_A9: ArmModel = {
  name: 'cortex-a9',
  description: 'ARM Cortex-A9 r3p0 as in the Zynq-7000 (ARMv7-A)',
  midr: 0x413fc090,
  ctr: 0x80038003,
  clidr: 0x09000003,
  ccsidr: [0xe00fe019, 0x200fe019],
  idRegisters: [
    0x00001031, 0x00000001, 0x00000000, 0x00000000, 0x00100103, 0x20000000, 0x01230000, 0x00002111, 0x00101111,
    0x13112111, 0x21232041, 0x11112131, 0x00111142, 0x00000000, 0x00000000, 0x00000000,
  ],
  sctlrReset: 0x00c50078,
  pmcr: 0x41093000,
  dbgdidr: 0x35141000,
  fpsid: 0x41033090,
  mvfr0: 0x11110222,
  mvfr1: 0x01111111,
  periphBase: 0xf8f00000,
};

export const ARM_MODELS: readonly ArmModel[] = [CORTEX_A9];

/** The model called `name` (as -cpu takes it). Throws an Error that names the known ones. */
export function findArmModel(name: string): ArmModel {
  const model = ARM_MODELS.find((m) => m.name === name);
  if (!model) throw new Error(`unknown CPU model '${name}'; known: ${ARM_MODELS.map((m) => m.name).join(', ')}`);
  return model;
}
