import { decodeUtf8, encodeUtf8 } from '../../common/utf8';

/** A plugin's memory: little-endian, addresses in bytes. It may grow at any call into the plugin. */
export class PluginMemory {
  private buffer: ArrayBufferLike = new ArrayBuffer(0);
  private view = new DataView(this.buffer);
  private u8 = new Uint8Array(this.buffer);

  /** @param object the WebAssembly.Memory */
  constructor(readonly object: { readonly buffer: ArrayBufferLike }) {}

  /** The bytes as they are now. */
  get bytes(): Uint8Array {
    this.refresh();
    return this.u8;
  }

  private refresh(): void {
    if (this.buffer === this.object.buffer) return;
    this.buffer = this.object.buffer;
    this.view = new DataView(this.buffer);
    this.u8 = new Uint8Array(this.buffer);
  }

  private get data(): DataView {
    this.refresh();
    return this.view;
  }

  u16(at: number): number {
    return this.data.getUint16(at >>> 0, true);
  }
  u32(at: number): number {
    return this.data.getUint32(at >>> 0, true);
  }
  u64(at: number): bigint {
    return this.data.getBigUint64(at >>> 0, true);
  }
  setU8(at: number, value: number): void {
    this.data.setUint8(at >>> 0, value);
  }
  setU16(at: number, value: number): void {
    this.data.setUint16(at >>> 0, value, true);
  }
  setU32(at: number, value: number): void {
    this.data.setUint32(at >>> 0, value, true);
  }
  setU64(at: number, value: bigint): void {
    this.data.setBigUint64(at >>> 0, value, true);
  }

  /** A view of `length` bytes, valid until the plugin is called again. */
  slice(at: number, length: number): Uint8Array {
    const { bytes } = this;
    const start = at >>> 0;
    if (start + length > bytes.length)
      throw new RangeError(`address 0x${start.toString(16)} lies outside of its memory`);
    return bytes.subarray(start, start + length);
  }

  /** The text that ends with a zero byte. */
  string(at: number): string {
    const { bytes } = this;
    const start = at >>> 0;
    const end = bytes.indexOf(0, start);
    if (end < 0) throw new RangeError(`a string at 0x${start.toString(16)} has no end`);
    return decodeUtf8(bytes.subarray(start, end));
  }

  /** Text of a known length in bytes. */
  text(at: number, length: number): string {
    return decodeUtf8(this.slice(at, length));
  }

  /** Puts text and its zero byte at `at`, which has room for {@link stringSize} bytes. */
  setString(at: number, text: string): void {
    const bytes = encodeUtf8(text);
    this.slice(at, bytes.length + 1).set(bytes);
    this.setU8(at + bytes.length, 0);
  }
}

/** Bytes that a text takes in C, its zero byte included. */
export function stringSize(text: string): number {
  return encodeUtf8(text).length + 1;
}
