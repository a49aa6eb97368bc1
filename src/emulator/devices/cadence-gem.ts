import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import { RegisterFile, type RegisterSpec } from './register-file';

// Gigabit Ethernet controller: Zynq-7000 TRM UG585 chapter 16 and appendix B.18.
const NET_CTRL = 0x000;
const INTR_STATUS = 0x024;
const INTR_EN = 0x028;
const INTR_DIS = 0x02c;
const INTR_MASK = 0x030;
const PHY_MAINT = 0x034;
const QUEUE_ENABLE = 0x600;
const QUEUE_DISABLE = 0x620;
const QUEUE_MASK = 0x640;
const QUEUE_1_CAUSES = 0xce6;

const SPECIFIC: readonly RegisterSpec[] = [
  { name: 'net_ctrl', offset: NET_CTRL, writable: 0xc19f },
  { name: 'net_cfg', offset: 0x004, reset: 0x80000 },
  { name: 'net_status', offset: 0x008, reset: 0x6, writable: 0 },
  { name: 'dma_cfg', offset: 0x010, reset: 0x20784, writable: 0x71ff0fff },
  { name: 'tx_status', offset: 0x014, writable: 0, clears: 0x1f7 },
  { name: 'rx_qbar', offset: 0x018, writable: 0xfffffffc },
  { name: 'tx_qbar', offset: 0x01c, writable: 0xfffffffc },
  { name: 'rx_status', offset: 0x020, writable: 0, clears: 0xf },
  { name: 'intr_status', offset: INTR_STATUS, writable: 0 },
  { name: 'intr_en', offset: INTR_EN, writable: 0xf8000000 },
  { name: 'intr_dis', offset: INTR_DIS, writable: 0xf8000000 },
  { name: 'intr_mask', offset: INTR_MASK, reset: 0x7ffffff, writable: 0 },
  { name: 'phy_maint', offset: PHY_MAINT },
  { name: 'tx_pauseq', offset: 0x03c, reset: 0xffff },
  { name: 'tx_partial_sf', offset: 0x040, reset: 0x3ff },
  { name: 'rx_partial_sf', offset: 0x044, reset: 0x3ff },
  { name: 'jumbo_max_len', offset: 0x048, reset: 0x2800, writable: 0x3fff },
  { name: 'module_id', offset: 0x0fc, reset: 0x20118, writable: 0 },
  { name: 'design_cfg1', offset: 0x280, reset: 0x2d00111 },
  { name: 'design_cfg2', offset: 0x284, reset: 0x2ab12800 },
  { name: 'design_cfg5', offset: 0x290, reset: 0x2f2045 },
  { name: 'design_cfg6', offset: 0x294, reset: 0x800000 },
  { name: 'intr_status_q1', offset: 0x400, writable: 0 },
  { name: 'intr_en_q1', offset: QUEUE_ENABLE, writable: 0 },
  { name: 'intr_dis_q1', offset: QUEUE_DISABLE, writable: 0 },
  { name: 'intr_mask_q1', offset: QUEUE_MASK, reset: QUEUE_1_CAUSES, writable: 0 },
];

/** The registers with the MAC address (two little-endian words) that the board gave to the controller. */
export function gemRegisters(macLow: number, macHigh: number): RegisterSpec[] {
  const named = new Map<number, RegisterSpec>(SPECIFIC.map((spec) => [spec.offset, spec]));
  named.set(0x088, { name: 'spec_addr1_bot', offset: 0x088, reset: macLow });
  named.set(0x08c, { name: 'spec_addr1_top', offset: 0x08c, reset: macHigh });
  return Array.from(
    { length: 0x800 / 4 },
    (_, i) => named.get(i * 4) ?? { name: `reg_${hex(i * 4, 3)}`, offset: i * 4 },
  );
}

const PHY_ADDRESS = 7;
/** Registers of the gigabit PHY (IEEE 802.3 clause 22) at reset; link up, auto-negotiation done. */
const PHY_RESET: Readonly<Record<number, number>> = {
  0: 0x1140,
  1: 0x796d,
  2: 0x0141,
  3: 0x0cc2,
  4: 0x01e1,
  5: 0xcde1,
  6: 0x000f,
  7: 0x2001,
  8: 0x40e6,
  9: 0x0300,
  10: 0x7c00,
  15: 0x3000,
  16: 0x0078,
  17: 0x7c00,
  19: 0x0c10,
  20: 0x0c60,
  24: 0x4100,
  26: 0x000a,
  27: 0x848b,
};
const PHY_CONTROL = 0;
/** Reset, auto-negotiation enable and restart: carried out at once and so never seen set. */
const PHY_CONTROL_TRANSIENT = 0x8000 | 0x1000 | 0x0200;

/** Registers of the controller and of its PHY. No network is connected: what is sent is dropped, and reported once. */
export class CadenceGem implements Device {
  readonly name = 'enet';
  readonly size = 0x800;
  private readonly registers: RegisterFile;
  private readonly phy = new Uint16Array(32);

  constructor(
    macLow: number,
    macHigh: number,
    private readonly log: GuestLog,
  ) {
    this.registers = new RegisterFile(gemRegisters(macLow, macHigh));
    this.resetPhy();
  }

  reset(): void {
    this.registers.reset();
    this.resetPhy();
  }

  read(offset: number): number {
    return this.registers.get(offset);
  }

  write(offset: number, value: number): void {
    const register = offset & ~3;
    const r = this.registers;
    r.write(register, value);
    switch (register) {
      case NET_CTRL:
        if (value & 0x200) this.log.unimplemented('cadence_gem: nothing is sent, for no network is connected');
        break;
      case INTR_EN:
        r.set(INTR_MASK, r.get(INTR_MASK) & ~value);
        break;
      case INTR_DIS:
        r.set(INTR_MASK, r.get(INTR_MASK) | value);
        break;
      case PHY_MAINT:
        this.phyAccess(value);
        break;
      default:
        if (register >= QUEUE_ENABLE && register < QUEUE_DISABLE - 4) {
          const mask = QUEUE_MASK + register - QUEUE_ENABLE;
          r.set(mask, r.get(mask) & ~value);
        } else if (register >= QUEUE_DISABLE && register < QUEUE_MASK - 4) {
          const mask = QUEUE_MASK + register - QUEUE_DISABLE;
          const causes = mask === QUEUE_MASK ? QUEUE_1_CAUSES : 0xffffffff;
          r.set(mask, r.get(mask) | (value & causes));
        }
    }
  }

  private resetPhy(): void {
    this.phy.fill(0);
    for (const [index, value] of Object.entries(PHY_RESET)) this.phy[Number(index)] = value;
  }

  /** A management frame: bits 29:28 operation, 27:23 PHY, 22:18 register, 15:0 data. */
  private phyAccess(frame: number): void {
    const index = (frame >>> 18) & 0x1f;
    const here = ((frame >>> 23) & 0x1f) === PHY_ADDRESS;
    switch ((frame >>> 28) & 3) {
      case 2:
        this.registers.set(PHY_MAINT, ((frame & 0xffff0000) | (here ? this.phy[index] : 0xffff)) >>> 0);
        break;
      case 1:
        if (!here) break;
        if (index !== PHY_CONTROL) {
          this.phy[index] = frame & 0xffff;
        } else {
          if (frame & 0x8000) this.resetPhy();
          this.phy[index] = frame & 0xffff & ~PHY_CONTROL_TRANSIENT;
        }
    }
  }
}
