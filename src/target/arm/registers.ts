import { CP_REGISTERS, CpKind, type CpAccess, type CpRegister } from './cp15/registers';
import { ArmSlot, FPEXC_EN, Mode } from './cpu-state';
import { describePsr, readCpsr, registerSlot, spsrSlot, writeCpsr } from './psr';
import { describeDouble, describeFpscr, describeSingle } from './vfp/describe';
import { writeFpexc, writeFpscr } from './vfp/system';

/** A register as a debugger shows it. Values are unsigned 32-bit numbers. */
export interface RegisterValue {
  readonly name: string;
  /** `core`, `status`, `banked`, `system` or `vfp`. */
  readonly group: string;
  /** Of doublewords the lower half. */
  readonly value: number;
  /** The upper half of a doubleword. */
  readonly high?: number;
  /** The value spelled out, for status and floating-point registers. */
  readonly description?: string;
  readonly writable: boolean;
}

interface RegisterAccess {
  readonly name: string;
  readonly group: string;
  read(env: Int32Array): number;
  write(env: Int32Array, value: number): void;
  describe?(value: number): string;
}

const MODES: readonly [suffix: string, mode: Mode][] = [
  ['usr', Mode.User],
  ['fiq', Mode.Fiq],
  ['irq', Mode.Irq],
  ['svc', Mode.Supervisor],
  ['abt', Mode.Abort],
  ['und', Mode.Undefined],
];

function core(name: string, slot: number): RegisterAccess {
  return {
    name,
    group: 'core',
    read: (env) => env[slot],
    write: (env, value) => {
      env[slot] = slot === ArmSlot.PC ? value & ~1 : value;
    },
  };
}

function banked(name: string, slot: (env: Int32Array) => number, describe?: (value: number) => string): RegisterAccess {
  return {
    name,
    group: 'banked',
    read: (env) => env[slot(env)],
    write: (env, value) => {
      env[slot(env)] = value;
    },
    describe,
  };
}

/** The core, status and banked registers, in the order a debugger lists them. */
const REGISTERS: readonly RegisterAccess[] = [
  ...Array.from({ length: 13 }, (_, n) => core(`r${n}`, n)),
  core('sp', ArmSlot.SP),
  core('lr', ArmSlot.LR),
  core('pc', ArmSlot.PC),
  {
    name: 'cpsr',
    group: 'status',
    read: readCpsr,
    write: (env, value) => writeCpsr(env, value, -1, true),
    describe: describePsr,
  },
  {
    name: 'spsr',
    group: 'status',
    read: (env) => env[ArmSlot.Spsr],
    write: (env, value) => {
      env[ArmSlot.Spsr] = value;
    },
    describe: describePsr,
  },
  ...MODES.flatMap(([suffix, mode]) => [
    ...(mode === Mode.User || mode === Mode.Fiq
      ? [8, 9, 10, 11, 12].map((n) => banked(`r${n}_${suffix}`, (env) => registerSlot(env, n, mode)))
      : []),
    banked(`sp_${suffix}`, (env) => registerSlot(env, 13, mode)),
    banked(`lr_${suffix}`, (env) => registerSlot(env, 14, mode)),
    ...(mode === Mode.User ? [] : [banked(`spsr_${suffix}`, (env) => spsrSlot(env, mode), describePsr)]),
  ]),
];

/** Floating-point registers of 32 bits. */
const VFP_REGISTERS: readonly RegisterAccess[] = [
  {
    name: 'fpscr',
    group: 'vfp',
    read: (env) => env[ArmSlot.Fpscr],
    write: writeFpscr,
    describe: describeFpscr,
  },
  {
    name: 'fpexc',
    group: 'vfp',
    read: (env) => env[ArmSlot.Fpexc],
    write: writeFpexc,
    describe: (value) => (value & FPEXC_EN ? 'EN' : 'en'),
  },
  ...Array.from({ length: 32 }, (_, n): RegisterAccess => ({
    name: `s${n}`,
    group: 'vfp',
    read: (env) => env[ArmSlot.D0 + n],
    write: (env, value) => {
      env[ArmSlot.D0 + n] = value;
    },
    describe: describeSingle,
  })),
];

/** The words of doublewords, as scalars are written: `d16[1]`. */
const SCALARS: readonly RegisterAccess[] = Array.from({ length: 64 }, (_, n) => ({
  name: `d${n >>> 1}[${n & 1}]`,
  group: 'vfp',
  read: (env) => env[ArmSlot.D0 + n],
  write: (env, value) => {
    env[ArmSlot.D0 + n] = value;
  },
}));

/** d`n`; doublewords are read as wholes and written by way of their words, {@link SCALARS}. */
function doubleword(env: Int32Array, n: number): RegisterValue {
  const value = env[ArmSlot.D0 + 2 * n] >>> 0;
  const high = env[ArmSlot.D0 + 2 * n + 1] >>> 0;
  return { name: `d${n}`, group: 'vfp', value, high, description: describeDouble(value, high), writable: false };
}

const BY_NAME = new Map([...REGISTERS, ...VFP_REGISTERS, ...SCALARS].map((r) => [r.name, r]));
const ALIASES: Readonly<Record<string, string>> = { r13: 'sp', r14: 'lr', r15: 'pc', fp: 'r11', ip: 'r12', sl: 'r10' };

/** System registers that a debugger lists: those that hold or compute a value. */
const SYSTEM = new Map(
  CP_REGISTERS.filter(
    (r) => r.coproc === 15 && r.kind !== CpKind.Nop && r.privileged.includes('r') && !/_/.test(r.name),
  ).map((r): [string, CpRegister] => [r.name.toLowerCase(), r]),
);

/** Reads and writes a vCPU's registers by name. Writes take effect at the next instruction. */
export class ArmRegisters {
  constructor(
    private readonly env: Int32Array,
    private readonly access: CpAccess,
  ) {}

  /** The value of `name` (any case), unsigned, or undefined when there is no such register of 32 bits. */
  read(name: string): number | undefined {
    const key = canonical(name);
    const found = BY_NAME.get(key);
    if (found) return found.read(this.env) >>> 0;
    const system = SYSTEM.get(key);
    return system && this.readSystem(system) >>> 0;
  }

  /** Throws an Error that names the register when it does not exist or cannot be written. */
  write(name: string, value: number): void {
    const key = canonical(name);
    const found = BY_NAME.get(key);
    if (found) {
      found.write(this.env, value | 0);
      return;
    }
    const system = SYSTEM.get(key);
    if (!system) throw new Error(`there is no register '${name}'`);
    if (!isWritable(system)) {
      throw new Error(`register '${name}' cannot be written`);
    }
    system.write?.(this.access, value | 0);
  }

  /** All registers with their values. */
  all(): RegisterValue[] {
    const shown = ({ name, group, read, describe }: RegisterAccess): RegisterValue => {
      const value = read(this.env) >>> 0;
      return { name, group, value, description: describe?.(value), writable: true };
    };
    return [
      ...REGISTERS.map(shown),
      ...[...SYSTEM].map(([name, register]) => ({
        name,
        group: 'system',
        value: this.readSystem(register) >>> 0,
        writable: isWritable(register),
      })),
      ...VFP_REGISTERS.map(shown),
      ...Array.from({ length: 32 }, (_, n) => doubleword(this.env, n)),
    ];
  }

  private readSystem(register: CpRegister): number {
    return readCpRegister(register, this.access);
  }
}

/** The value of a coprocessor register as a debugger reads it. */
export function readCpRegister(register: CpRegister, access: CpAccess): number {
  return register.kind === CpKind.Constant
    ? (register.constant?.(access.model, access.cpuIndex) ?? 0)
    : (register.read?.(access) ?? 0);
}

function isWritable(register: CpRegister): boolean {
  return register.kind === CpKind.Register && register.privileged.includes('w');
}

function canonical(name: string): string {
  const key = name.toLowerCase();
  return ALIASES[key] ?? key;
}
