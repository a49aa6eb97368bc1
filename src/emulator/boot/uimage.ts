import { decodeUtf8 } from '../../common/utf8';

/** U-Boot's legacy image header: 64 bytes, big-endian numbers. */
const MAGIC = 0x27051956;
const HEADER_BYTES = 64;

/** ih_type, as far as something here loads it. */
export const enum ImageType {
  Kernel = 2,
  Ramdisk = 3,
  /** Loads where the loader wants it; the entry counts from there. */
  KernelNoload = 14,
}

/** ih_os of Linux. */
const OS_OFFSET = 28;
const OS_LINUX = 5;
const COMPRESSION = { none: 0, gzip: 1 } as const;
/** Bytes: QEMU unpacks no more either. */
const MAX_UNPACKED = 64 << 20;

/** Why an image cannot be loaded; the message says what is wrong in it. */
export class ImageError extends Error {}

/** Unpacks gzip data to at most `limit` bytes; throws an Error for bad data. */
export type Gunzip = (data: Uint8Array, limit: number) => Uint8Array;

export interface UImage {
  readonly name: string;
  readonly type: number;
  readonly isLinux: boolean;
  /** Where the data goes and where it is entered; for {@link ImageType.KernelNoload} relative to where it is put. */
  readonly load: number;
  readonly entry: number;
  /** Unpacked. */
  readonly data: Uint8Array;
}

export function isUImage(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && viewOf(bytes).getUint32(0) === MAGIC;
}

/** Whether an image that {@link isUImage} is to be started as Linux is. */
export function isLinuxUImage(bytes: Uint8Array): boolean {
  return bytes[OS_OFFSET] === OS_LINUX;
}

/** Reads an image that {@link isUImage}. Throws {@link ImageError} for a cut one and for a packing that is not known. */
export function parseUImage(bytes: Uint8Array, gunzip: Gunzip): UImage {
  const view = viewOf(bytes);
  const size = view.getUint32(12);
  if (HEADER_BYTES + size > bytes.length) {
    throw new ImageError(
      `the U-Boot image is cut: its header says ${size} bytes of data, ${bytes.length - HEADER_BYTES} are there`,
    );
  }
  const packed = bytes.subarray(HEADER_BYTES, HEADER_BYTES + size);
  const [type, compression] = [view.getUint8(30), view.getUint8(31)];
  const name = bytes.subarray(32, HEADER_BYTES);
  const end = name.indexOf(0);
  return {
    name: decodeUtf8(end < 0 ? name : name.subarray(0, end)),
    type,
    isLinux: isLinuxUImage(bytes),
    load: view.getUint32(16),
    entry: view.getUint32(20),
    data: unpack(packed, compression, gunzip),
  };
}

function unpack(data: Uint8Array, compression: number, gunzip: Gunzip): Uint8Array {
  if (compression === COMPRESSION.none) return data;
  if (compression !== COMPRESSION.gzip) {
    throw new ImageError(`the U-Boot image is packed in a way that is not known here (ih_comp ${compression})`);
  }
  try {
    return gunzip(data, MAX_UNPACKED);
  } catch (error) {
    throw new ImageError(
      `the U-Boot image cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
