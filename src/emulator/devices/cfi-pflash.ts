import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';

// Parallel NOR flash with the AMD/Spansion command set, 8 bits wide (S29GL512-like); CFI: JEDEC JEP137.
const SIZE = 64 << 20;
const SECTOR = 128 << 10;
const UNLOCK_1 = 0x555;
const UNLOCK_2 = 0x2aa;
const COMMAND_ADDRESS = 0xfff;
const MANUFACTURER = 0x66;
const DEVICE = 0x22;

/** What the flash answers to reads, and which write it waits for. */
type Mode =
  'array' | 'unlock1' | 'unlock2' | 'autoselect' | 'query' | 'program' | 'erase' | 'eraseUnlock1' | 'eraseUnlock2';

/** The CFI table from its address 0x10: primary command set AMD, voltages and times, geometry of one region. */
function cfiTable(): ReadonlyMap<number, number> {
  const table = new Map<number, number>();
  const put = (address: number, ...bytes: number[]): void => bytes.forEach((byte, i) => table.set(address + i, byte));
  put(0x10, 0x51, 0x52, 0x59, 0x02, 0x00, 0x31, 0x00);
  put(0x1b, 0x27, 0x36, 0x00, 0x00, 0x07, 0x00, 0x09, 0x0c, 0x01, 0x00, 0x0a, 0x0d);
  put(0x27, Math.log2(SIZE), 0x02, 0x00, 0x00, 0x00, 0x01);
  const sectors = SIZE / SECTOR - 1;
  put(0x2d, sectors & 0xff, sectors >> 8, (SECTOR >> 8) & 0xff, SECTOR >> 16);
  put(0x40, 0x50, 0x52, 0x49, 0x31, 0x30);
  return table;
}

const CFI = cfiTable();

/** Holds zeros at the start, as the board has no image for it. A sector takes memory when it is first changed. */
export class CfiPflash implements Device {
  readonly name = 'zynq.pflash';
  readonly size = SIZE;
  readonly access = { min: 1, max: 1 } as const;
  private readonly sectors = new Map<number, Uint8Array>();
  private mode: Mode = 'array';

  constructor(private readonly log: GuestLog) {}

  reset(): void {
    this.mode = 'array';
  }

  read(offset: number): number {
    switch (this.mode) {
      case 'autoselect':
        return { 0: MANUFACTURER, 1: DEVICE }[offset & 0xff] ?? 0;
      case 'query':
        return CFI.get(offset & 0xff) ?? 0;
      default:
        return this.sectors.get(Math.floor(offset / SECTOR))?.[offset % SECTOR] ?? 0;
    }
  }

  write(offset: number, value: number): void {
    const at = offset & COMMAND_ADDRESS;
    if (value === 0xf0 && this.mode !== 'program') {
      this.mode = 'array';
      return;
    }
    switch (this.mode) {
      case 'array':
      case 'autoselect':
      case 'query':
        if (at === UNLOCK_1 && value === 0xaa) this.mode = 'unlock1';
        else if ((at & 0xff) === 0x55 && value === 0x98) this.mode = 'query';
        else this.unexpected(offset, value);
        break;
      case 'unlock1':
        this.expect(at === UNLOCK_2 && value === 0x55, 'unlock2', offset, value);
        break;
      case 'unlock2':
        if (at === UNLOCK_1 && value === 0x90) this.mode = 'autoselect';
        else if (at === UNLOCK_1 && value === 0xa0) this.mode = 'program';
        else this.expect(at === UNLOCK_1 && value === 0x80, 'erase', offset, value);
        break;
      case 'program':
        this.sector(offset)[offset % SECTOR] &= value;
        this.mode = 'array';
        break;
      case 'erase':
        this.expect(at === UNLOCK_1 && value === 0xaa, 'eraseUnlock1', offset, value);
        break;
      case 'eraseUnlock1':
        this.expect(at === UNLOCK_2 && value === 0x55, 'eraseUnlock2', offset, value);
        break;
      case 'eraseUnlock2':
        this.erase(offset, value);
        this.mode = 'array';
    }
  }

  private expect(fits: boolean, next: Mode, offset: number, value: number): void {
    this.mode = fits ? next : 'array';
    if (!fits) this.unexpected(offset, value);
  }

  private erase(offset: number, value: number): void {
    if (value === 0x30) this.sector(offset).fill(0xff);
    else if (value === 0x10) for (let at = 0; at < SIZE; at += SECTOR) this.sector(at).fill(0xff);
    else this.unexpected(offset, value);
  }

  private sector(offset: number): Uint8Array {
    const key = Math.floor(offset / SECTOR);
    const sector = this.sectors.get(key) ?? new Uint8Array(SECTOR);
    this.sectors.set(key, sector);
    return sector;
  }

  private unexpected(offset: number, value: number): void {
    this.log.guestError(`pflash: unexpected command ${hex(value, 2)} at offset ${hex(offset)}`);
  }
}
