import type { LineTable } from '../tcg/line-table';
import type { Cond } from '../tcg/opcodes';
import type { ExecFilter } from './filtered';
import type { LoadedPlugin } from './loaded-plugin';
import type { Scoreboard, Words } from './scoreboard';

/** A u64 of each vCPU that operations in translated code use. */
export interface InlineEntry {
  readonly score: Scoreboard;
  /** Bytes from the element's start. */
  readonly offset: number;
}

/** A callback or inline operation that a plugin asked for at one place of a block. */
export interface Registration {
  readonly plugin: LoadedPlugin;
  readonly generation: number;
  /** Number in the exec or mem table; for an inline operation the one used when its entry is not in shared memory, else -1. */
  readonly index: number;
  /** What the callback does with registers: qemu_plugin_cb_flags. */
  readonly flags: number;
  /** For accesses: which ones, MEM_R | MEM_W. */
  readonly rw: number;
  /** The callback is called only if `entry cond value` holds. Absent also where the callback itself looks. */
  readonly condition?: { readonly cond: Cond; readonly entry: InlineEntry; readonly value: Words };
  readonly inline?: { readonly op: InlineOp; readonly entry: InlineEntry; readonly value: Words };
  /** When translated code leaves the callback out. */
  readonly execFilter?: ExecFilter;
  readonly lines?: LineTable;
}

/** Numbers are those of qemu_plugin_op. */
export enum InlineOp {
  AddU64 = 0,
  StoreU64 = 1,
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

function isLive({ plugin, generation, inline, condition }: Registration): boolean {
  if (!plugin.active || plugin.generation !== generation) return false;
  return !inline?.entry.score.freed && !condition?.entry.score.freed;
}

/** What the plugins asked for in one block, at its translation. */
export class BlockRegistrations {
  /** The plugins that know of the block. */
  readonly told = new Set<LoadedPlugin>();
  readonly tb = new Place();
  /** Before each instruction, after each of its accesses, and after it. */
  readonly exec: Place[];
  readonly mem: Place[];
  readonly after: Place[];

  constructor(instructions: number) {
    const places = (): Place[] => Array.from({ length: instructions }, () => new Place());
    this.exec = places();
    this.mem = places();
    this.after = places();
  }

  /** Puts each place in the order in which plugins are called: the one loaded last first. */
  sort(): void {
    for (const { callbacks, inlines } of [this.tb, ...this.exec, ...this.mem, ...this.after]) {
      for (const list of [callbacks, inlines]) list.sort((a, b) => b.plugin.id - a.plugin.id);
    }
  }

  /** Whether something here is the plugin's, or it is still to be told of the block. */
  concerns(plugin: LoadedPlugin): boolean {
    if (plugin.callback('tb_trans') && !this.told.has(plugin)) return true;
    return [this.tb, ...this.exec, ...this.mem, ...this.after].some(({ callbacks, inlines }) =>
      [callbacks, inlines].some((list) => list.some((registration) => registration.plugin === plugin)),
    );
  }

  get isEmpty(): boolean {
    return [this.tb, ...this.exec, ...this.mem, ...this.after].every((place) => place.isEmpty);
  }
}
