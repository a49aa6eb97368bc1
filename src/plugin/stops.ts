import { PluginSetPc } from '../tcg/instrument';
import { Control } from '../tcg/layout';
import type { CallbackHit } from './callback-breakpoints';

/** Why the machine should stop, as a callback asked. */
export type StopRequest =
  | { readonly kind: 'plugin'; readonly plugin: string; readonly reason: string }
  | { readonly kind: 'breakpoint'; readonly hits: readonly CallbackHit[] };

/** What callbacks ask of the execution: to stop, or to go on elsewhere. */
export class Stops {
  private request: StopRequest | undefined;
  /** A callback moved the pc there; it is to be left. */
  private newPc: number | undefined;

  /** @param control the control block: compiled code looks there whether anything is asked */
  constructor(private readonly control: Int32Array) {}

  get isPending(): boolean {
    return this.request !== undefined;
  }

  /** On behalf of a plugin; the first one counts. */
  ofPlugin(plugin: string, reason: string): void {
    this.request ??= { kind: 'plugin', plugin, reason };
    this.control[Control.Attention] = 1;
  }

  /** For a callback breakpoint. */
  ofHit(hit: CallbackHit): void {
    const hits = this.request?.kind === 'breakpoint' ? [...this.request.hits, hit] : [hit];
    this.request = { kind: 'breakpoint', hits };
    this.control[Control.Attention] = 1;
  }

  /** Why a callback stopped the machine; asks once. */
  take(): StopRequest | undefined {
    const { request } = this;
    this.request = undefined;
    return request;
  }

  get movesPc(): boolean {
    return this.newPc !== undefined;
  }

  /** Asks for execution to go on at `pc`, and leaves the callback. */
  setPc(pc: number): never {
    this.newPc = pc;
    throw new PluginSetPc(pc);
  }

  /** Leaves the block if a callback moved the pc, whatever the callback did with what was thrown. */
  leaveForNewPc(): void {
    const pc = this.newPc;
    if (pc === undefined) return;
    this.newPc = undefined;
    throw new PluginSetPc(pc);
  }
}
