import type { FilteredFunction } from '../tcg/wasm/filtered';
import type { EventRing } from './event-ring';
import type { LoadedPlugin } from './loaded-plugin';

/** What a plugin is told of in batches: the event is written down where a callback would be called. */
export interface BatchedEvent {
  readonly ring: EventRing;
  readonly tag: number;
  /** Of an instruction: where it is. */
  readonly vaddr?: number;
}

/** What an exec operation's index stands for. An entry of the engine's own has no plugin. */
export interface ExecEntry {
  readonly plugin: LoadedPlugin | null;
  /** As fault reports name it: `insn_exec`, `tb_exec`. */
  readonly name: string;
  /** A function of the plugin: JavaScript's, or one that a WebAssembly module exports (userdata then is a number). */
  readonly callback: (vcpu: number, userdata: unknown) => void;
  /** What it may do with registers: qemu_plugin_cb_flags. */
  readonly flags: number;
  readonly userdata: unknown;
  /** What compiled code calls instead, where the callback is a filtered one. */
  readonly compiled?: FilteredFunction;
  /** Then `callback` only writes it down. */
  readonly event?: BatchedEvent;
}

/** What a mem operation's index stands for. An entry of the engine's own has no plugin. */
export interface MemEntry {
  readonly plugin: LoadedPlugin | null;
  readonly callback: (vcpu: number, info: number, vaddr: number, userdata: unknown) => void;
  readonly flags: number;
  readonly userdata: unknown;
  /** What compiled code calls instead, where the callback is a filtered one. */
  readonly compiled?: FilteredFunction;
  /** Then `callback` only writes it down. */
  readonly event?: BatchedEvent;
}

/** Numbers entries for operations in the IR; numbers of removed ones are given out again. */
export class CallbackTable<Entry> {
  /** By number. */
  readonly entries: Entry[] = [];
  private readonly free: number[] = [];

  add(entry: Entry): number {
    const index = this.free.pop() ?? this.entries.length;
    this.entries[index] = entry;
    return index;
  }

  /** No operation that may still run may hold the number. */
  remove(index: number): void {
    this.free.push(index);
  }
}
