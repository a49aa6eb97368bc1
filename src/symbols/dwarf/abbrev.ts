import { ElfError, hex } from '../bytes';
import { FORM } from './constants';
import type { DwarfSections } from './sections';

/** Abbreviation tables. Source: DWARF 5, section 7.5.3. */

export interface AttributeSpec {
  readonly name: number;
  readonly form: number;
  /** The value of DW_FORM_implicit_const. */
  readonly constant: number;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpec[];
}

export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** Reads the table at an offset of .debug_abbrev. */
export function readAbbreviations(sections: DwarfSections, offset: number): AbbreviationTable {
  const reader = sections.reader('.debug_abbrev', offset);
  const table = new Map<number, Abbreviation>();
  while (!reader.done) {
    const code = reader.uleb();
    if (code === 0) return table;
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: AttributeSpec[] = [];
    for (;;) {
      const name = reader.uleb();
      const form = reader.uleb();
      const constant = form === FORM.implicit_const ? reader.sleb() : 0;
      if (name === 0 && form === 0) break;
      attributes.push({ name, form, constant });
    }
    table.set(code, { tag, hasChildren, attributes });
  }
  throw new ElfError(`the abbreviations at offset ${hex(offset)} of .debug_abbrev have no end`);
}
