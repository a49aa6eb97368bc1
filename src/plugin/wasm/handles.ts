import type { qemu_plugin_hwaddr, qemu_plugin_insn, qemu_plugin_tb } from 'qemu-plugin';
import type { PluginInstance } from './instance';

/** Pointers that only the emulator follows: never addresses of the plugin's memory that it could read. */
const TB = 0x10;
const HWADDR = 0x20;
const FIRST_INSN = 0x100;
const INSN_STEP = 0x10;

/** What a plugin holds opaque pointers to. A block and its instructions live as long as the tb_trans callback runs. */
export class Handles {
  private tb: qemu_plugin_tb | undefined;
  private readonly insns: qemu_plugin_insn[] = [];
  private temporary: number[] = [];
  private hwaddr: qemu_plugin_hwaddr | undefined;

  constructor(private readonly instance: () => PluginInstance) {}

  /** Runs `action` with a pointer to the block. */
  during(tb: qemu_plugin_tb, action: (pointer: number) => void): void {
    this.tb = tb;
    this.insns.length = 0;
    try {
      action(TB);
    } finally {
      this.tb = undefined;
      this.insns.length = 0;
      const given = this.temporary;
      this.temporary = [];
      for (const at of given) this.instance().free(at);
    }
  }

  block(pointer: number): qemu_plugin_tb {
    if (pointer !== TB || !this.tb) throw new Error('a block is used outside of its tb_trans callback');
    return this.tb;
  }

  insnPointer(index: number, insn: qemu_plugin_insn): number {
    this.insns[index] = insn;
    return FIRST_INSN + INSN_STEP * index;
  }

  insn(pointer: number): qemu_plugin_insn {
    const insn = this.insns[(pointer - FIRST_INSN) / INSN_STEP];
    if (!insn) throw new Error('an instruction is used outside of its tb_trans callback');
    return insn;
  }

  /** Memory of the plugin that is freed when the tb_trans callback has run. */
  temporaryBytes(bytes: Uint8Array): number {
    const at = this.instance().allocate(Math.max(1, bytes.length));
    this.instance().memory.slice(at, bytes.length).set(bytes);
    this.temporary.push(at);
    return at;
  }

  hwaddrPointer(hwaddr: qemu_plugin_hwaddr | null): number {
    this.hwaddr = hwaddr ?? undefined;
    return hwaddr ? HWADDR : 0;
  }

  /** What {@link hwaddrPointer} was last given. */
  get current(): qemu_plugin_hwaddr | null {
    return this.hwaddr ?? null;
  }

  /** Null for NULL. */
  hwaddrAt(pointer: number): qemu_plugin_hwaddr | null {
    if (pointer === 0) return null;
    if (pointer !== HWADDR || !this.hwaddr) throw new Error('not a pointer that qemu_plugin_get_hwaddr returned');
    return this.hwaddr;
  }
}
