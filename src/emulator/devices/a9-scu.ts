import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import { RegisterFile, type RegisterSpec } from './register-file';

// Snoop control unit: Cortex-A9 MPCore TRM (DDI 0407) 2.2.
const CPU_POWER_STATUS = 0x08;
const INVALIDATE = 0x0c;

/** Registers for a number of CPUs (1..4). */
export function scuRegisters(cpus: number): RegisterSpec[] {
  return [
    { name: 'Control', offset: 0x00, writable: 1 },
    // Bits 7:4: which CPUs take part in coherency; here all do. Tag RAMs of the smallest size.
    { name: 'Configuration', offset: 0x04, reset: (((1 << cpus) - 1) << 4) | (cpus - 1), writable: 0 },
    { name: 'CPU Power Status', offset: CPU_POWER_STATUS },
    { name: 'Invalidate All', offset: INVALIDATE, writable: 0 },
    { name: 'Filtering Start', offset: 0x40, writable: 0 },
    { name: 'Filtering End', offset: 0x44, writable: 0 },
  ];
}

export class A9Scu implements Device {
  readonly name = 'a9-scu';
  readonly size = 0x100;
  private readonly registers: RegisterFile;

  constructor(
    cpus: number,
    private readonly log: GuestLog,
  ) {
    this.registers = new RegisterFile(scuRegisters(cpus));
  }

  reset(): void {
    this.registers.reset();
  }

  read(offset: number): number {
    if (this.registers.spec(offset)?.offset === offset) return this.registers.get(offset);
    this.log.guestError(`a9-scu: read of an unknown register at offset ${hex(offset)}`);
    return 0;
  }

  write(offset: number, value: number): void {
    const spec = this.registers.spec(offset);
    if (spec?.offset === CPU_POWER_STATUS) {
      // A byte per CPU. On QEMU a narrow write to any of the four replaces them all, and so it does here.
      this.registers.set(offset, value);
    } else if (spec?.offset === offset) {
      this.registers.write(offset, value);
    } else {
      this.log.guestError(`a9-scu: write to an unknown register at offset ${hex(offset)}`);
    }
  }
}
