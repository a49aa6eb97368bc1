import type { TranslatedBlock } from '../tcg/translator';
import type { InsnSource } from './host';
import type { LoadedPlugin } from './loaded-plugin';
import type { BlockRegistrations } from './registrations';

/** The block as one plugin's tb_trans callback sees it: what C names `struct qemu_plugin_tb`. */
export class PluginTb {
  readonly opaque = 'qemu_plugin_tb';
  /** Cleared when the callback has returned. */
  valid = true;
  readonly insns: readonly PluginInsn[];

  constructor(
    readonly block: TranslatedBlock,
    readonly plugin: LoadedPlugin,
    readonly vcpu: number,
    readonly registrations: BlockRegistrations,
  ) {
    this.insns = block.insns.map((insn, index) => new PluginInsn(this, insn, index));
  }
}

/** An instruction of a {@link PluginTb}: what C names `struct qemu_plugin_insn`. */
export class PluginInsn {
  readonly opaque = 'qemu_plugin_insn';

  constructor(
    readonly tb: PluginTb,
    readonly source: InsnSource,
    readonly index: number,
  ) {}
}

/** `handle` as a block of the tb_trans callback that runs now, or an Error that names the API function. */
export function checkTb(handle: unknown, api: string): PluginTb {
  if (!(handle instanceof PluginTb)) throw new TypeError(`${api}: not a translation block`);
  if (!handle.valid) throw new Error(`${api}: the block may be used only inside of its tb_trans callback`);
  return handle;
}

/** `handle` as an instruction of a block that is being translated now, or an Error that names the API function. */
export function checkInsn(handle: unknown, api: string): PluginInsn {
  if (!(handle instanceof PluginInsn)) throw new TypeError(`${api}: not an instruction`);
  if (!handle.tb.valid) throw new Error(`${api}: the instruction may be used only inside of its tb_trans callback`);
  return handle;
}
