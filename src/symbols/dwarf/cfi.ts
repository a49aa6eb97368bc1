import type { ByteReader } from '../bytes';
import { ElfError, hex } from '../bytes';
import type { ReadMemory } from '../memory';
import { unsignedOf } from '../memory';
import { evaluateValueExpression } from './expression';
import type { ExpressionContext } from './expression';
import type { DwarfSections } from './sections';
import { readUnitLength } from './sections';

/**
 * Call frame information of .debug_frame and .eh_frame.
 * Source: DWARF 5, section 6.4; for .eh_frame the Linux Standard Base, section "Exception Frames".
 */

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

interface Fde {
  readonly section: CfiSection;
  readonly cie: Cie;
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly end: number;
}

/** What an unwinding step needs of the frame it starts from. */
export interface UnwindInput {
  /** By DWARF register number; undefined: not known. */
  readonly registers: ArrayLike<number | undefined>;
  readonly readMemory: ReadMemory;
  /** The address to look up: of the instruction itself, or inside the call for a caller. */
  readonly pc: number;
}

export interface CfiResult {
  readonly cfa: number;
  /** The registers of the caller that have rules; `same` ones included. */
  readonly registers: ReadonlyMap<number, number | undefined>;
  /** undefined: there is no caller. */
  readonly returnAddress: number | undefined;
}

const ROW_CACHE = 512;

/** The call frame information of one file. */
export class CallFrameInfo {
  private readonly fdes: readonly Fde[];
  private readonly rows = new Map<number, CfiRow | undefined>();

  constructor(private readonly sections: DwarfSections) {
    const fdes: Fde[] = [];
    for (const [name, isEh] of [
      ['.debug_frame', false],
      ['.eh_frame', true],
    ] as const) {
      if (sections.data(name)) new CfiSection(sections, name, isEh).readAll(fdes);
    }
    this.fdes = fdes.sort((a, b) => a.low - b.low);
  }

  /** The rules at an address; undefined when there are none for it. */
  rowAt(pc: number): CfiRow | undefined {
    if (this.rows.has(pc)) return this.rows.get(pc);
    const fde = this.find(pc);
    const row = fde && this.sections.guard('', undefined, () => fde.section.execute(fde, pc));
    if (this.rows.size >= ROW_CACHE) this.rows.clear();
    this.rows.set(pc, row);
    return row;
  }

  /** The canonical frame address in a frame; undefined when it cannot be computed. */
  cfa(input: UnwindInput): number | undefined {
    const row = this.rowAt(input.pc);
    return row && this.sections.guard('', undefined, () => this.computeCfa(row, input));
  }

  /**
   * Unwinds one frame.
   * @returns undefined when there is no information for the address or it needs what is not known
   */
  unwind(input: UnwindInput): CfiResult | undefined {
    const row = this.rowAt(input.pc);
    if (!row) return undefined;
    return this.sections.guard('', undefined, () => this.apply(row, input));
  }

  private computeCfa(row: CfiRow, input: UnwindInput): number | undefined {
    if (!row.cfa) return undefined;
    if (row.cfa.kind === 'expression') return evaluateValueExpression(row.cfa.bytes, 'a CFA rule', this.context(input));
    const base = input.registers[row.cfa.register];
    return base === undefined ? undefined : (base + row.cfa.offset) >>> 0;
  }

  private apply(row: CfiRow, input: UnwindInput): CfiResult | undefined {
    const cfa = this.computeCfa(row, input);
    if (cfa === undefined) return undefined;
    const registers = new Map<number, number | undefined>();
    for (const [register, rule] of row.registers) registers.set(register, this.restore(register, rule, cfa, input));
    const column = row.returnAddressRegister;
    const returnAddress = row.registers.has(column) ? registers.get(column) : input.registers[column];
    return { cfa, registers, returnAddress };
  }

  private restore(register: number, rule: RegisterRule, cfa: number, input: UnwindInput): number | undefined {
    const load = (address: number) => {
      const bytes = input.readMemory(address >>> 0, 4);
      return bytes && unsignedOf(bytes);
    };
    switch (rule.kind) {
      case 'undefined':
        return undefined;
      case 'same':
        return input.registers[register];
      case 'offset':
        return load(cfa + rule.offset);
      case 'val_offset':
        return (cfa + rule.offset) >>> 0;
      case 'register':
        return input.registers[rule.register];
      case 'expression': {
        const address = evaluateValueExpression(rule.bytes, 'a register rule', this.context(input, cfa));
        return address === undefined ? undefined : load(address);
      }
      case 'val_expression':
        return evaluateValueExpression(rule.bytes, 'a register rule', this.context(input, cfa));
    }
  }

  private context(input: UnwindInput, cfa?: number): ExpressionContext {
    return {
      register: (index) => input.registers[index],
      readMemory: input.readMemory,
      littleEndian: this.sections.littleEndian,
      addressSize: this.sections.addressSize,
      ...(cfa === undefined ? {} : { initial: [cfa], cfa: () => cfa }),
    };
  }

  private find(pc: number): Fde | undefined {
    let low = 0;
    let high = this.fdes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.fdes[middle].low <= pc) low = middle + 1;
      else high = middle;
    }
    // Those of dropped functions all start at 0 and may hide one another.
    for (let i = low - 1; i >= 0 && i >= low - 8; i--) if (pc < this.fdes[i].high) return this.fdes[i];
    return undefined;
  }
}

const DW_EH_PE_omit = 0xff;

class CfiSection {
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
