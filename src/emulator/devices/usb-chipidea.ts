import type { Device } from '../device';
import { RegisterFile, registerRun, type RegisterSpec } from './register-file';

// USB controller: Zynq-7000 TRM UG585 chapter 15 and appendix B.34; EHCI 1.0 for the operational registers.
const USBCMD = 0x00;
const USBSTS = 0x04;
const USBCMD_RUN = 1;
const USBCMD_RESET = 2;
const USBSTS_HALTED = 0x1000;
const RO = { writable: 0 } as const;

/** One of the controller's register blocks: QEMU maps each as a region with a name of its own. */
export interface UsbBlock {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Access widths that the block answers. */
  readonly narrow: boolean;
  readonly registers: readonly RegisterSpec[];
}

export const USB_BLOCKS: readonly UsbBlock[] = [
  { name: 'usb-chipidea.misc', offset: 0x000, size: 0x100, narrow: true, registers: registerRun('MISC', 0, 64, RO) },
  {
    name: 'capabilities',
    offset: 0x100,
    size: 0x10,
    narrow: true,
    registers: [
      { name: 'CAPLENGTH_HCIVERSION', offset: 0x0, reset: 0x1000040, ...RO },
      { name: 'HCSPARAMS', offset: 0x4, reset: 0x1, ...RO },
      { name: 'HCCPARAMS', offset: 0x8, reset: 0x80, ...RO },
      { name: 'HCSP_PORTROUTE', offset: 0xc, ...RO },
    ],
  },
  {
    name: 'usb-chipidea.dc',
    offset: 0x120,
    size: 0x8,
    narrow: true,
    registers: [
      { name: 'DCIVERSION', offset: 0x0, reset: 0x1, ...RO },
      { name: 'DCCPARAMS', offset: 0x4, reset: 0x100, ...RO },
    ],
  },
  {
    name: 'operational',
    offset: 0x140,
    size: 0x44,
    narrow: false,
    registers: [
      { name: 'USBCMD', offset: USBCMD, reset: 0x80000 },
      { name: 'USBSTS', offset: USBSTS, reset: USBSTS_HALTED, writable: 0, clears: 0x3f },
      { name: 'USBINTR', offset: 0x08, writable: 0x3f },
      { name: 'FRINDEX', offset: 0x0c, writable: 0x3ff8 },
      { name: 'CTRLDSSEGMENT', offset: 0x10 },
      { name: 'PERIODICLISTBASE', offset: 0x14 },
      { name: 'ASYNCLISTADDR', offset: 0x18 },
      ...registerRun('RESERVED', 0x1c, 9),
      { name: 'CONFIGFLAG', offset: 0x40, writable: 1 },
    ],
  },
  {
    name: 'ports',
    offset: 0x184,
    size: 0x4,
    narrow: false,
    registers: [{ name: 'PORTSC1', offset: 0, reset: 0x1000, writable: 0x7011c0 }],
  },
  {
    name: 'usb-chipidea.endpoints',
    offset: 0x1a4,
    size: 0x3c,
    narrow: true,
    registers: registerRun('ENDPT', 0, 15, RO),
  },
];

/** Registers of one block. No USB device is ever attached, so schedules are not run. */
class UsbRegisters implements Device {
  readonly name: string;
  readonly size: number;
  readonly valid: Device['valid'];
  private readonly registers: RegisterFile;

  constructor(private readonly block: UsbBlock) {
    this.name = block.name;
    this.size = block.size;
    if (!block.narrow) this.valid = { min: 4, max: 4 };
    this.registers = new RegisterFile(block.registers);
  }

  reset(): void {
    this.registers.reset();
  }

  read(offset: number): number {
    if (this.block.name === 'usb-chipidea.dc' && offset & 3) return 0;
    return this.registers.get(offset) >>> ((offset & 3) * 8);
  }

  write(offset: number, value: number): void {
    if (this.block.name === 'operational' && offset === USBCMD) this.command(value);
    else this.registers.write(offset, value);
  }

  private command(value: number): void {
    if (value & USBCMD_RESET) {
      this.registers.reset();
      return;
    }
    this.registers.set(USBCMD, value);
    const status = this.registers.get(USBSTS);
    this.registers.set(USBSTS, value & USBCMD_RUN ? status & ~USBSTS_HALTED : status | USBSTS_HALTED);
  }
}

/** The blocks of one controller, with their offsets from its base. */
export function usbChipidea(): { offset: number; device: Device }[] {
  return USB_BLOCKS.map((block) => ({ offset: block.offset, device: new UsbRegisters(block) }));
}
