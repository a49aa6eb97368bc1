/**
 * A device behind a range of physical addresses. One file per device, registers by their datasheet names.
 * Offsets and values are unsigned; sizes are 1, 2 or 4 bytes.
 */
export interface Device {
  /** The region's name as plugins see it (`qemu_plugin_hwaddr_device_name`). */
  readonly name: string;
  /** Bytes of address space that the device occupies. */
  readonly size: number;
  /**
   * Access widths in bytes that the registers take. An access outside of them is split or widened by the bus as QEMU's
   * memory core does. Default 1..4.
   */
  readonly access?: { readonly min: 1 | 2 | 4; readonly max: 1 | 2 | 4 };
  /** Access widths in bytes that the bus lets through to the device at all; any other is a bus error. Default 1..4. */
  readonly valid?: { readonly min: 1 | 2 | 4; readonly max: 1 | 2 | 4 };
  /** Throws {@link BusError} where the hardware answers with an error. */
  read(offset: number, size: number): number;
  write(offset: number, value: number, size: number): void;
  /**
   * How values can be sent to the register at `offset` with less ado than by {@link write}: absent where writes to it may do
   * anything that the CPU could notice, to a register, an interrupt line or the time of an event.
   */
  post?(offset: number): Post | undefined;
  /** Puts every register to its reset value. */
  reset(): void;
}

/**
 * Takes a value, a signed word of which as many lower bytes count as are written. False, with nothing done, where it has to be
 * written.
 */
export type Post = (value: number) => boolean;

/** The bus answered an access with an error: the vCPU takes an external abort. */
export class BusError {}

/** A byte stream's far end for a UART: what the guest sends, and what the user types. */
export interface CharBackend {
  /** One byte the guest transmitted. */
  transmit(byte: number): void;
  /** The next byte for the guest, or -1 when there is none now. */
  receive(): number;
}

/** A device's own way to memory, by unsigned physical address. What nothing answers reads as 0 and takes no writes. */
export interface BusMaster {
  read(address: number, into: Uint8Array): void;
  write(address: number, bytes: Uint8Array): void;
}

/** Guest time, derived from the count of executed instructions so that every run is reproducible. */
export interface VirtualClock {
  /** Nanoseconds since reset; during an access with the instruction that makes it. */
  nowNs(): number;
  /** Nanoseconds that an instruction takes; default 1. */
  readonly stepNs?: number;
}

/** Where devices and the board say what the user should know (QEMU's `-d guest_errors,unimp`). */
export interface GuestLog {
  unimplemented(message: string): void;
  guestError(message: string): void;
}
