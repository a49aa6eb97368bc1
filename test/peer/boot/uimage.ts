import { crc32 } from './crc32';

export interface UImageFields {
  readonly type: number;
  readonly os: number;
  readonly compression: number;
  readonly load: number;
  readonly entry: number;
  readonly name: string;
}

/** A file in U-Boot's legacy image format, as mkimage makes it. */
export function makeUImage(data: Uint8Array, fields: UImageFields): Uint8Array {
  const file = new Uint8Array(64 + data.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x27051956);
  view.setUint32(12, data.length);
  view.setUint32(16, fields.load);
  view.setUint32(20, fields.entry);
  view.setUint32(24, crc32(data));
  file.set([fields.os, 2, fields.type, fields.compression], 28);
  file.set(Buffer.from(fields.name.slice(0, 32)), 32);
  view.setUint32(4, crc32(file.subarray(0, 64)));
  file.set(data, 64);
  return file;
}
