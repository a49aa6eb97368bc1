/** What a thread does now: the values of the status fields of DSR and CSR (Arm DDI 0424, 3.3). */
export const enum ThreadState {
  Stopped = 0,
  Executing = 1,
  WaitingForEvent = 4,
  AtBarrier = 5,
  WaitingForPeripheral = 7,
  Faulting = 15,
}

/** Bits of the fault type registers FTRD and FTR (Arm DDI 0424, 3.3). */
export const enum Fault {
  UndefinedInstruction = 1 << 0,
  InvalidOperand = 1 << 1,
  GoSecurity = 1 << 4,
  EventSecurity = 1 << 5,
  PeripheralSecurity = 1 << 6,
  FifoEmpty = 1 << 13,
  DebugInstruction = 1 << 30,
  Lockup = 1 << 31,
}

/** The number of the manager thread; channels count from 0. */
export const MANAGER = -1;

/** State of the manager or of a channel. Numbers are signed where they are only passed on, addresses unsigned. */
export class DmaThread {
  state = ThreadState.Stopped;
  pc = 0;
  source = 0;
  destination = 0;
  /** CCR. */
  control = 0;
  readonly counters: [number, number] = [0, 0];
  /** The event waited for last. */
  event = 0;
  nonSecure = false;
  faults = 0;
  /** What the last DMAWFP asked for: two bits as CSR shows them at 14. */
  waitKind = 0;
  /** Which forms of loads and stores are carried out: those for a burst, else those for a single transfer. */
  burstRequest = false;
  /** The instruction could not be carried out yet: the program counter stays. */
  stalled = false;
  /** Times in a row that it stalled while executing. */
  stalls = 0;

  constructor(readonly index: number) {}

  reset(): void {
    this.state = ThreadState.Stopped;
    this.pc = this.source = this.destination = this.control = 0;
    this.counters.fill(0);
    this.event = this.faults = this.waitKind = this.stalls = 0;
    this.nonSecure = this.burstRequest = this.stalled = false;
  }

  get isManager(): boolean {
    return this.index === MANAGER;
  }

  /** Whether it fetches instructions, if only to look again whether its wait is over. */
  get isActive(): boolean {
    switch (this.state) {
      case ThreadState.Executing:
      case ThreadState.WaitingForEvent:
      case ThreadState.AtBarrier:
      case ThreadState.WaitingForPeripheral:
        return true;
      default:
        return false;
    }
  }
}
