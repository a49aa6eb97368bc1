import { ElfError, hex } from '../bytes';
import { readAbbreviations } from './abbrev';
import type { AbbreviationTable } from './abbrev';
import { TAG } from './constants';
import { readUnitLength } from './sections';
import type { DwarfSections } from './sections';
import { Unit } from './unit';
import type { Die, UnitContext, UnitHeader } from './unit';

/** All units of a file's .debug_info and .debug_types. Headers are read at once, entries when asked for. */
export class Units implements UnitContext {
  /** Compilation and partial units, in the order of the section. */
  readonly compilations: readonly Unit[];
  private readonly inInfo: readonly Unit[];
  private readonly bySignature = new Map<bigint, Unit>();
  private readonly abbreviations = new Map<number, AbbreviationTable>();

  constructor(readonly sections: DwarfSections) {
    const info = this.readHeaders('.debug_info');
    const types = this.readHeaders('.debug_types');
    this.inInfo = info;
    this.compilations = info.filter((unit) => !unit.header.isType);
    for (const unit of [...info, ...types]) {
      if (unit.header.signature !== undefined && unit.header.isType) this.bySignature.set(unit.header.signature, unit);
    }
  }

  dieAt(offset: number): Die | undefined {
    let low = 0;
    let high = this.inInfo.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.inInfo[middle].header.offset <= offset) low = middle + 1;
      else high = middle;
    }
    return this.inInfo[low - 1]?.die(offset);
  }

  typeBySignature(signature: bigint): Die | undefined {
    const unit = this.bySignature.get(signature);
    return unit?.die(unit.header.offset + (unit.header.typeOffset ?? 0));
  }

  /** The types that have units of their own. */
  typeDies(): Die[] {
    return [...this.bySignature.keys()].flatMap((signature) => this.typeBySignature(signature) ?? []);
  }

  private readHeaders(section: '.debug_info' | '.debug_types'): Unit[] {
    const { sections } = this;
    const units: Unit[] = [];
    if (!sections.data(section)) return units;
    sections.guard('', undefined, () => {
      const reader = sections.reader(section);
      while (!reader.done) {
        const offset = reader.pos;
        const { end, offsetSize } = readUnitLength(reader);
        const unit = sections.guard('', undefined, () => this.readHeader(section, offset, end, offsetSize));
        if (unit) units.push(unit);
        reader.seek(end);
      }
    });
    return units;
  }

  private readHeader(section: UnitHeader['section'], offset: number, end: number, offsetSize: 4 | 8): Unit {
    const reader = this.sections
      .reader(section, offset + (offsetSize === 8 ? 12 : 4))
      .range(offset + (offsetSize === 8 ? 12 : 4), end);
    const version = reader.u16();
    if (version < 2 || version > 5) {
      throw new ElfError(`the unit at offset ${hex(offset)} of ${section} has version ${version}, not 2 to 5`);
    }
    let addressSize: number;
    let abbreviationsAt: number;
    let unitType = 0;
    if (version >= 5) {
      unitType = reader.u8();
      addressSize = reader.u8();
      abbreviationsAt = reader.unsigned(offsetSize);
    } else {
      abbreviationsAt = reader.unsigned(offsetSize);
      addressSize = reader.u8();
    }
    if (addressSize !== 4 && addressSize !== 8) {
      throw new ElfError(`the unit at offset ${hex(offset)} of ${section} has addresses of ${addressSize} bytes`);
    }
    const isType = section === '.debug_types' || unitType === 2 || unitType === 6;
    let signature: bigint | undefined;
    let typeOffset: number | undefined;
    if (isType) {
      signature = reader.u64();
      typeOffset = reader.unsigned(offsetSize);
    } else if (unitType === 4 || unitType === 5) signature = reader.u64();
    return new Unit(this, {
      section,
      offset,
      end,
      version,
      offsetSize,
      addressSize,
      abbreviations: () => this.abbreviationTable(abbreviationsAt),
      firstDie: reader.pos,
      isType,
      signature,
      typeOffset,
    });
  }

  private abbreviationTable(offset: number): AbbreviationTable {
    let table = this.abbreviations.get(offset);
    if (!table) this.abbreviations.set(offset, (table = readAbbreviations(this.sections, offset)));
    return table;
  }
}

/** Whether the entry is a unit whose entries are in another file (split DWARF). */
export function isSkeleton(die: Die): boolean {
  return die.tag === TAG.skeleton_unit;
}
