import { ElfError, hex } from '../bytes';
import type { AddressRange } from '../line-table';
import { AT, FORM } from './constants';
import { addressOf } from './unit';
import type { Die, Unit } from './unit';

/** Range lists of .debug_ranges and .debug_rnglists. */

/** The address ranges of an entry (DWARF 5, section 2.17). Empty ones are left out. */
export function rangesOf(die: Die): AddressRange[] {
  const { unit } = die;
  const ranges = unit.attribute(die, AT.ranges);
  if (ranges && typeof ranges.value === 'number') {
    const offset = ranges.value;
    return unit.sections.guard(unit.name, [], () =>
      unit.header.version >= 5 ? readRangeList5(unit, offset) : readRangeList(unit, offset),
    );
  }
  const low = addressOf(die, AT.low_pc);
  const high = unit.attribute(die, AT.high_pc);
  if (low === undefined || !high || typeof high.value !== 'number') return [];
  const end = high.form === FORM.addr ? high.value : low + high.value;
  return end > low ? [{ low, high: end }] : [];
}

const LIST_LIMIT = 1_000_000;

/** .debug_ranges, before version 5. */
function readRangeList(unit: Unit, offset: number): AddressRange[] {
  const reader = unit.sections.reader('.debug_ranges', offset);
  const size = unit.header.addressSize;
  const all = size === 4 ? 0xffffffff : Number.MAX_SAFE_INTEGER;
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const low = size === 8 ? Number(reader.u64()) : reader.unsigned(size);
    const high = size === 8 ? Number(reader.u64()) : reader.unsigned(size);
    if (low === 0 && high === 0) return ranges;
    if (low >= all) base = high;
    else if (high > low) ranges.push({ low: base + low, high: base + high });
    if (ranges.length > LIST_LIMIT)
      throw new ElfError(`the range list at offset ${hex(offset)} of .debug_ranges does not end`);
  }
}

function readRangeList5(unit: Unit, offset: number): AddressRange[] {
  const reader = unit.sections.reader('.debug_rnglists', offset);
  const size = unit.header.addressSize;
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  const add = (low: number, high: number) => {
    if (high > low) ranges.push({ low, high });
  };
  for (;;) {
    const at = reader.pos;
    const kind = reader.u8();
    switch (kind) {
      case 0:
        return ranges;
      case 1:
        base = unit.address(reader.uleb());
        break;
      case 2: {
        const low = unit.address(reader.uleb());
        add(low, unit.address(reader.uleb()));
        break;
      }
      case 3: {
        const low = unit.address(reader.uleb());
        add(low, low + reader.uleb());
        break;
      }
      case 4: {
        const low = reader.uleb();
        add(base + low, base + reader.uleb());
        break;
      }
      case 5:
        base = reader.unsigned(size);
        break;
      case 6: {
        const low = reader.unsigned(size);
        add(low, reader.unsigned(size));
        break;
      }
      case 7: {
        const low = reader.unsigned(size);
        add(low, low + reader.uleb());
        break;
      }
      default:
        throw new ElfError(`the entry at offset ${hex(at)} of .debug_rnglists has the unknown kind ${kind}`);
    }
  }
}
