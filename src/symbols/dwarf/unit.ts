import type { ByteReader } from '../bytes';
import { ElfError, hex } from '../bytes';
import type { Abbreviation, AbbreviationTable, AttributeSpec } from './abbrev';
import { AT, FORM } from './constants';
import type { DwarfSections } from './sections';

/** Units of .debug_info and .debug_types and their entries. Source: DWARF 5, sections 7.5 and 7.7. */

/** A debugging information entry. Attributes are read when asked for. */
export interface Die {
  readonly unit: Unit;
  /** In the unit's section. */
  readonly offset: number;
  readonly tag: number;
  readonly parent: Die | undefined;
  readonly children: readonly Die[];
  readonly abbreviation: Abbreviation;
  /** Where its attributes start in the section. */
  readonly attributesAt: number;
}

/** The value of an attribute and the form that says what it is. */
export interface Attribute {
  readonly form: number;
  readonly value: number | bigint | string | Uint8Array;
}

/** What a unit needs of the others: to follow references. */
export interface UnitContext {
  readonly sections: DwarfSections;
  /** The entry at an offset of .debug_info, in whatever unit. */
  dieAt(offset: number): Die | undefined;
  /** The type with a signature (DW_FORM_ref_sig8). */
  typeBySignature(signature: bigint): Die | undefined;
}

export interface UnitHeader {
  readonly section: '.debug_info' | '.debug_types';
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  readonly abbreviations: () => AbbreviationTable;
  /** Offset of the first entry. */
  readonly firstDie: number;
  readonly isType: boolean;
  readonly signature?: bigint;
  /** Offset of the type in the unit. */
  readonly typeOffset?: number;
}

interface MutableDie extends Die {
  readonly children: Die[];
}

const DEPTH_LIMIT = 512;

/** A compilation, partial or type unit. Its entries are read when first asked for. */
export class Unit {
  private rootDie: Die | undefined | null = null;
  private byOffset: Map<number, Die> | undefined;
  private bases: { str: number; addr: number; rnglists: number; loclists: number } | undefined;

  constructor(
    readonly context: UnitContext,
    readonly header: UnitHeader,
  ) {}

  get sections(): DwarfSections {
    return this.context.sections;
  }

  /** The unit's own entry, without its children when they were not asked for before; undefined when broken. */
  get root(): Die | undefined {
    if (this.rootDie === null) {
      this.rootDie = this.sections.guard(this.name, undefined, () => {
        const reader = this.reader(this.header.firstDie);
        return this.readDie(reader, undefined);
      });
    }
    return this.rootDie;
  }

  /** The unit's own entry with all others below it. */
  get tree(): Die | undefined {
    this.load();
    return this.byOffset?.get(this.header.firstDie);
  }

  die(offset: number): Die | undefined {
    this.load();
    return this.byOffset?.get(offset);
  }

  /** For messages. */
  get name(): string {
    return `the unit at offset ${hex(this.header.offset)} of ${this.header.section}`;
  }

  private reader(offset: number): ByteReader {
    return this.sections.reader(this.header.section).range(offset, this.header.end);
  }

  private load(): void {
    if (this.byOffset) return;
    const byOffset = (this.byOffset = new Map<number, Die>());
    this.sections.guard(this.name, undefined, () => {
      const reader = this.reader(this.header.firstDie);
      const open: MutableDie[] = [];
      while (!reader.done) {
        const parent = open[open.length - 1];
        const die = this.readDie(reader, parent);
        if (!die) {
          open.pop();
          if (!open.length) return;
          continue;
        }
        byOffset.set(die.offset, die);
        parent?.children.push(die);
        reader.seek(die.attributesAt);
        for (const spec of die.abbreviation.attributes) this.skipForm(reader, spec.form);
        if (die.abbreviation.hasChildren) {
          if (open.length >= DEPTH_LIMIT)
            throw new ElfError(`the entries at offset ${hex(die.offset)} nest too deeply`);
          open.push(die);
        } else if (!open.length) return;
      }
    });
  }

  private readDie(reader: ByteReader, parent: Die | undefined): MutableDie | undefined {
    const offset = reader.pos;
    const code = reader.uleb();
    if (code === 0) return undefined;
    const abbreviation = this.header.abbreviations().get(code);
    if (!abbreviation) {
      throw new ElfError(
        `the entry at offset ${hex(offset)} of ${this.header.section} has the unknown abbreviation ${code}`,
      );
    }
    return { unit: this, offset, tag: abbreviation.tag, parent, children: [], abbreviation, attributesAt: reader.pos };
  }

  /** An attribute of an entry; undefined when it has none of that name. */
  attribute(die: Die, name: number): Attribute | undefined {
    const index = die.abbreviation.attributes.findIndex((spec) => spec.name === name);
    if (index < 0) return undefined;
    return this.sections.guard(this.name, undefined, () => {
      const reader = this.reader(die.attributesAt);
      for (let i = 0; i < index; i++) this.skipForm(reader, die.abbreviation.attributes[i].form);
      return this.readForm(reader, die.abbreviation.attributes[index]);
    });
  }

  private skipForm(reader: ByteReader, form: number): void {
    const { offsetSize, addressSize, version } = this.header;
    switch (form) {
      case FORM.addr:
        return reader.skip(addressSize);
      case FORM.data1:
      case FORM.ref1:
      case FORM.flag:
      case FORM.strx1:
      case FORM.addrx1:
        return reader.skip(1);
      case FORM.data2:
      case FORM.ref2:
      case FORM.strx2:
      case FORM.addrx2:
        return reader.skip(2);
      case FORM.strx3:
      case FORM.addrx3:
        return reader.skip(3);
      case FORM.data4:
      case FORM.ref4:
      case FORM.strx4:
      case FORM.addrx4:
      case FORM.ref_sup4:
        return reader.skip(4);
      case FORM.data8:
      case FORM.ref8:
      case FORM.ref_sig8:
      case FORM.ref_sup8:
        return reader.skip(8);
      case FORM.data16:
        return reader.skip(16);
      case FORM.string:
        return reader.skipCString();
      case FORM.block:
      case FORM.exprloc:
        return reader.skip(reader.uleb());
      case FORM.block1:
        return reader.skip(reader.u8());
      case FORM.block2:
        return reader.skip(reader.u16());
      case FORM.block4:
        return reader.skip(reader.u32());
      case FORM.sdata:
      case FORM.udata:
      case FORM.ref_udata:
      case FORM.strx:
      case FORM.addrx:
      case FORM.loclistx:
      case FORM.rnglistx:
      case FORM.GNU_addr_index:
      case FORM.GNU_str_index:
        reader.uleb();
        return;
      case FORM.strp:
      case FORM.line_strp:
      case FORM.sec_offset:
      case FORM.strp_sup:
      case FORM.GNU_ref_alt:
      case FORM.GNU_strp_alt:
        return reader.skip(offsetSize);
      case FORM.ref_addr:
        return reader.skip(version === 2 ? addressSize : offsetSize);
      case FORM.flag_present:
      case FORM.implicit_const:
        return;
      case FORM.indirect:
        return this.skipForm(reader, this.indirectForm(reader));
      default:
        throw new ElfError(
          `the attribute at offset ${hex(reader.pos)} of ${this.header.section} has the unknown form ${hex(form)}`,
        );
    }
  }

  private indirectForm(reader: ByteReader): number {
    const form = reader.uleb();
    if (form === FORM.indirect || form === FORM.implicit_const) {
      throw new ElfError(
        `the attribute before offset ${hex(reader.pos)} of ${this.header.section} has an indirect form ${hex(form)}`,
      );
    }
    return form;
  }

  private readForm(reader: ByteReader, spec: AttributeSpec): Attribute {
    const { offsetSize, addressSize, version, offset } = this.header;
    const { sections } = this;
    const { form } = spec;
    const as = (value: Attribute['value'], asForm: number = form): Attribute => ({ form: asForm, value });
    switch (form) {
      case FORM.addr:
        return as(reader.unsigned(addressSize));
      case FORM.addrx:
      case FORM.GNU_addr_index:
        return as(this.address(reader.uleb()), FORM.addr);
      case FORM.addrx1:
        return as(this.address(reader.u8()), FORM.addr);
      case FORM.addrx2:
        return as(this.address(reader.u16()), FORM.addr);
      case FORM.addrx3:
        return as(this.address(reader.u24()), FORM.addr);
      case FORM.addrx4:
        return as(this.address(reader.u32()), FORM.addr);
      case FORM.data1:
      case FORM.flag:
        return as(reader.u8());
      case FORM.data2:
        return as(reader.u16());
      case FORM.data4:
        return as(reader.u32());
      case FORM.data8: {
        const value = reader.u64();
        return as(value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);
      }
      case FORM.data16:
        return as(reader.block(16));
      case FORM.sdata:
        return as(reader.sleb());
      case FORM.udata:
        return as(reader.uleb());
      case FORM.implicit_const:
        return as(spec.constant);
      case FORM.flag_present:
        return as(1);
      case FORM.string:
        return as(reader.cstring());
      case FORM.strp:
        return as(sections.string('.debug_str', reader.unsigned(offsetSize)));
      case FORM.line_strp:
        return as(sections.string('.debug_line_str', reader.unsigned(offsetSize)));
      case FORM.strx:
      case FORM.GNU_str_index:
        return as(this.string(reader.uleb()));
      case FORM.strx1:
        return as(this.string(reader.u8()));
      case FORM.strx2:
        return as(this.string(reader.u16()));
      case FORM.strx3:
        return as(this.string(reader.u24()));
      case FORM.strx4:
        return as(this.string(reader.u32()));
      case FORM.block:
      case FORM.exprloc:
        return as(reader.block(reader.uleb()));
      case FORM.block1:
        return as(reader.block(reader.u8()));
      case FORM.block2:
        return as(reader.block(reader.u16()));
      case FORM.block4:
        return as(reader.block(reader.u32()));
      // References are given as offsets in the section.
      case FORM.ref1:
        return as(offset + reader.u8());
      case FORM.ref2:
        return as(offset + reader.u16());
      case FORM.ref4:
        return as(offset + reader.u32());
      case FORM.ref8:
        return as(offset + reader.u64AsNumber());
      case FORM.ref_udata:
        return as(offset + reader.uleb());
      case FORM.ref_addr:
        return as(reader.unsigned(version === 2 ? addressSize : offsetSize));
      case FORM.ref_sig8:
        return as(reader.u64());
      case FORM.sec_offset:
        return as(reader.unsigned(offsetSize));
      case FORM.loclistx:
        return as(this.listOffset('.debug_loclists', this.base('loclists'), reader.uleb()), FORM.sec_offset);
      case FORM.rnglistx:
        return as(this.listOffset('.debug_rnglists', this.base('rnglists'), reader.uleb()), FORM.sec_offset);
      case FORM.indirect:
        return this.readForm(reader, { ...spec, form: this.indirectForm(reader) });
      default:
        throw new ElfError(
          `the attribute at offset ${hex(reader.pos)} of ${this.header.section} has form ${hex(form)}, which refers to another file`,
        );
    }
  }

  /** An offset the unit gives to its part of another section; after the header there when it gives none. */
  private base(which: 'str' | 'addr' | 'rnglists' | 'loclists'): number {
    if (!this.bases) {
      const { root } = this;
      const wide = this.header.offsetSize === 8;
      const at = (name: number, fallback: number) => {
        const spec = root?.abbreviation.attributes.find((candidate) => candidate.name === name);
        if (!root || !spec || spec.form !== FORM.sec_offset) return fallback;
        const attribute = this.attribute(root, name);
        return typeof attribute?.value === 'number' ? attribute.value : fallback;
      };
      this.bases = {
        str: at(AT.str_offsets_base, wide ? 16 : 8),
        addr: at(AT.addr_base, wide ? 16 : 8),
        rnglists: at(AT.rnglists_base, wide ? 20 : 12),
        loclists: at(AT.loclists_base, wide ? 20 : 12),
      };
    }
    return this.bases[which];
  }

  private string(index: number): string {
    const { offsetSize } = this.header;
    const offsets = this.sections.reader('.debug_str_offsets', this.base('str') + index * offsetSize);
    return this.sections.string('.debug_str', offsets.unsigned(offsetSize));
  }

  /** An entry of the unit's part of .debug_addr. */
  address(index: number): number {
    const { addressSize } = this.header;
    return this.sections.reader('.debug_addr', this.base('addr') + index * addressSize).unsigned(addressSize);
  }

  private listOffset(section: string, base: number, index: number): number {
    const { offsetSize } = this.header;
    return base + this.sections.reader(section, base + index * offsetSize).unsigned(offsetSize);
  }

  /** The address that range and location lists start from (DW_AT_low_pc of the unit). */
  get baseAddress(): number {
    return (this.root && addressOf(this.root, AT.low_pc)) ?? 0;
  }
}

/** A string attribute of an entry. */
export function stringOf(die: Die, name: number): string | undefined {
  const value = die.unit.attribute(die, name)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A constant or offset attribute of an entry, as written (data forms unsigned). */
export function numberOf(die: Die, name: number): number | undefined {
  const value = die.unit.attribute(die, name)?.value;
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
}

export function flagOf(die: Die, name: number): boolean {
  return (numberOf(die, name) ?? 0) !== 0;
}

/** An attribute of class address. */
export function addressOf(die: Die, name: number): number | undefined {
  const attribute = die.unit.attribute(die, name);
  return attribute?.form === FORM.addr && typeof attribute.value === 'number' ? attribute.value : undefined;
}

/** The entry a reference attribute names. */
export function referenceOf(die: Die, name: number): Die | undefined {
  const attribute = die.unit.attribute(die, name);
  if (!attribute) return undefined;
  const { context, header } = die.unit;
  if (attribute.form === FORM.ref_sig8) return context.typeBySignature(attribute.value as bigint);
  if (typeof attribute.value !== 'number') return undefined;
  const target =
    attribute.form === FORM.ref_addr ||
    (attribute.value >= header.offset && attribute.value < header.end && header.section === '.debug_info')
      ? context.dieAt(attribute.value)
      : die.unit.die(attribute.value);
  if (!target) {
    context.sections.warn(
      `the entry at offset ${hex(die.offset)} of ${header.section} refers to none at offset ${hex(attribute.value)}`,
    );
  }
  return target;
}

/** An attribute, looked for at the abstract origin and the specification too. */
export function inherited<T>(die: Die, read: (die: Die) => T | undefined): T | undefined {
  let current: Die | undefined = die;
  for (let depth = 0; current && depth < 8; depth++) {
    const value = read(current);
    if (value !== undefined) return value;
    current = referenceOf(current, AT.abstract_origin) ?? referenceOf(current, AT.specification);
  }
  return undefined;
}
