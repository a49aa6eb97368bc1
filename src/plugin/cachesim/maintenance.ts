import type { TcgCacheMaintenance } from 'qemu-plugin';
import type { SimCache } from './sim-cache';
import type { Maintain, SimCore, SimSystem } from './sim-system';

/** An operation of the CPU: on which cache, how it names lines, and whether all cores of the domain do it. */
interface CpuOperation extends Maintain {
  readonly cache: 'l1i' | 'l1d';
  readonly by: 'all' | 'address' | 'set and way';
  readonly everywhere: boolean;
}

const CLEAN = { clean: true, invalidate: false };
const INVALIDATE = { clean: false, invalidate: true };
const BOTH = { clean: true, invalidate: true };

/** ARM ARM (DDI 0406C) B4.2.1. Those by address reach all cores where there are several: the guest's memory is shared. */
const CPU_OPERATIONS: ReadonlyMap<string, CpuOperation> = new Map([
  ['ICIALLU', { cache: 'l1i', by: 'all', everywhere: false, ...INVALIDATE }],
  ['ICIALLUIS', { cache: 'l1i', by: 'all', everywhere: true, ...INVALIDATE }],
  ['ICIMVAU', { cache: 'l1i', by: 'address', everywhere: true, ...INVALIDATE }],
  ['DCIMVAC', { cache: 'l1d', by: 'address', everywhere: true, ...INVALIDATE }],
  ['DCCMVAC', { cache: 'l1d', by: 'address', everywhere: true, ...CLEAN }],
  ['DCCMVAU', { cache: 'l1d', by: 'address', everywhere: true, ...CLEAN }],
  ['DCCIMVAC', { cache: 'l1d', by: 'address', everywhere: true, ...BOTH }],
  ['DCISW', { cache: 'l1d', by: 'set and way', everywhere: false, ...INVALIDATE }],
  ['DCCSW', { cache: 'l1d', by: 'set and way', everywhere: false, ...CLEAN }],
  ['DCCISW', { cache: 'l1d', by: 'set and way', everywhere: false, ...BOTH }],
]);
/** To the point of unification, which lies before an L2 that is the CPU's own. */
const TO_UNIFICATION: ReadonlySet<string> = new Set(['ICIALLU', 'ICIALLUIS', 'ICIMVAU', 'DCCMVAU']);

/** L2C-310: DDI 0246 3.3.10. */
const L2C_OPERATION = /^(Clean|Invalidate|CleanInvalidate)By(PA|Way|IndexWay)$/;

/**
 * Does to the caches what the guest asks for. An operation by set and way means the caches that are simulated, whatever the
 * guest's own have of them.
 *
 * @param translate the physical address of a virtual one, null where nothing is mapped
 * @returns whether it was one that the model obeys
 */
export function obey(
  system: SimSystem,
  vcpu: number,
  { source, operation, value }: TcgCacheMaintenance,
  translate: (vaddr: number) => number | null,
): boolean {
  if (source === 'l2c') return obeyL2c(system, operation, value);
  const found = CPU_OPERATIONS.get(operation);
  if (!found) return false;
  const own = system.coreOf(vcpu);
  const physical = found.by === 'address' ? translate(value) : 0;
  if (physical === null) return true;
  // Bits 3 to 1 of a set and way are the level, counted from 0.
  const level = found.by === 'set and way' ? (value >>> 1) & 7 : 0;
  const inner = system.config.innerL2 && found.cache === 'l1d' && !TO_UNIFICATION.has(operation);
  for (const core of found.everywhere ? system.cores : [own]) {
    if (level === 0)
      for (const line of linesOf(core[found.cache], found.by, value, physical)) {
        system.maintainFirst(core, core[found.cache], line, found);
      }
    if (!inner || !core.l2 || (found.by === 'set and way' && level !== 1)) continue;
    for (const line of linesOf(core.l2, found.by, value, physical)) system.maintainSecond(core.l2, line, found);
  }
  return true;
}

function linesOf(cache: SimCache, by: CpuOperation['by'], value: number, physical: number): number[] {
  if (by === 'address') return [cache.lineOf(physical)];
  if (by === 'all') return cache.lines();
  const { lineSize, associativity } = cache.geometry;
  // The way in the highest bits that number it, the set above the offset in a line (DDI 0406C B4.2.1).
  const bits = Math.ceil(Math.log2(associativity));
  const way = bits === 0 ? 0 : value >>> (32 - bits);
  const set = Math.floor((bits === 0 ? value : value & (2 ** (32 - bits) - 1)) / lineSize) % cache.sets;
  return present(cache, set, way);
}

const present = (cache: SimCache, set: number, way: number): number[] => {
  const address = cache.addressAt(set, way);
  return address === undefined ? [] : [cache.lineOf(address)];
};

function obeyL2c(system: SimSystem, operation: string, value: number): boolean {
  const match = L2C_OPERATION.exec(operation);
  if (!match) return false;
  const what = match[1] === 'Clean' ? CLEAN : match[1] === 'Invalidate' ? INVALIDATE : BOTH;
  for (const l2 of new Set(system.cores.map((core: SimCore) => core.l2))) {
    if (!l2) continue;
    const { associativity } = l2.geometry;
    const lines = {
      PA: () => [l2.lineOf(value)],
      IndexWay: () => present(l2, l2.lineOf(value & 0x0fff_ffff) % l2.sets, value >>> 28),
      Way: () => l2.lines().filter((line) => value & (1 << (l2.wayOf(line) % associativity))),
    }[match[2] as 'PA' | 'Way' | 'IndexWay']();
    for (const line of lines) system.maintainSecond(l2, line, what);
  }
  return true;
}
