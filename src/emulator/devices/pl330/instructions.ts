import { Fault, ThreadState, type DmaThread } from './thread';

/** What instructions do to the controller they run in. */
export interface DmaController {
  readonly channels: readonly DmaThread[];
  readonly events: number;
  readonly peripherals: number;
  fault(thread: DmaThread, faults: number): void;
  /** Ends a thread: its data and bursts are dropped. */
  stop(thread: DmaThread): void;
  /** Ends a thread and forgets its faults. */
  kill(thread: DmaThread): void;
  /** Whether bursts of the thread wait in the queue, or its data in the buffer. */
  pending(thread: DmaThread, where: 'reads' | 'writes' | 'data'): boolean;
  /** False when the queue is full. */
  queue(thread: DmaThread, where: 'reads' | 'writes', burst: BurstShape): boolean;
  /** An event or interrupt, by what INTEN says. */
  signal(event: number): void;
  /** Takes an event that was signalled, unless other channels wait for it as well. False when there is none. */
  consume(thread: DmaThread, event: number): boolean;
}

export interface BurstShape {
  readonly address: number;
  readonly size: number;
  readonly beats: number;
  readonly moves: boolean;
  readonly zeros: boolean;
}

/** One row of the instruction set; `args` are the bytes after the opcode. */
export interface DmaInstruction {
  readonly name: string;
  readonly value: number;
  readonly mask: number;
  /** Bytes. */
  readonly length: number;
  execute(controller: DmaController, thread: DmaThread, opcode: number, args: Uint8Array): void;
}

type Meaning = DmaInstruction['execute'];

/** An operand `nnnnn000` below a limit; -1 and a fault otherwise. */
function field(c: DmaController, t: DmaThread, byte: number, limit: number, zeros = 7): number {
  if (byte & zeros || byte >>> 3 >= limit) {
    c.fault(t, Fault.InvalidOperand);
    return -1;
  }
  return byte >>> 3;
}

function peripheral(c: DmaController, t: DmaThread, byte: number): number {
  const number = field(c, t, byte, c.peripherals);
  if (number < 0 || !t.nonSecure) return number;
  // CR4 says that every peripheral is secure.
  c.fault(t, Fault.PeripheralSecurity);
  return -1;
}

function event(c: DmaController, t: DmaThread, byte: number, zeros: number): number {
  const number = field(c, t, byte, c.events, zeros);
  if (number < 0 || !t.nonSecure) return number;
  // CR3 says that every event is secure.
  c.fault(t, Fault.EventSecurity);
  return -1;
}

const enum Form {
  Single = 1,
  Invalid = 2,
  Burst = 3,
}

/** Whether the form `bs` of the opcode is one to carry out: single and burst forms depend on the last request. */
function applies(c: DmaController, t: DmaThread, opcode: number): boolean {
  const form: Form = opcode & 3;
  if (form === Form.Invalid) {
    c.fault(t, Fault.InvalidOperand);
    return false;
  }
  return !(form === Form.Single && t.burstRequest) && !(form === Form.Burst && !t.burstRequest);
}

/** The address behind a burst: a first beat at an unaligned address is shorter. */
function behind({ address, size, beats, moves, zeros }: BurstShape): number {
  if (!moves) return address;
  return (address + size * beats - (zeros ? 0 : address & (size - 1))) >>> 0;
}

const load: Meaning = (c, t, opcode) => {
  if (!applies(c, t, opcode)) return;
  const burst = {
    address: t.source,
    size: 1 << ((t.control >>> 1) & 7),
    beats: (opcode & 3) === Form.Single ? 1 : ((t.control >>> 4) & 15) + 1,
    moves: (t.control & 1) !== 0,
    zeros: false,
  };
  t.stalled = !c.queue(t, 'reads', burst);
  if (!t.stalled) t.source = behind(burst);
};

function put(c: DmaController, t: DmaThread, zeros: boolean): void {
  const burst = {
    address: t.destination,
    size: 1 << ((t.control >>> 15) & 7),
    // All beats also in the form for a single transfer, as on QEMU.
    beats: ((t.control >>> 18) & 15) + 1,
    moves: (t.control & (1 << 14)) !== 0,
    zeros,
  };
  t.stalled = !c.queue(t, 'writes', burst);
  // With zeros the address moves on at each try, also while the queue is full, as on QEMU.
  if (!t.stalled || zeros) t.destination = behind(burst);
}

const store: Meaning = (c, t, opcode) => {
  if (applies(c, t, opcode)) put(c, t, false);
};

const forPeripheral =
  (transfer: Meaning): Meaning =>
  (c, t, opcode, args) => {
    if (peripheral(c, t, args[0]) >= 0) transfer(c, t, opcode, args);
  };

const addHalfword =
  (negative: boolean): Meaning =>
  (c, t, opcode, args) => {
    const value = args[0] | (args[1] << 8) | (negative ? 0xffff0000 : 0);
    if (opcode & 2) t.destination = (t.destination + value) >>> 0;
    else t.source = (t.source + value) >>> 0;
  };

function word(args: Uint8Array, at: number): number {
  return (args[at] | (args[at + 1] << 8) | (args[at + 2] << 16) | (args[at + 3] << 24)) >>> 0;
}

const move: Meaning = (c, t, _opcode, args) => {
  const value = word(args, 1);
  switch (args[0]) {
    case 0:
      t.source = value;
      break;
    case 1:
      t.control = value;
      break;
    case 2:
      t.destination = value;
      break;
    default:
      c.fault(t, Fault.InvalidOperand);
  }
};

const go: Meaning = (c, t, opcode, args) => {
  if (!t.isManager) return c.fault(t, Fault.UndefinedInstruction);
  const channel = c.channels.at(args[0]);
  if (!channel || channel.state !== ThreadState.Stopped) return c.fault(t, Fault.InvalidOperand);
  const nonSecure = (opcode & 2) !== 0;
  if (t.nonSecure && !nonSecure) return c.fault(t, Fault.GoSecurity);
  channel.nonSecure = nonSecure;
  channel.pc = word(args, 1);
  channel.state = ThreadState.Executing;
};

const end: Meaning = (c, t) => {
  const busy = c.pending(t, 'data') || c.pending(t, 'reads') || c.pending(t, 'writes');
  if (t.state === ThreadState.Executing && !t.isManager && busy) t.stalled = true;
  else c.stop(t);
};

const loop: Meaning = (_c, t, opcode, args) => {
  t.counters[(opcode >>> 1) & 1] = args[0];
};

const loopEnd: Meaning = (c, t, opcode, args) => {
  if (!applies(c, t, opcode)) return;
  const counter = (opcode >>> 2) & 1;
  const counted = (opcode & 0x10) !== 0;
  if (counted && t.counters[counter] === 0) return;
  if (counted) t.counters[counter]--;
  // The length of this instruction is added afterwards.
  t.pc = (t.pc - args[0] - 2) >>> 0;
};

const barrier =
  (where: 'reads' | 'writes'): Meaning =>
  (c, t) => {
    t.stalled = c.pending(t, where);
    t.state = t.stalled ? ThreadState.AtBarrier : ThreadState.Executing;
  };

const waitForEvent: Meaning = (c, t, _opcode, args) => {
  const number = event(c, t, args[0], 5);
  if (number < 0) return;
  t.event = number;
  t.stalled = !c.consume(t, number);
  t.state = t.stalled ? ThreadState.WaitingForEvent : ThreadState.Executing;
};

/** No peripheral is connected, so none is busy and the wait is over at once, as on QEMU. */
const waitForPeripheral: Meaning = (c, t, opcode, args) => {
  if (peripheral(c, t, args[0]) < 0) return;
  const kind = opcode & 3;
  if (kind === 3) return c.fault(t, Fault.InvalidOperand);
  t.burstRequest = kind !== 0;
  t.waitKind = [0, 2, 1][kind];
};

const row = (name: string, value: number, mask: number, length: number, execute: Meaning): DmaInstruction => ({
  name,
  value,
  mask,
  length,
  execute,
});

/** Arm DDI 0424, chapter 4: the first row that matches the opcode, in the manager and in channels. */
export const INSTRUCTIONS: readonly DmaInstruction[] = [
  row('DMAADDH', 0x54, 0xfd, 3, addHalfword(false)), // 010101a0
  row('DMAADNH', 0x5c, 0xfd, 3, addHalfword(true)), // 010111a0
  row('DMAEND', 0x00, 0xff, 1, end), // 00000000
  row('DMAFLUSHP', 0x35, 0xff, 2, (c, t, _opcode, args) => void peripheral(c, t, args[0])), // 00110101 ppppp000
  row('DMAGO', 0xa0, 0xfd, 6, go), // 101000n0 00000ccc
  row('DMALD', 0x04, 0xfc, 1, load), // 000001bs
  row('DMALDP', 0x25, 0xfd, 2, forPeripheral(load)), // 001001b1 ppppp000
  row('DMALP', 0x20, 0xfd, 2, loop), // 001000c0 iiiiiiii
  row('DMASTP', 0x29, 0xfd, 2, forPeripheral(store)), // 001010b1 ppppp000
  row('DMALPEND', 0x28, 0xe8, 2, loopEnd), // 001n1cbs jjjjjjjj
  row('DMAKILL', 0x01, 0xff, 1, (c, t) => c.kill(t)), // 00000001
  row('DMAMOV', 0xbc, 0xff, 6, move), // 10111100 00000rrr
  row('DMANOP', 0x18, 0xff, 1, () => undefined), // 00011000
  row('DMARMB', 0x12, 0xff, 1, barrier('reads')), // 00010010
  row('DMASEV', 0x34, 0xff, 2, (c, t, _opcode, args) => {
    const number = event(c, t, args[0], 7);
    if (number >= 0) c.signal(number);
  }), // 00110100 eeeee000
  row('DMAST', 0x08, 0xfc, 1, store), // 000010bs
  row('DMASTZ', 0x0c, 0xff, 1, (c, t) => put(c, t, true)), // 00001100
  row('DMAWFE', 0x36, 0xff, 2, waitForEvent), // 00110110 eeeee0i0
  row('DMAWFP', 0x30, 0xfc, 2, waitForPeripheral), // 001100bp ppppp000
  row('DMAWMB', 0x13, 0xff, 1, barrier('writes')), // 00010011
];

/** Those that the debug registers may hold (Arm DDI 0424, 2.5.1). */
const DEBUG_NAMES = new Set(['DMAGO', 'DMAKILL', 'DMASEV']);
export const DEBUG_INSTRUCTIONS = INSTRUCTIONS.filter(({ name }) => DEBUG_NAMES.has(name));

/** The longest instruction, in bytes. */
export const MAX_LENGTH = 6;

export function findInstruction(table: readonly DmaInstruction[], opcode: number): DmaInstruction | undefined {
  return table.find(({ value, mask }) => (opcode & mask) === value);
}
