/** Something that answers bytes on an SPI bus. */
export interface SpiSlave {
  /** The chip select went active (true) or idle. */
  select(active: boolean): void;
  /** One byte out, one byte in. */
  exchange(byte: number): number;
}

// Serial flash Micron N25Q128 (128 Mbit); commands from its datasheet, table 18.
const SIZE = 16 << 20;
const SECTOR = 64 << 10;
const ID = [0x20, 0xba, 0x18];

const READ_ID = 0x9f;
const READ = 0x03;
const FAST_READ = 0x0b;
const READ_STATUS = 0x05;
const WRITE_ENABLE = 0x06;
const WRITE_DISABLE = 0x04;
const PAGE_PROGRAM = 0x02;
const SUBSECTOR_ERASE = 0x20;
const SECTOR_ERASE = 0xd8;
const BULK_ERASE = 0xc7;
const ADDRESS_BYTES = 3;

/** Erased at the start; memory for a sector is taken when it is first programmed. */
export class SpiFlash implements SpiSlave {
  private readonly sectors = new Map<number, Uint8Array>();
  private writeEnabled = false;
  private command: number | undefined;
  private address = 0;
  /** Bytes seen since the command byte. */
  private count = 0;
  private active = false;

  /** The byte at a flash address (taken modulo the size). */
  peek(address: number): number {
    const at = address % SIZE;
    return this.sectors.get(Math.floor(at / SECTOR))?.[at % SECTOR] ?? 0xff;
  }

  select(active: boolean): void {
    if (active === this.active) return;
    this.active = active;
    if (!active) this.finish();
    this.command = undefined;
    this.address = this.count = 0;
  }

  exchange(byte: number): number {
    if (this.command === undefined) {
      this.command = byte;
      if (byte === WRITE_ENABLE || byte === WRITE_DISABLE) this.writeEnabled = byte === WRITE_ENABLE;
      return 0;
    }
    const index = this.count++;
    switch (this.command) {
      case READ_ID:
        return ID[index] ?? 0;
      case READ_STATUS:
        return this.writeEnabled ? 2 : 0;
      case READ:
        return this.afterAddress(index, byte, ADDRESS_BYTES, () => this.peek(this.address++));
      case FAST_READ:
        return this.afterAddress(index, byte, ADDRESS_BYTES + 1, () => this.peek(this.address++));
      case PAGE_PROGRAM:
        return this.afterAddress(index, byte, ADDRESS_BYTES, () => this.program(byte));
      case SUBSECTOR_ERASE:
      case SECTOR_ERASE:
        return this.afterAddress(index, byte, ADDRESS_BYTES, () => 0);
      default:
        return 0;
    }
  }

  private afterAddress(index: number, byte: number, header: number, then: () => number): number {
    if (index >= header) return then();
    if (index < ADDRESS_BYTES) this.address = ((this.address << 8) | byte) & 0xffffff;
    return 0;
  }

  /** Programming clears bits only, and stays within a page of 256 bytes. */
  private program(byte: number): number {
    if (this.writeEnabled) {
      const key = Math.floor(this.address / SECTOR);
      const sector = this.sectors.get(key) ?? new Uint8Array(SECTOR).fill(0xff);
      this.sectors.set(key, sector);
      sector[this.address % SECTOR] &= byte;
    }
    this.address = (this.address & ~0xff) | ((this.address + 1) & 0xff);
    return 0;
  }

  /** Erasing starts when the chip select goes idle, and takes no time. */
  private finish(): void {
    const complete = this.count >= ADDRESS_BYTES;
    if (this.writeEnabled && this.command === BULK_ERASE) this.sectors.clear();
    if (this.writeEnabled && complete && this.command === SECTOR_ERASE)
      this.sectors.delete(Math.floor(this.address / SECTOR));
    if (this.writeEnabled && complete && this.command === SUBSECTOR_ERASE) {
      const start = (this.address % SECTOR) & ~0xfff;
      this.sectors.get(Math.floor(this.address / SECTOR))?.fill(0xff, start, start + 0x1000);
    }
    if (
      this.command === PAGE_PROGRAM ||
      this.command === SECTOR_ERASE ||
      this.command === SUBSECTOR_ERASE ||
      this.command === BULK_ERASE
    ) {
      this.writeEnabled = false;
    }
  }
}
