import type { AddressSpace } from '../address-space';
import type { CacheMaintenance } from '../cache-maintenance';
import type { BusMaster, CharBackend, GuestLog, VirtualClock } from '../device';
import type { IrqLine } from '../irq';

/** The inputs of a CPU. */
export interface CpuInputs {
  readonly irq: IrqLine;
  readonly fiq: IrqLine;
  /** Whether the CPU stands still: it is held in reset or has no clock. */
  hold(held: boolean): void;
  /** The CPU has left reset: it begins at its reset vector. */
  reset(): void;
}

/** Code in which CPUs but the first wait for the address to begin at, as the boot ROM leaves them. */
export interface WaitingCode {
  /** Physical. */
  readonly address: number;
  readonly words: readonly { readonly address: number; readonly value: number }[];
}

export interface BoardOptions {
  /** Bytes of main memory: `-m`. */
  readonly memoryBytes: number;
  /** First byte of the shared memory that the board may use for guest RAM. */
  readonly hostBase: number;
  readonly clock: VirtualClock;
  /** Memory and devices, for devices that read and write by themselves. */
  readonly bus: BusMaster;
  readonly log: GuestLog;
  /** `-serial` in order; a missing entry is a line that leads nowhere. */
  readonly serial: readonly (CharBackend | undefined)[];
  /** One per vCPU. */
  readonly cpus: readonly CpuInputs[];
  /** Number of the vCPU that makes the access which a device is asked to serve. */
  readonly currentCpu: () => number;
  /** Called when a device asks for a reset of the whole system. */
  readonly requestReset: () => void;
  /** Whether the board has its level 2 cache controller, which QEMU's does not have. Default false. */
  readonly l2c?: boolean;
  /** Told of operations of the level 2 cache controller. */
  readonly cacheMaintenance?: (event: CacheMaintenance) => void;
  /** Leave the state that the boot loader's `ps7_init` leaves (true), or the bare reset state. */
  readonly psInit: boolean;
}

/** What the loader of prebuilt kernels needs to know of a board. */
export interface BoardBoot {
  /** Main memory: its first address and its bytes. */
  readonly ramBase: number;
  readonly ramSize: number;
  /** The number in Linux's list of machines that a kernel gets in r1. */
  readonly machineId: number;
  /** Where the code is put that sets the board up for a kernel. */
  readonly setupAddress: number;
  /** The stores that it does, to a device's registers: their base and the offset of each. */
  readonly setupBase: number;
  readonly setupWrites: readonly { readonly offset: number; readonly value: number }[];
}

/** What a machine without CPUs is: the address map and the devices behind it. */
export interface Board {
  readonly space: AddressSpace;
  /**
   * What an access to an address where nothing answers does: true = a load reads 0 and a store is dropped (with a
   * message), false = external abort. QEMU's older machines ignore.
   */
  readonly ignoresBusErrors: boolean;
  readonly boot: BoardBoot;
  /** Where CPUs but the first wait when the boot loader's state is asked for; else they are held in reset. */
  readonly waitingCode: WaitingCode | undefined;
  /** Reset of every device, then the boot loader's settings where asked for. Does not touch RAM. */
  reset(): void;
  /** Fetches input, and does what timers have due: it may be called at any time without a change in what the guest sees. */
  poll(): void;
  /** Guest time in ns at which a device next wants {@link poll}; Infinity when none does. */
  nextEventNs(): number;
  /** Where guest time jumps to from that event on when QEMU's `-icount` is to be followed; undefined for nowhere. */
  secondJumpNs(): number | undefined;
}

/** A machine type as `-M` names it. */
export interface BoardType {
  readonly name: string;
  readonly description: string;
  readonly defaultCpu: string;
  readonly defaultMemoryBytes: number;
  readonly maxCpus: number;
  /** Bytes of shared memory that guest RAM of every kind takes. Throws {@link BoardError} for a size that the machine cannot have. */
  ramBytes(memoryBytes: number): number;
  create(options: BoardOptions): Board;
}

/** A setting that the machine cannot have. */
export class BoardError extends Error {}
