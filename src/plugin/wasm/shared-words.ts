import type { CallbackKind } from '../../tcg/wasm/direct-callback';
import type { WasmHost, WasmValue } from '../../tcg/wasm/host';
import type { Scoreboard } from '../scoreboard';
import type { PluginInstance } from './instance';
import { copiedAround, ENTRY_BYTES, wordCopies, type WordCopies } from './word-copies';

/** Where scoreboards come from, whatever version of the API the plugin has. */
export interface ScoreboardSource {
  newScoreboard(elementSize: number, isPerVcpu: boolean): Scoreboard;
  freeScoreboard(score: Scoreboard): void;
}

const CONTROL_BYTES = 8;
const FIRST_LIST_BYTES = 64 * ENTRY_BYTES;

/**
 * Doublewords that exist twice: in the shared memory, where translated code counts, and in the plugin's own, where the
 * plugin looks at them by pointers. The former are true while the guest runs, the latter while the plugin runs; functions in
 * WebAssembly copy them around the plugin's callbacks.
 */
export class SharedWords {
  /** Count of entries, byte offset of the list. */
  private control: Scoreboard | undefined;
  private list: Scoreboard | undefined;
  private count = 0;
  private copies: WordCopies | undefined;

  constructor(
    private readonly source: ScoreboardSource,
    private readonly host: WasmHost,
    private readonly instance: () => PluginInstance,
  ) {}

  /**
   * A scoreboard that translated code reaches by itself, and whose words can be added; undefined where there is no room.
   * Not per vCPU: it has one element, which all share.
   */
  newScoreboard(elementSize: number, isPerVcpu: boolean): Scoreboard | undefined {
    this.control ??= this.allocate(CONTROL_BYTES, false);
    this.list ??= this.allocate(FIRST_LIST_BYTES, false);
    return this.control && this.list && this.allocate(elementSize, isPerVcpu);
  }

  free(score: Scoreboard): void {
    this.source.freeScoreboard(score);
  }

  private allocate(elementSize: number, isPerVcpu: boolean): Scoreboard | undefined {
    const { source } = this;
    const score = source.newScoreboard(elementSize, isPerVcpu);
    if (score.isShared) return score;
    source.freeScoreboard(score);
    return undefined;
  }

  /**
   * Joins a doubleword of the shared memory with the one at `at` of the plugin's, which counts now: the plugin runs. Returns
   * false where there is no room.
   */
  add(shared: number, at: number): boolean {
    const { control, list } = this;
    if (!control || !list || !this.makeRoom(control, list)) return false;
    const entries = wordsOf(this.list ?? list);
    entries[2 * this.count] = shared;
    entries[2 * this.count + 1] = at;
    this.count++;
    this.tell(control);
    return true;
  }

  private makeRoom(control: Scoreboard, list: Scoreboard): boolean {
    if (this.count * ENTRY_BYTES < list.elementSize) return true;
    const larger = this.allocate(2 * list.elementSize, false);
    if (!larger) return false;
    wordsOf(larger).set(wordsOf(list));
    this.list = larger;
    this.tell(control);
    return true;
  }

  /** Forgets those from `from` up to `end` of the plugin's memory. */
  remove(from: number, end: number): void {
    const { control, list } = this;
    if (!control || !list) return;
    const entries = wordsOf(list);
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const [shared, at] = entries.subarray(2 * i, 2 * i + 2);
      if (at >= from && at < end) continue;
      entries[2 * kept] = shared;
      entries[2 * kept + 1] = at;
      kept++;
    }
    this.count = kept;
    this.tell(control);
  }

  private tell(control: Scoreboard): void {
    const words = wordsOf(control);
    words[0] = this.count;
    words[1] = this.list?.position ?? 0;
  }

  /** The plugin is about to run. */
  enter(): void {
    if (this.isLive) (this.functions().enter as () => void)();
  }

  /** The plugin has run. */
  leave(): void {
    if (this.isLive) (this.functions().leave as () => void)();
  }

  /** A plugin that was removed has given back its part of the shared memory. */
  private get isLive(): boolean {
    return this.count > 0 && this.control !== undefined && !this.control.freed;
  }

  private functions(): WordCopies {
    return (this.copies ??= wordCopies(this.host, this.instance().memory.object, this.control?.position ?? 0));
  }

  /**
   * A callback of the plugin as translated code may call it, with the copies around it; undefined where its type is not that
   * of such a callback, or the copies have no room.
   */
  around(kind: CallbackKind, callback: WasmValue): WasmValue | undefined {
    this.control ??= this.allocate(CONTROL_BYTES, false);
    if (!this.control) return undefined;
    return copiedAround(this.host, this.functions(), this.control.position, kind, callback);
  }
}

function wordsOf(score: Scoreboard): Uint32Array {
  const { buffer, byteOffset, byteLength } = score.find(0);
  return new Uint32Array(buffer, byteOffset, byteLength >>> 2);
}
