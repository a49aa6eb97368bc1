import type { Board } from '../../../src/emulator/boards/board';
import { XILINX_ZYNQ_A9 } from '../../../src/emulator/boards/xilinx-zynq-a9';
import { BusError } from '../../../src/emulator/device';

/** The board with everything around it under the test's control. */
export class TestBoard {
  readonly board: Board;
  now = 0;
  /** Each CPU's interrupt input. */
  readonly irqs: boolean[];
  /** What happened to the CPUs' reset and clocks. */
  readonly power: string[] = [];
  /** Whose accesses {@link read} and {@link write} are. */
  cpu = 0;
  resets = 0;
  readonly messages: string[] = [];
  /** Operations of the level 2 cache controller. */
  readonly maintenance: string[] = [];
  readonly sent: string[] = ['', ''];
  readonly typed: number[][] = [[], []];
  /** What devices that read and write by themselves see. */
  readonly memory = new Uint8Array(0x1100);

  constructor(options: { psInit?: boolean; memoryBytes?: number; l2c?: boolean; cpus?: number } = {}) {
    this.irqs = new Array<boolean>(options.cpus ?? 1).fill(false);
    this.board = XILINX_ZYNQ_A9.create({
      memoryBytes: options.memoryBytes ?? XILINX_ZYNQ_A9.defaultMemoryBytes,
      hostBase: 0x200000,
      clock: { nowNs: () => this.now },
      bus: {
        read: (address, into) => into.set(this.memory.subarray(address, address + into.length)),
        write: (address, bytes) => {
          if (address < 0x1000) this.memory.set(bytes, address);
        },
      },
      log: {
        unimplemented: (message) => void this.messages.push(message),
        guestError: (message) => void this.messages.push(message),
      },
      serial: [0, 1].map((line) => ({
        transmit: (byte) => void (this.sent[line] += String.fromCharCode(byte)),
        receive: () => this.typed[line].shift() ?? -1,
      })),
      cpus: this.irqs.map((_, cpu) => ({
        irq: { set: (level) => void (this.irqs[cpu] = level) },
        fiq: { set: () => undefined },
        hold: (held) => void this.power.push(`CPU${cpu} ${held ? 'held' : 'runs'}`),
        reset: () => void this.power.push(`CPU${cpu} reset`),
      })),
      currentCpu: () => this.cpu,
      requestReset: () => void this.resets++,
      psInit: options.psInit ?? false,
      l2c: options.l2c,
      cacheMaintenance: ({ operation }) => void this.maintenance.push(operation),
    });
    this.board.reset();
  }

  get irq(): boolean {
    return this.irqs[0];
  }

  type(line: 0 | 1, text: string): void {
    this.typed[line].push(...Buffer.from(text, 'latin1'));
  }

  /** A read as on a machine that ignores bus errors. */
  read(address: number, size = 4): number {
    const region = this.board.space.find(address);
    if (region?.kind !== 'mmio') return 0;
    try {
      return region.port.read(address - region.base, size);
    } catch (error) {
      if (error instanceof BusError) return 0;
      throw error;
    }
  }

  write(address: number, value: number, size = 4): void {
    const region = this.board.space.find(address);
    if (region?.kind !== 'mmio') return;
    try {
      region.port.write(address - region.base, value, size);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }
}
