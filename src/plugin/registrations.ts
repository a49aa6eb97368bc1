import type { LineTable } from '../tcg/line-table';
import type { Counter } from './counters';
import type { ExecFilter } from './filtered';
import type { LoadedPlugin } from './loaded-plugin';

/** A callback or inline operation that a plugin asked for at one place of a block. */
export interface Registration {
  readonly plugin: LoadedPlugin;
  readonly generation: number;
  /** Number in the exec or mem table; for an inline operation the one used when its counter is not in shared memory. */
  readonly index: number;
  /** For accesses: which ones, MEM_R | MEM_W. */
  readonly rw: number;
  readonly inline?: { readonly counter: Counter; readonly value: number };
  /** When the callback is left out. */
  readonly execFilter?: ExecFilter;
  readonly lines?: LineTable;
}

/** Registrations of one place, callbacks and inline operations apart: callbacks run first. */
export class Place {
  readonly callbacks: Registration[] = [];
  readonly inlines: Registration[] = [];

  get isEmpty(): boolean {
    return this.callbacks.length === 0 && this.inlines.length === 0;
  }

  /** In the order in which they run. */
  *live(): Iterable<Registration> {
    for (const list of [this.callbacks, this.inlines]) {
      for (const registration of list) if (isLive(registration)) yield registration;
    }
  }
}

function isLive({ plugin, generation }: Registration): boolean {
  return plugin.active && plugin.generation === generation;
}

/** What the plugins asked for in one block, at its translation. */
export class BlockRegistrations {
  readonly tb = new Place();
  readonly exec: Place[];
  readonly mem: Place[];

  constructor(instructions: number) {
    this.exec = Array.from({ length: instructions }, () => new Place());
    this.mem = Array.from({ length: instructions }, () => new Place());
  }

  get isEmpty(): boolean {
    return this.tb.isEmpty && this.exec.every((place) => place.isEmpty) && this.mem.every((place) => place.isEmpty);
  }
}
