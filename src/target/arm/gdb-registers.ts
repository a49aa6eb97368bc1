import { CP_REGISTERS, CpKind, type CpAccess, type CpRegister } from './cp15/registers';
import { ArmSlot } from './cpu-state';
import { readCpRegister, type ArmRegisters } from './registers';

/** A register as a debugger's target description names it. */
export interface GdbRegister {
  readonly name: string;
  readonly feature: string;
}

interface Access extends GdbRegister {
  /** Its words, the lowest first. */
  read(target: Target): readonly number[];
  /** Absent for a register that cannot be written. */
  write?(target: Target, words: readonly number[]): void;
  readonly words: number;
}

interface Target {
  readonly env: Int32Array;
  readonly named: ArmRegisters;
  readonly access: CpAccess;
}

const CORE = 'org.gnu.gdb.arm.core';
const VFP = 'org.gnu.gdb.arm.vfp';
const VFP_SYSTEM = 'org.qemu.gdb.arm.vfp-sysregs';
const SYSTEM = 'org.qemu.gdb.arm.sys.regs';

function word(name: string, feature: string): Access {
  return {
    name,
    feature,
    words: 1,
    read: ({ named }) => [named.read(name) ?? 0],
    write: ({ named }, [value]) => named.write(name, value),
  };
}

/** A vector register of `words` words, from d0's lower one on. */
function vector(name: string, first: number, words: number): Access {
  const slot = ArmSlot.D0 + first;
  return {
    name,
    feature: VFP,
    words,
    read: ({ env }) => [...env.subarray(slot, slot + words)],
    write: ({ env }, values) => env.set(values.slice(0, words), slot),
  };
}

/**
 * Names that QEMU gives in its description of system registers where they are not the architecture's: those of AArch64
 * which are the same register.
 */
const QEMU_NAMES: Readonly<Record<string, string>> = {
  ADFSR: 'AFSR0_EL1',
  AIFSR: 'AFSR1_EL1',
  TTBR0: 'TTBR0_EL1',
  TTBR1: 'TTBR1_EL1',
  ACTLR: 'ACTLR_EL1',
  CONTEXTIDR: 'CONTEXTIDR_EL1',
  PRRR: 'MAIR0',
  NMRR: 'MAIR1',
  DBGDSCRext: 'MDSCR_EL1',
  OSLSR: 'OSLSR_EL1',
  OSDLR: 'OSDLR_EL1',
};

/** Registers without a state of their own, which QEMU does not describe. */
const NOT_DESCRIBED =
  /^(MPIDR|REVIDR|MIDR_alias.*|ID_PFR1|CCSIDR|ISR|ID_RAZ_.*|PMXEV.*|PMSWINC|PMINTENCLR|TLB_LOCK.*|DBGDCCINT|DBGVCR)$/;

function system(register: CpRegister): Access[] {
  const { name, kind, privileged } = register;
  if (kind === CpKind.Nop || kind === CpKind.Wfi || !privileged.includes('r') || NOT_DESCRIBED.test(name)) return [];
  const shown = QEMU_NAMES[name] ?? (/^DBG[BW][VC]R\d$/.test(name) ? `${name}_EL1` : name);
  return [{ name: shown, feature: SYSTEM, words: 1, read: ({ access }) => [readCpRegister(register, access)] }];
}

const REGISTERS: readonly Access[] = [
  ...Array.from({ length: 13 }, (_, n) => word(`r${n}`, CORE)),
  ...['sp', 'lr', 'pc', 'cpsr'].map((name) => word(name, CORE)),
  ...Array.from({ length: 32 }, (_, n) => vector(`d${n}`, 2 * n, 2)),
  ...Array.from({ length: 16 }, (_, n) => vector(`q${n}`, 4 * n, 4)),
  word('fpscr', VFP),
  { name: 'fpsid', feature: VFP_SYSTEM, words: 1, read: ({ access }) => [access.model.fpsid] },
  word('fpexc', VFP_SYSTEM),
  ...CP_REGISTERS.flatMap(system),
];

/**
 * The registers that QEMU's gdbstub describes for this CPU, with its names and features, and their bytes as it has them:
 * what plugins list. System registers are read only there.
 */
export class ArmGdbRegisters {
  readonly list: readonly GdbRegister[] = REGISTERS;

  constructor(private readonly target: Target) {}

  /** The bytes of register `index` of {@link list}, little-endian. */
  read(index: number): Uint8Array {
    return new Uint8Array(Int32Array.from(REGISTERS[index].read(this.target)).buffer);
  }

  /** Writes register `index` from as many of `bytes` as it has; returns how many, 0 if it cannot be written. */
  write(index: number, bytes: Uint8Array): number {
    const { words, write } = REGISTERS[index];
    if (!write || bytes.length < 4 * words) return 0;
    write(this.target, [...new Int32Array(bytes.slice(0, 4 * words).buffer)]);
    return 4 * words;
  }
}
