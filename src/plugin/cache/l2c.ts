import type { TcgCacheMaintenance } from 'qemu-plugin';
import type { SetAssociativeCache } from './set-associative';

/**
 * Does to a level 2 cache what an operation of the L2C-310 does (DDI 0246 3.3.10): those that invalidate empty ways or
 * lines; cleaning changes no contents. The cache must have numbered ways.
 */
export function obeyL2c(cache: SetAssociativeCache, { operation, value }: TcgCacheMaintenance): void {
  switch (operation) {
    case 'InvalidateByPA':
    case 'CleanInvalidateByPA':
      cache.invalidateLine(value);
      return;
    case 'CleanInvalidateByIndexWay':
      cache.invalidate(cache.setOf(value), value >>> 28);
      return;
    case 'InvalidateByWay':
    case 'CleanInvalidateByWay':
      for (let way = 0; way < 16; way++) {
        if (!(value & (1 << way))) continue;
        for (let set = 0; set < cache.sets; set++) cache.invalidate(set, way);
      }
  }
}
