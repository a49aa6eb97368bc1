/** What a datasheet's register table says of one 32-bit register. */
export interface RegisterSpec {
  readonly name: string;
  /** Byte offset in the device, a multiple of 4. */
  readonly offset: number;
  readonly reset?: number;
  /** Bits that a plain write changes; default all. A device may give a write more meaning than that. */
  readonly writable?: number;
  /** Bits that a write of one clears. */
  readonly clears?: number;
}

/** A run of like registers: `NAME0`, `NAME1`, … every `stride` bytes. */
export function registerRun(
  name: string,
  offset: number,
  count: number,
  rest: Omit<RegisterSpec, 'name' | 'offset'> = {},
  stride = 4,
): RegisterSpec[] {
  return Array.from({ length: count }, (_, i) => ({ ...rest, name: `${name}${i}`, offset: offset + i * stride }));
}

/** The 32-bit registers of a device, by byte offset. Values are unsigned. */
export class RegisterFile {
  private readonly values: Uint32Array;
  private readonly specs: (RegisterSpec | undefined)[];

  constructor(table: readonly RegisterSpec[]) {
    const words = 1 + Math.max(...table.map((spec) => spec.offset)) / 4;
    this.values = new Uint32Array(words);
    this.specs = new Array<RegisterSpec | undefined>(words).fill(undefined);
    for (const spec of table) {
      if (this.specs[spec.offset / 4]) throw new Error(`two registers at offset ${spec.offset}: ${spec.name}`);
      this.specs[spec.offset / 4] = spec;
    }
    this.reset();
  }

  /** The register that covers the byte offset, if there is one. */
  spec(offset: number): RegisterSpec | undefined {
    return this.specs[offset >>> 2];
  }

  reset(): void {
    this.specs.forEach((spec, index) => (this.values[index] = spec?.reset ?? 0));
  }

  /** Puts those registers to their reset values whose table states one; the others keep what they have. */
  resetStated(): void {
    this.specs.forEach((spec, index) => (this.values[index] = spec?.reset ?? this.values[index]));
  }

  /** The value of the register that covers the byte offset; 0 where there is none. */
  get(offset: number): number {
    return this.values[offset >>> 2] ?? 0;
  }

  /** Sets every bit, as hardware does. */
  set(offset: number, value: number): void {
    this.values[offset >>> 2] = value;
  }

  /** A write by software: the writable bits are taken, the write-one-to-clear bits cleared. */
  write(offset: number, value: number): void {
    const spec = this.spec(offset);
    if (!spec) return;
    const writable = spec.writable ?? 0xffffffff & ~(spec.clears ?? 0);
    const kept = this.get(offset) & ~writable & ~(value & (spec.clears ?? 0));
    this.set(offset, kept | (value & writable));
  }
}
