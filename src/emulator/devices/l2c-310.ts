import { hex } from '../../common/bits';
import type { CacheMaintenance } from '../cache-maintenance';
import type { Device, GuestLog } from '../device';
import { RegisterFile, type RegisterSpec } from './register-file';

// L2C-310 level 2 cache controller: TRM DDI 0246 chapter 3. Values are those of QEMU's boards that have one.
export const L2C310_REGISTERS: readonly RegisterSpec[] = [
  { name: 'cache_id', offset: 0x000, reset: 0x410000c8, writable: 0 },
  { name: 'cache_type', offset: 0x004, reset: 0x1c100100, writable: 0 },
  { name: 'control', offset: 0x100, writable: 1 },
  { name: 'aux_control', offset: 0x104, reset: 0x02020000 },
  { name: 'tag_ram_control', offset: 0x108 },
  { name: 'data_ram_control', offset: 0x10c },
  { name: 'addr_filtering_start', offset: 0xc00 },
  { name: 'addr_filtering_end', offset: 0xc04 },
  // Debug, prefetch and power control: read as zero.
  { name: 'debug_ctrl', offset: 0xf40, writable: 0 },
  { name: 'prefetch_ctrl', offset: 0xf60, writable: 0 },
  { name: 'power_ctrl', offset: 0xf80, writable: 0 },
];

/** Table 3-8 of DDI 0246. Operations are done at once, so each of these registers reads as 0: not busy. */
const OPERATIONS = new Map([
  [0x730, 'CacheSync'],
  [0x770, 'InvalidateByPA'],
  [0x77c, 'InvalidateByWay'],
  [0x7b0, 'CleanByPA'],
  [0x7b8, 'CleanByIndexWay'],
  [0x7bc, 'CleanByWay'],
  [0x7f0, 'CleanInvalidateByPA'],
  [0x7f8, 'CleanInvalidateByIndexWay'],
  [0x7fc, 'CleanInvalidateByWay'],
]);
const [FIRST_OPERATION, LAST_OPERATION] = [0x730, 0x7ff];

/** The registers of the level 2 cache controller. It holds no data; its operations are told to whoever models the cache. */
export class L2c310 implements Device {
  readonly name = 'l2x0_cc';
  readonly size = 0x1000;
  private readonly registers = new RegisterFile(L2C310_REGISTERS);

  constructor(
    private readonly maintenance: (event: CacheMaintenance) => void,
    private readonly log: GuestLog,
  ) {}

  reset(): void {
    this.registers.reset();
  }

  read(offset: number): number {
    if (offset >= FIRST_OPERATION && offset <= LAST_OPERATION) return 0;
    if (!this.registers.spec(offset) || offset & 3) {
      this.log.guestError(`l2c310: read of an unknown register at offset ${hex(offset, 3)}`);
      return 0;
    }
    return this.registers.get(offset);
  }

  write(offset: number, value: number): void {
    if (offset >= FIRST_OPERATION && offset <= LAST_OPERATION) {
      const operation = OPERATIONS.get(offset);
      if (operation) this.maintenance({ source: 'l2c', operation, value });
    } else if (!this.registers.spec(offset) || offset & 3) {
      this.log.guestError(`l2c310: write to an unknown register at offset ${hex(offset, 3)}`);
    } else this.registers.write(offset, value);
  }
}
