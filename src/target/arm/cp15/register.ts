import type { ArmModel } from '../models';

/** How a coprocessor register behaves. */
export enum CpKind {
  /** Reads give a value that never changes; writes, where allowed, are ignored and do not end the block. */
  Constant,
  /** Holds or computes a value: {@link CpRegister.read} and {@link CpRegister.write}. A write ends the block. */
  Register,
  /** Neither access does anything; a read leaves the destination as it was. Plugins see the instruction. */
  Nop,
  /** A write is a cache operation: nothing happens, but whoever models caches is told. */
  CacheMaintenance,
  /** A write waits for an interrupt. */
  Wfi,
}

/** What a register's behaviour may use. */
export interface CpAccess {
  readonly env: Int32Array;
  readonly model: ArmModel;
  readonly cpuIndex: number;
  readonly isUser: boolean;
  /** The TLB's entries are no longer right, or those of all vCPUs. */
  flushTlb(everywhere?: boolean): void;
  /** PAR after the translation of a virtual address for a privileged or unprivileged read or write. */
  translate(vaddr: number, write: boolean, user: boolean): number;
  /** CPU cycles since reset. */
  cycles(): number;
  /** A cache operation, by its name, with its operand. */
  cacheMaintenance(operation: string, operand: number): void;
  /** The guest asked for something this emulator does not do. */
  unimplemented(message: string): void;
  /** Raises the undefined instruction exception at the current instruction. */
  undefinedInstruction(): never;
}

export interface CpBehaviour {
  readonly kind: CpKind;
  readonly constant?: (model: ArmModel, cpuIndex: number) => number;
  readonly read?: (access: CpAccess) => number;
  readonly write?: (access: CpAccess, value: number) => void;
}

export interface CpRegister extends CpBehaviour {
  readonly name: string;
  /** Position in the table. */
  readonly index: number;
  /** As in `mrc coproc, opc1, Rt, crn, crm, opc2`; undefined stands for any value. */
  readonly coproc: number;
  readonly opc1: number | undefined;
  readonly crn: number;
  readonly crm: number | undefined;
  readonly opc2: number | undefined;
  /** Allowed accesses, of `r` and `w`, from privileged modes and from User mode. */
  readonly privileged: string;
  readonly user: string;
}

/** A constant of every model. */
export function value(constant: number): CpBehaviour {
  return { kind: CpKind.Constant, constant: () => constant };
}

export function modelConstant(constant: (model: ArmModel, cpuIndex: number) => number): CpBehaviour {
  return { kind: CpKind.Constant, constant };
}

/** A plain word in `slot`; writes change the bits of `mask`, the others read as 0. */
export function stored(slot: number, mask = -1): CpBehaviour {
  return {
    kind: CpKind.Register,
    read: ({ env }) => env[slot],
    write: ({ env }, v) => {
      env[slot] = v & mask;
    },
  };
}

/** A register with behaviour. */
export function register(read: CpBehaviour['read'], write?: CpBehaviour['write']): CpBehaviour {
  return { kind: CpKind.Register, read, write };
}

export const nop: CpBehaviour = { kind: CpKind.Nop };
export const cacheOperation: CpBehaviour = { kind: CpKind.CacheMaintenance };
