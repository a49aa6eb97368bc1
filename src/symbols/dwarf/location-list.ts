import { ElfError, hex } from '../bytes';
import type { Unit } from './unit';

/** Location lists. Source: DWARF 5, section 2.6.2 and 7.7.3; DWARF 4, section 2.6.2 for .debug_loc. */

/** The expression of the list that holds at an address; undefined when none does. */
export function findInLocationList(unit: Unit, offset: number, pc: number): Uint8Array | undefined {
  return unit.header.version >= 5 ? find5(unit, offset, pc) : find4(unit, offset, pc);
}

function find4(unit: Unit, offset: number, pc: number): Uint8Array | undefined {
  const reader = unit.sections.reader('.debug_loc', offset);
  const size = unit.header.addressSize;
  let base = unit.baseAddress;
  for (;;) {
    const low = size === 8 ? Number(reader.u64()) : reader.unsigned(size);
    const high = size === 8 ? Number(reader.u64()) : reader.unsigned(size);
    if (low === 0 && high === 0) return undefined;
    if (low >= (size === 4 ? 0xffffffff : Number.MAX_SAFE_INTEGER)) {
      base = high;
      continue;
    }
    const expression = reader.block(reader.u16());
    if (pc >= base + low && pc < base + high) return expression;
  }
}

function find5(unit: Unit, offset: number, pc: number): Uint8Array | undefined {
  const reader = unit.sections.reader('.debug_loclists', offset);
  const size = unit.header.addressSize;
  let base = unit.baseAddress;
  let fallback: Uint8Array | undefined;
  for (;;) {
    const at = reader.pos;
    const kind = reader.u8();
    let low: number;
    let high: number;
    switch (kind) {
      case 0:
        return fallback;
      case 1:
        base = unit.address(reader.uleb());
        continue;
      case 2:
        low = unit.address(reader.uleb());
        high = unit.address(reader.uleb());
        break;
      case 3:
        low = unit.address(reader.uleb());
        high = low + reader.uleb();
        break;
      case 4:
        low = base + reader.uleb();
        high = base + reader.uleb();
        break;
      case 5:
        fallback = reader.block(reader.uleb());
        continue;
      case 6:
        base = reader.unsigned(size);
        continue;
      case 7:
        low = reader.unsigned(size);
        high = reader.unsigned(size);
        break;
      case 8:
        low = reader.unsigned(size);
        high = low + reader.uleb();
        break;
      case 9: // GNU view pair: two numbers, no range of its own
        reader.uleb();
        reader.uleb();
        continue;
      default:
        throw new ElfError(`the entry at offset ${hex(at)} of .debug_loclists has the unknown kind ${kind}`);
    }
    const expression = reader.block(reader.uleb());
    if (pc >= low && pc < high) return expression;
  }
}
