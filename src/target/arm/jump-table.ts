/** The little-endian value of 1, 2 or 4 bytes of memory at an unsigned virtual address; undefined where no memory is. */
export type ReadMemory = (address: number, size: 1 | 2 | 4) => number | undefined;

/** The most entries that are looked at. */
const MAX_ENTRIES = 512;
/** How far a comparison with the number of entries is looked for before the jump, in bytes. */
const BOUND_DISTANCE = 16;

/**
 * Where a jump by a table may lead, as compilers make them for `switch`: unsigned addresses in the same instruction set,
 * each once. Only what is likely: who uses it compares with where the jump does lead. Undefined for any other instruction.
 *
 * A32: LDR{cond} pc, [pc, Rn, LSL #2] and ADD{cond} pc, pc, Rn, LSL #2; T32: TBB [pc, Rm] and TBH [pc, Rm, LSL #1].
 * @param address of the instruction
 */
export function jumpTable(address: number, thumb: boolean, read: ReadMemory): readonly number[] | undefined {
  return thumb ? tableBranch(address, read) : loadOrAdd(address, read);
}

function loadOrAdd(address: number, read: ReadMemory): readonly number[] | undefined {
  const word = read(address, 4) ?? 0;
  const kind = word & 0x0ffffff0;
  const bound = a32Bound(address, word & 15, read);
  if (kind === 0x079ff100)
    return entries(address + 8, 4, bound, read, (entry) => (entry & 1 ? undefined : entry >>> 0));
  if (kind !== 0x008ff100 || bound === undefined) return undefined;
  return Array.from({ length: bound }, (_, i) => (address + 8 + 4 * i) >>> 0);
}

/** The number of entries by CMP Rn, #n-1 before the jump. */
function a32Bound(address: number, register: number, read: ReadMemory): number | undefined {
  for (let at = address - 4; at >= address - BOUND_DISTANCE; at -= 4) {
    const word = read(at, 4) ?? 0;
    // CMP Rn, #imm8 without a rotation.
    if ((word & 0x0fffff00) === (0x03500000 | (register << 16))) return (word & 0xff) + 1;
  }
  return undefined;
}

function tableBranch(address: number, read: ReadMemory): readonly number[] | undefined {
  if (read(address, 2) !== 0xe8df) return undefined;
  const second = read(address + 2, 2) ?? 0;
  const isHalf = (second & 0xfff0) === 0xf010;
  if (!isHalf && (second & 0xfff0) !== 0xf000) return undefined;
  const start = address + 4;
  const bound = t32Bound(address, second & 15, read);
  return entries(start, isHalf ? 2 : 1, bound, read, (entry) => start + 2 * entry);
}

/** The number of entries by CMP Rn, #n-1 of 16 or 32 bits before the jump. */
function t32Bound(address: number, register: number, read: ReadMemory): number | undefined {
  for (let at = address - 2; at >= address - BOUND_DISTANCE; at -= 2) {
    const half = read(at, 2) ?? 0;
    if (register < 8 && half >>> 8 === (0x28 | register)) return (half & 0xff) + 1;
    const next = read(at + 2, 2) ?? 0;
    if (half === (0xf1b0 | register) && next >>> 8 === 0x0f) return (next & 0xff) + 1;
  }
  return undefined;
}

/** Reads `bound` entries; where that is unknown, as many as lie before the code that they lead to. */
function entries(
  start: number,
  size: 1 | 2 | 4,
  bound: number | undefined,
  read: ReadMemory,
  target: (entry: number) => number | undefined,
): readonly number[] | undefined {
  const targets = new Set<number>();
  let end = bound === undefined ? Infinity : start + size * bound;
  for (let at = start; at < end && at < start + size * MAX_ENTRIES; at += size) {
    const entry = read(at, size);
    const to = entry === undefined ? undefined : target(entry);
    if (to === undefined) break;
    if (bound === undefined && to > start) end = Math.min(end, to);
    targets.add(to);
  }
  return targets.size ? [...targets] : undefined;
}
