import type { ReadMemory } from '../memory';
import { unsignedOf } from '../memory';
import { evaluateValueExpression } from './expression';
import type { ExpressionContext } from './expression';
import type { DwarfSections } from './sections';
import { CfiSection } from './cfi-section';
import type { CfiRow, Fde, RegisterRule } from './cfi-section';

/**
 * Call frame information of .debug_frame and .eh_frame.
 * Source: DWARF 5, section 6.4; for .eh_frame the Linux Standard Base, section "Exception Frames".
 */

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
