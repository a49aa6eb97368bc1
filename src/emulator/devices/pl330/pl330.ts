import { hex } from '../../../common/bits';
import type { BusMaster, Device, GuestLog, VirtualClock } from '../../device';
import { RegisterFile } from '../register-file';
import type { TimedDevice } from '../timed';
import { DmaEngine, type DmaInterrupts } from './engine';
import {
  CHANNEL,
  CONFIGURATION,
  CSR,
  DBGCMD,
  DBGINST0,
  DBGINST1,
  DBGSTATUS,
  DPC,
  DSR,
  FSRC,
  FSRD,
  FTR,
  FTRD,
  INTCLR,
  INTEN,
  INTMIS,
  INT_EVENT_RIS,
  PL330_REGISTERS,
} from './registers';
import { ThreadState, type DmaThread } from './thread';

/** Guest time until a program that used up its budget goes on. */
const PAUSE_NS = 1000;

/** The DMA-330: its registers; programs are carried out within the write that starts them, as on QEMU. */
export class Pl330 implements Device, TimedDevice {
  readonly name = 'dma';
  readonly size = 0x1000;
  private readonly registers = new RegisterFile(PL330_REGISTERS);
  private readonly engine: DmaEngine;
  private debugStatus = 0;
  private readonly debugInstruction = new Uint32Array(2);
  private resumesAt = Infinity;

  constructor(
    bus: BusMaster,
    interrupts: DmaInterrupts,
    private readonly clock: VirtualClock,
    private readonly log: GuestLog,
  ) {
    this.engine = new DmaEngine(bus, interrupts);
  }

  reset(): void {
    this.registers.reset();
    this.engine.reset();
    this.debugStatus = 0;
    this.debugInstruction.fill(0);
    this.resumesAt = Infinity;
  }

  nextEventNs(): number {
    return this.resumesAt;
  }

  poll(): void {
    if (this.engine.unfinished) this.run();
  }

  read(offset: number): number {
    // The configuration and identification registers answer anywhere in their word, the others only at its start.
    if (this.registers.spec(offset) && (offset >= CONFIGURATION || (offset & 3) === 0))
      return (offset >= CONFIGURATION ? this.registers.get(offset) : this.state(offset)) >>> 0;
    this.log.guestError(`pl330: read of an unknown register at offset ${hex(offset, 3)}`);
    return 0;
  }

  write(offset: number, value: number): void {
    switch (offset) {
      case INTEN:
        this.engine.interruptEnable = value;
        break;
      case INTCLR:
        this.engine.clearInterrupts(value);
        break;
      case DBGINST0:
      case DBGINST1:
        this.debugInstruction[(offset - DBGINST0) / 4] = value;
        break;
      case DBGCMD:
        if (value & 3) this.log.guestError(`pl330: write of the reserved command ${value & 3} to DBGCMD`);
        else this.debug();
        break;
      default:
        this.log.guestError(`pl330: write to an unknown or read-only register at offset ${hex(offset, 3)}`);
    }
  }

  private debug(): void {
    const [first, immediate] = this.debugInstruction;
    const { manager, channels } = this.engine;
    const bytes = Uint8Array.of(first >>> 16, first >>> 24, ...[0, 8, 16, 24].map((shift) => immediate >>> shift));
    const thread = first & 1 ? channels[(first >>> 8) & 7] : manager;
    this.debugStatus = this.engine.debug(thread, bytes) ? 0 : 1;
    this.run();
  }

  private run(): void {
    this.engine.run();
    this.resumesAt = this.engine.unfinished ? this.clock.nowNs() + PAUSE_NS : Infinity;
  }

  private state(offset: number): number {
    const { engine } = this;
    const { manager, channels } = engine;
    if (offset >= CHANNEL && offset < DBGSTATUS) {
      const { source, destination, control, counters } = channels[(offset - CHANNEL) >>> 5];
      return [source, destination, control, ...counters][(offset & 0x1f) >>> 2];
    }
    if (offset >= CSR) {
      const channel = channels[(offset - CSR) >>> 3];
      if (offset < CHANNEL) return offset & 4 ? channel.pc : channelStatus(channel);
    } else if (offset >= FTR) return channels[(offset - FTR) >>> 2].faults;
    switch (offset) {
      case DSR:
        return (manager.nonSecure ? 1 << 9 : 0) | (manager.event << 4) | manager.state;
      case DPC:
        return manager.pc;
      case INTEN:
        return engine.interruptEnable;
      case INT_EVENT_RIS:
        return engine.eventStatus;
      case INTMIS:
        return engine.interruptStatus;
      case FSRD:
        return Number(manager.state === ThreadState.Faulting);
      case FSRC:
        return channels.reduce((bits, { state, index }) => bits | (Number(state === ThreadState.Faulting) << index), 0);
      case FTRD:
        return manager.faults;
      case DBGSTATUS:
        return this.debugStatus;
      default:
        return 0;
    }
  }
}

function channelStatus({ nonSecure, waitKind, event, state }: DmaThread): number {
  return (nonSecure ? 1 << 21 : 0) | (waitKind << 14) | (event << 4) | state;
}
