/** Bytes that an API call writes to: what C plugins pass as a `GByteArray`. */
export class ByteArray {
  data: Uint8Array;

  constructor(bytes: ArrayLike<number> = []) {
    this.data = Uint8Array.from(bytes);
  }

  /** Bytes. */
  get len(): number {
    return this.data.length;
  }

  /** Makes it `length` bytes long: cut, or filled up with zeroes. */
  set_size(length: number): void {
    const next = new Uint8Array(length);
    next.set(this.data.subarray(0, length));
    this.data = next;
  }

  append(bytes: ArrayLike<number>): void {
    const next = new Uint8Array(this.data.length + bytes.length);
    next.set(this.data);
    next.set(bytes, this.data.length);
    this.data = next;
  }
}

/** `value` as a byte array, or a TypeError that names the API function. */
export function checkByteArray(value: unknown, api: string): ByteArray {
  if (value instanceof ByteArray) return value;
  throw new TypeError(`${api}: not a byte array that g_byte_array_new() made`);
}
