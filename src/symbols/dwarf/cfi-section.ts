import type { ByteReader } from '../bytes';
import { ElfError, hex } from '../bytes';
import type { DwarfSections } from './sections';
import { readUnitLength } from './sections';

/** The entries of .debug_frame and .eh_frame and the instructions in them. Source: DWARF 5, section 6.4. */

export type RegisterRule =
  | { readonly kind: 'undefined' | 'same' }
  /** Saved at CFA + offset. */
  | { readonly kind: 'offset'; readonly offset: number }
  /** The value is CFA + offset. */
  | { readonly kind: 'val_offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  /** Saved at the address the expression gives. */
  | { readonly kind: 'expression'; readonly bytes: Uint8Array }
  /** The value the expression gives. */
  | { readonly kind: 'val_expression'; readonly bytes: Uint8Array };

export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array };

/** The rules that hold at one address. */
export interface CfiRow {
  readonly cfa: CfaRule | undefined;
  /** By DWARF register number. */
  readonly registers: ReadonlyMap<number, RegisterRule>;
  readonly returnAddressRegister: number;
  readonly isSignalFrame: boolean;
}

interface Cie {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  readonly returnAddressRegister: number;
  readonly addressSize: number;
  /** Encoding of the FDE's pointers (.eh_frame), DW_EH_PE_absptr without. */
  readonly encoding: number;
  readonly hasAugmentationData: boolean;
  readonly isSignalFrame: boolean;
  readonly start: number;
  readonly end: number;
}

export interface Fde {
  readonly section: CfiSection;
  readonly cie: Cie;
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly end: number;
}

const DW_EH_PE_omit = 0xff;

export class CfiSection {
  private readonly cies = new Map<number, Cie | undefined>();

  constructor(
    private readonly sections: DwarfSections,
    private readonly name: string,
    private readonly isEh: boolean,
  ) {}

  readAll(fdes: Fde[]): void {
    const { sections } = this;
    sections.guard('', undefined, () => {
      const reader = sections.reader(this.name);
      while (!reader.done) {
        const start = reader.pos;
        if (this.isEh && reader.end - start >= 4 && reader.u32() === 0) continue;
        reader.seek(start);
        const { end, offsetSize } = readUnitLength(reader);
        const entry = reader.range(reader.pos, end);
        sections.guard('', undefined, () => {
          const fde = this.readEntry(entry, this.isEh ? 4 : offsetSize);
          if (fde) fdes.push(fde);
        });
        reader.seek(end);
      }
    });
  }

  private readEntry(reader: ByteReader, offsetSize: 4 | 8): Fde | undefined {
    const at = reader.pos;
    const id = offsetSize === 8 ? Number(reader.u64()) : reader.u32();
    const isCie = this.isEh ? id === 0 : offsetSize === 8 ? id >= 2 ** 64 - 1 : id === 0xffffffff;
    if (isCie) return undefined;
    const cie = this.cie(this.isEh ? at - id : id);
    if (!cie) return undefined;
    const low = this.pointer(reader, cie.encoding, cie.addressSize);
    const length = this.pointer(reader, cie.encoding & 0x0f, cie.addressSize);
    if (cie.hasAugmentationData) reader.skip(reader.uleb());
    return { section: this, cie, low, high: low + length, start: reader.pos, end: reader.end };
  }

  private cie(offset: number): Cie | undefined {
    if (!this.cies.has(offset)) {
      this.cies.set(
        offset,
        this.sections.guard('', undefined, () => this.readCie(offset)),
      );
    }
    return this.cies.get(offset);
  }

  private readCie(offset: number): Cie {
    const section = this.sections.reader(this.name, offset);
    const { end, offsetSize } = readUnitLength(section);
    const reader = section.range(section.pos, end);
    reader.skip(this.isEh ? 4 : offsetSize);
    const version = reader.u8();
    if (version !== 1 && version !== 3 && version !== 4) {
      throw new ElfError(`the CIE at offset ${hex(offset)} of ${this.name} has version ${version}, not 1, 3 or 4`);
    }
    const augmentation = reader.cstring();
    let { addressSize } = this.sections;
    if (version >= 4) {
      addressSize = reader.u8();
      reader.skip(1);
    }
    if (augmentation === 'eh') reader.skip(addressSize);
    const codeAlignment = reader.uleb();
    const dataAlignment = reader.sleb();
    const returnAddressRegister = version === 1 ? reader.u8() : reader.uleb();
    let encoding = 0;
    let isSignalFrame = false;
    const hasAugmentationData = augmentation.startsWith('z');
    if (hasAugmentationData) {
      const length = reader.uleb();
      const after = reader.pos + length;
      for (const letter of augmentation.slice(1)) {
        if (letter === 'R') encoding = reader.u8();
        else if (letter === 'L') reader.skip(1);
        else if (letter === 'P') this.pointer(reader, reader.u8(), addressSize);
        else if (letter === 'S') isSignalFrame = true;
        else if (letter !== 'B') break;
      }
      reader.seek(after);
    }
    return {
      codeAlignment,
      dataAlignment,
      returnAddressRegister,
      addressSize,
      encoding,
      hasAugmentationData,
      isSignalFrame,
      start: reader.pos,
      end,
    };
  }

  /** An encoded pointer of .eh_frame (DW_EH_PE_…). */
  private pointer(reader: ByteReader, encoding: number, addressSize: number): number {
    if (encoding === DW_EH_PE_omit) return 0;
    const at = reader.pos;
    let value: number;
    switch (encoding & 0x0f) {
      case 0x00:
        value = reader.unsigned(addressSize);
        break;
      case 0x01:
        value = reader.uleb();
        break;
      case 0x02:
        value = reader.u16();
        break;
      case 0x03:
        value = reader.u32();
        break;
      case 0x04:
      case 0x0c:
        value = reader.u64AsNumber();
        break;
      case 0x09:
        value = reader.sleb();
        break;
      case 0x0a:
        value = reader.s16();
        break;
      case 0x0b:
        value = reader.s32();
        break;
      default:
        throw new ElfError(
          `the pointer at offset ${hex(at)} of ${this.name} has the unknown encoding ${hex(encoding)}`,
        );
    }
    const base = encoding & 0x70;
    if (base === 0x10) value += (this.sections.elf.section(this.name)?.address ?? 0) + at;
    else if (base !== 0) {
      throw new ElfError(
        `the pointer at offset ${hex(at)} of ${this.name} has the unsupported encoding ${hex(encoding)}`,
      );
    }
    return addressSize === 4 ? value >>> 0 : value;
  }

  /** Runs the instructions of an FDE, those of its CIE first, up to an address. */
  execute(fde: Fde, pc: number): CfiRow {
    const { cie } = fde;
    const initial = new RowBuilder(this, cie, undefined);
    initial.run(this.sections.reader(this.name).range(cie.start, cie.end), fde.low, Infinity);
    const builder = new RowBuilder(this, cie, initial);
    builder.run(this.sections.reader(this.name).range(fde.start, fde.end), fde.low, pc);
    return {
      cfa: builder.cfa,
      registers: builder.registers,
      returnAddressRegister: cie.returnAddressRegister,
      isSignalFrame: cie.isSignalFrame,
    };
  }

  setLocation(reader: ByteReader, cie: Cie): number {
    return this.pointer(reader, cie.encoding, cie.addressSize);
  }
}

class RowBuilder {
  cfa: CfaRule | undefined;
  registers: Map<number, RegisterRule>;
  private readonly saved: { cfa: CfaRule | undefined; registers: Map<number, RegisterRule> }[] = [];

  constructor(
    private readonly section: CfiSection,
    private readonly cie: Cie,
    private readonly initial: RowBuilder | undefined,
  ) {
    this.cfa = initial?.cfa;
    this.registers = new Map(initial?.registers);
  }

  private restore(register: number): void {
    const rule = this.initial?.registers.get(register);
    if (rule) this.registers.set(register, rule);
    else this.registers.delete(register);
  }

  private setCfa(register: number | undefined, offset: number | undefined, reader: ByteReader): void {
    if (register === undefined || offset === undefined) {
      if (this.cfa?.kind !== 'register') {
        throw new ElfError(
          `the frame instruction before offset ${hex(reader.pos)} of ${reader.where} changes a CFA that is no register`,
        );
      }
      this.cfa = { kind: 'register', register: register ?? this.cfa.register, offset: offset ?? this.cfa.offset };
    } else this.cfa = { kind: 'register', register, offset };
  }

  /** Runs instructions until the location passes `pc` (DWARF 5, section 6.4.2). */
  run(reader: ByteReader, start: number, pc: number): void {
    const { codeAlignment, dataAlignment } = this.cie;
    let location = start;
    while (!reader.done) {
      const at = reader.pos;
      const byte = reader.u8();
      const low = byte & 0x3f;
      let next = location;
      switch (byte & 0xc0) {
        case 0x40:
          next = location + low * codeAlignment;
          break;
        case 0x80:
          this.registers.set(low, { kind: 'offset', offset: reader.uleb() * dataAlignment });
          break;
        case 0xc0:
          this.restore(low);
          break;
        default:
          switch (byte) {
            case 0x00:
              break;
            case 0x01:
              next = this.section.setLocation(reader, this.cie);
              break;
            case 0x02:
              next = location + reader.u8() * codeAlignment;
              break;
            case 0x03:
              next = location + reader.u16() * codeAlignment;
              break;
            case 0x04:
              next = location + reader.u32() * codeAlignment;
              break;
            default:
              this.other(byte, at, reader, dataAlignment);
          }
      }
      if (next > pc) return;
      location = next;
    }
  }

  private other(code: number, at: number, reader: ByteReader, dataAlignment: number): void {
    switch (code) {
      case 0x05: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'offset', offset: reader.uleb() * dataAlignment });
        return;
      }
      case 0x06:
        return this.restore(reader.uleb());
      case 0x07:
        this.registers.set(reader.uleb(), { kind: 'undefined' });
        return;
      case 0x08:
        this.registers.set(reader.uleb(), { kind: 'same' });
        return;
      case 0x09: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'register', register: reader.uleb() });
        return;
      }
      case 0x0a:
        if (this.saved.length > 256)
          throw new ElfError(`the frame instructions at offset ${hex(at)} of ${reader.where} remember too much`);
        this.saved.push({ cfa: this.cfa, registers: new Map(this.registers) });
        return;
      case 0x0b: {
        const state = this.saved.pop();
        if (!state)
          throw new ElfError(
            `the frame instruction at offset ${hex(at)} of ${reader.where} restores a state that was not saved`,
          );
        this.cfa = state.cfa;
        this.registers = state.registers;
        return;
      }
      case 0x0c: {
        const register = reader.uleb();
        return this.setCfa(register, reader.uleb(), reader);
      }
      case 0x0d:
        return this.setCfa(reader.uleb(), undefined, reader);
      case 0x0e:
        return this.setCfa(undefined, reader.uleb(), reader);
      case 0x0f:
        this.cfa = { kind: 'expression', bytes: reader.block(reader.uleb()) };
        return;
      case 0x10: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'expression', bytes: reader.block(reader.uleb()) });
        return;
      }
      case 0x11: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'offset', offset: reader.sleb() * dataAlignment });
        return;
      }
      case 0x12: {
        const register = reader.uleb();
        return this.setCfa(register, reader.sleb() * dataAlignment, reader);
      }
      case 0x13:
        return this.setCfa(undefined, reader.sleb() * dataAlignment, reader);
      case 0x14: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'val_offset', offset: reader.uleb() * dataAlignment });
        return;
      }
      case 0x15: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'val_offset', offset: reader.sleb() * dataAlignment });
        return;
      }
      case 0x16: {
        const register = reader.uleb();
        this.registers.set(register, { kind: 'val_expression', bytes: reader.block(reader.uleb()) });
        return;
      }
      case 0x2e: // GNU_args_size
        reader.uleb();
        return;
      case 0x2f: {
        // GNU_negative_offset_extended
        const register = reader.uleb();
        this.registers.set(register, { kind: 'offset', offset: -reader.uleb() * dataAlignment });
        return;
      }
      default:
        throw new ElfError(`the frame instruction ${hex(code)} at offset ${hex(at)} of ${reader.where} is unknown`);
    }
  }
}
