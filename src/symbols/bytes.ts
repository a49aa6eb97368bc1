/**
 * A file is not what it should be: a malformed, truncated or foreign ELF, or broken debugging information in it.
 * The message says what and where.
 */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

/** `0x` and the number in lower-case hexadecimal. */
export function hex(value: number | bigint): string {
  return '0x' + value.toString(16);
}

/** UTF-8 to a string; a malformed sequence becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let i = start; i < end;) {
    const lead = bytes[i++];
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const extra = lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
    let code = extra === 3 ? lead & 0x07 : extra === 2 ? lead & 0x0f : lead & 0x1f;
    let taken = 0;
    while (taken < extra && i + taken < end && (bytes[i + taken] & 0xc0) === 0x80) {
      code = (code << 6) | (bytes[i + taken] & 0x3f);
      taken++;
    }
    if (extra === 0 || lead >= 0xf5 || taken < extra || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) {
      text += '\ufffd';
      continue;
    }
    i += taken;
    text += String.fromCodePoint(code);
  }
  return text;
}

/**
 * A bounds-checked cursor over a section or a file. Every read past the end is an {@link ElfError} that names the
 * place, so the readers above it need no checks of their own.
 */
export class ByteReader {
  private readonly view: DataView;

  /**
   * @param bytes the data
   * @param where its name in messages, as `.debug_line`
   * @param littleEndian the byte order of every multi-byte read
   * @param pos the offset of the first read
   * @param end the offset no read may pass
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly where: string,
    readonly littleEndian: boolean,
    public pos = 0,
    readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (end > bytes.length) throw this.error(`${where} is ${hex(bytes.length)} bytes, ${hex(end)} are needed`);
    if (pos > end || pos < 0) throw this.error(`offset ${hex(pos)} is outside ${where} (${hex(end)} bytes)`);
  }

  /** A reader of [start, end) of the same data. */
  range(start: number, end: number): ByteReader {
    return new ByteReader(this.bytes, this.where, this.littleEndian, start, end);
  }

  error(message: string): ElfError {
    return new ElfError(message);
  }

  private take(size: number): number {
    const at = this.pos;
    if (size > this.end - at || size < 0) {
      throw this.error(
        `${hex(size)} bytes at offset ${hex(at)} run past the end of ${this.where} (${hex(this.end)} bytes)`,
      );
    }
    this.pos = at + size;
    return at;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  skip(size: number): void {
    this.take(size);
  }

  seek(pos: number): void {
    if (pos < 0 || pos > this.end) {
      throw this.error(`offset ${hex(pos)} is outside ${this.where} (${hex(this.end)} bytes)`);
    }
    this.pos = pos;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  s8(): number {
    return this.view.getInt8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), this.littleEndian);
  }

  s16(): number {
    return this.view.getInt16(this.take(2), this.littleEndian);
  }

  u24(): number {
    const at = this.take(3);
    const [a, b, c] = [this.bytes[at], this.bytes[at + 1], this.bytes[at + 2]];
    return this.littleEndian ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.littleEndian);
  }

  s32(): number {
    return this.view.getInt32(this.take(4), this.littleEndian);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), this.littleEndian);
  }

  s64(): bigint {
    return this.view.getBigInt64(this.take(8), this.littleEndian);
  }

  /** A 64-bit offset, address or size that must fit a number exactly. */
  u64AsNumber(): number {
    const at = this.pos;
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.error(`${hex(value)} at offset ${hex(at)} of ${this.where} is too large for this reader`);
    }
    return Number(value);
  }

  /** An unsigned value of 1, 2, 4 or 8 bytes. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 4:
        return this.u32();
      case 8:
        return this.u64AsNumber();
      default:
        throw this.error(`a value of ${size} bytes at offset ${hex(this.pos)} of ${this.where} has no meaning`);
    }
  }

  /** Unsigned LEB128; exact below 2^53 (DWARF 5, section 7.6). */
  uleb(): number {
    let result = 0;
    let scale = 1;
    for (let count = 0; count < 16; count++) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 128;
    }
    throw this.error(`a LEB128 number before offset ${hex(this.pos)} of ${this.where} does not end`);
  }

  /** Signed LEB128; exact below 2^53 (DWARF 5, section 7.6). */
  sleb(): number {
    let result = 0;
    let scale = 1;
    for (let count = 0; count < 16; count++) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        if (!(byte & 0x40)) return result;
        // A negative number of up to 10 bytes: for the widest ones let BigInt do the exact wrap-around.
        return count < 7 ? result - scale : Number(BigInt.asIntN(64, this.bigLeb(count + 1)));
      }
    }
    throw this.error(`a LEB128 number before offset ${hex(this.pos)} of ${this.where} does not end`);
  }

  /** The LEB128 number of `length` bytes just read, sign-extended, exactly. */
  private bigLeb(length: number): bigint {
    let result = 0n;
    for (let i = 0; i < length; i++) {
      result |= BigInt(this.bytes[this.pos - length + i] & 0x7f) << BigInt(7 * i);
    }
    return BigInt.asIntN(7 * length, result);
  }

  /** A NUL-terminated UTF-8 string; the cursor moves past the NUL. */
  cstring(): string {
    const start = this.pos;
    const nul = this.bytes.indexOf(0, start);
    if (nul < 0 || nul >= this.end) {
      throw this.error(`the string at offset ${hex(start)} of ${this.where} has no end`);
    }
    this.pos = nul + 1;
    return decodeUtf8(this.bytes, start, nul);
  }

  /** Moves past a NUL-terminated string. */
  skipCString(): void {
    const nul = this.bytes.indexOf(0, this.pos);
    if (nul < 0 || nul >= this.end) {
      throw this.error(`the string at offset ${hex(this.pos)} of ${this.where} has no end`);
    }
    this.pos = nul + 1;
  }

  /** `size` bytes, shared with the data. */
  block(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }
}
