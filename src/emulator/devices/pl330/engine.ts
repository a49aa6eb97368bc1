import type { BusMaster } from '../../device';
import type { IrqLine } from '../../irq';
import { DataFifo } from './fifo';
import { BurstOrder, BurstQueue } from './queue';
import {
  DEBUG_INSTRUCTIONS,
  INSTRUCTIONS,
  MAX_LENGTH,
  findInstruction,
  type BurstShape,
  type DmaController,
} from './instructions';
import { DmaThread, Fault, MANAGER, ThreadState } from './thread';

/** The controller's size as CR0 and CRD of the Zynq-7000 tell it (UG585 appendix B). */
const CHANNELS = 8;
const EVENTS = 16;
const PERIPHERALS = 4;
const QUEUE_DEPTH = 16;
/** As on QEMU: twice what CRD says. */
const FIFO_BYTES = 4096;
/** Stalls in a row after which a channel is taken to be locked up. */
const WATCHDOG = 1024;
/** Steps after which a program goes on later, in small portions: one without an end stops neither guest nor debugger. */
const BUDGET = 1 << 21;
const PORTION = 1 << 14;

/** Bytes: the largest that CCR can say. */
const MAX_BEAT = 128;
const BY_OPCODE = Array.from({ length: 256 }, (_, opcode) => findInstruction(INSTRUCTIONS, opcode));

export interface DmaInterrupts {
  readonly abort: IrqLine;
  /** By event; the ones beyond lead nowhere. */
  readonly events: readonly IrqLine[];
}

/** Runs the programs of the DMA-330: manager, channels, their queues and the data buffer. */
export class DmaEngine implements DmaController {
  readonly manager = new DmaThread(MANAGER);
  readonly channels = Array.from({ length: CHANNELS }, (_, index) => new DmaThread(index));
  readonly events = EVENTS;
  readonly peripherals = PERIPHERALS;
  /** INTEN: which events are interrupts. */
  interruptEnable = 0;
  /** INT_EVENT_RIS. */
  eventStatus = 0;
  /** INTMIS. */
  interruptStatus = 0;
  /** Whether programs were left off because the budget was used up. */
  unfinished = false;
  private readonly order = new BurstOrder();
  private readonly reads = new BurstQueue(QUEUE_DEPTH, this.order);
  private readonly writes = new BurstQueue(QUEUE_DEPTH, this.order);
  private readonly fifo = new DataFifo(FIFO_BYTES);
  /** The first n bytes of an instruction, and of a beat. */
  private readonly code = prefixes(MAX_LENGTH);
  private readonly beat = prefixes(MAX_BEAT);
  private faulting = 0;

  constructor(
    private readonly bus: BusMaster,
    private readonly interrupts: DmaInterrupts,
  ) {}

  reset(): void {
    for (const thread of [this.manager, ...this.channels]) thread.reset();
    for (const part of [this.order, this.reads, this.writes, this.fifo]) part.reset();
    this.interruptEnable = this.eventStatus = this.interruptStatus = this.faulting = 0;
    this.unfinished = false;
    this.interrupts.abort.set(false);
    for (const line of this.interrupts.events) line.set(false);
  }

  /**
   * Carries out one instruction for a thread: `bytes` from the opcode on.
   * @returns false when it is none that may come this way; the thread then has a fault
   */
  debug(thread: DmaThread, bytes: Uint8Array): boolean {
    const instruction = findInstruction(DEBUG_INSTRUCTIONS, bytes[0]);
    if (!instruction) {
      this.fault(thread, Fault.UndefinedInstruction | Fault.DebugInstruction);
      return false;
    }
    thread.stalled = false;
    instruction.execute(this, thread, bytes[0], bytes.subarray(1));
    if (thread.faults) thread.faults |= Fault.DebugInstruction;
    return true;
  }

  /** Lets every thread run until none gets on, in QEMU's order: one thread as long as it can, then the next. */
  run(): void {
    let budget = this.unfinished ? PORTION : BUDGET;
    const threads = [this.manager, ...this.channels];
    let progress: boolean;
    do {
      progress = false;
      for (const thread of threads) {
        while (this.cycle(thread)) {
          progress = true;
          if (--budget === 0) {
            this.unfinished = true;
            return;
          }
        }
        if (thread.state === ThreadState.Executing) this.fault(thread, Fault.Lockup);
      }
    } while (progress);
    this.unfinished = false;
  }

  /** INTCLR. */
  clearInterrupts(events: number): void {
    const cleared = events & this.interruptEnable;
    this.interrupts.events.forEach((line, n) => {
      if (this.interruptStatus & cleared & (1 << n)) line.set(false);
    });
    this.eventStatus &= ~cleared;
    this.interruptStatus &= ~cleared;
  }

  fault(thread: DmaThread, faults: number): void {
    thread.faults |= faults;
    if (thread.state === ThreadState.Faulting) return;
    thread.state = ThreadState.Faulting;
    if (++this.faulting === 1) this.interrupts.abort.set(true);
  }

  stop(thread: DmaThread): void {
    this.fifo.drop(thread.index);
    this.reads.drop(thread.index);
    this.writes.drop(thread.index);
    thread.state = ThreadState.Stopped;
  }

  kill(thread: DmaThread): void {
    if (thread.state === ThreadState.Faulting) {
      thread.faults = 0;
      if (--this.faulting === 0) this.interrupts.abort.set(false);
    }
    this.stop(thread);
  }

  pending(thread: DmaThread, where: 'reads' | 'writes' | 'data'): boolean {
    return (where === 'data' ? this.fifo : this[where]).has(thread.index);
  }

  queue(thread: DmaThread, where: 'reads' | 'writes', burst: BurstShape): boolean {
    return this[where].put({ ...burst, tag: thread.index });
  }

  signal(event: number): void {
    const bit = 1 << event;
    this.eventStatus |= bit;
    if (!(this.interruptEnable & bit)) return;
    this.interruptStatus |= bit;
    this.interrupts.events.at(event)?.set(true);
  }

  consume(thread: DmaThread, event: number): boolean {
    const bit = 1 << event;
    if (!(this.eventStatus & ~this.interruptEnable & bit)) return false;
    const others = this.channels.some(
      (other) => other !== thread && other.state === ThreadState.WaitingForEvent && other.event === event,
    );
    if (!others) this.eventStatus &= ~bit;
    return true;
  }

  /** An instruction of the thread, a beat of the read queue and one of the write queue. False when nothing was done. */
  private cycle(thread: DmaThread): boolean {
    const executed = this.instruction(thread);
    const read = this.readBeat();
    return this.writeBeat() || read || executed;
  }

  private instruction(thread: DmaThread): boolean {
    if (!thread.isActive) return false;
    thread.stalled = false;
    this.bus.read(thread.pc, this.code[1]);
    const opcode = this.code[1][0];
    const instruction = BY_OPCODE[opcode];
    if (!instruction) {
      this.fault(thread, Fault.UndefinedInstruction);
      return false;
    }
    const { length } = instruction;
    if (length > 1) this.bus.read((thread.pc + 1) >>> 0, this.code[length - 1]);
    instruction.execute(this, thread, opcode, this.code[length - 1]);
    if (!thread.stalled) {
      thread.pc = (thread.pc + length) >>> 0;
      thread.stalls = 0;
      return true;
    }
    if (thread.state === ThreadState.Executing && ++thread.stalls >= WATCHDOG) this.fault(thread, Fault.Lockup);
    return false;
  }

  private readBeat(): boolean {
    const burst = this.reads.due(-1);
    if (!burst || burst.size > this.fifo.free) return false;
    const data = this.beat[burst.size - (burst.address & (burst.size - 1))];
    this.bus.read(burst.address, data);
    this.fifo.push(data, burst.tag);
    if (burst.moves) burst.address = (burst.address + data.length) >>> 0;
    if (--burst.beats === 0) this.reads.remove(burst);
    return true;
  }

  private writeBeat(): boolean {
    const burst = this.writes.due(this.fifo.nextTag);
    if (!burst) return false;
    const data = this.beat[burst.size - (burst.address & (burst.size - 1))];
    const result = burst.zeros ? 'done' : this.fifo.take(data, burst.tag);
    if (burst.zeros) data.fill(0);
    if (result === 'done') {
      this.bus.write(burst.address, data);
      if (burst.moves) burst.address = (burst.address + data.length) >>> 0;
    } else if (result === 'empty') this.fault(this.channels[burst.tag], Fault.FifoEmpty);
    if (--burst.beats === 0) this.writes.remove(burst);
    return result === 'done';
  }
}

/** Views of one buffer: that at n has its first n bytes. */
function prefixes(length: number): readonly Uint8Array[] {
  const bytes = new Uint8Array(length);
  return Array.from({ length: length + 1 }, (_, n) => bytes.subarray(0, n));
}
