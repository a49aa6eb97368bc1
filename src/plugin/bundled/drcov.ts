import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { parseOptions } from './options';

interface Block {
  readonly start: number;
  readonly size: number;
  ran: boolean;
}

/** `libdrcov.so`: the blocks that ran, in a file that DynamoRIO's drcov and its readers (Lighthouse) take. */
export function drcovPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let filename = 'file.drcov.trace';
      const ok = parseOptions(api, argv, {
        filename: (value) => {
          filename = value;
          return value !== '';
        },
      });
      if (!ok) return -1;
      // Made at once, so that a name which cannot be used is refused before the guest runs.
      const file = api.tcg_open_file(filename, 'w');
      const blocks: Block[] = [];
      const executed = (_vcpu: number, block: Block): void => {
        block.ran = true;
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        let size = 0;
        for (let i = 0; i < n; i++) size += api.qemu_plugin_insn_size(api.qemu_plugin_tb_get_insn(tb, i)!);
        const block = { start: api.qemu_plugin_tb_vaddr(tb), size, ran: false };
        blocks.push(block);
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, api.QEMU_PLUGIN_CB_NO_REGS, block);
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        const ran = blocks.filter((block) => block.ran);
        const { start, end, entry, path } = api.tcg_program() ?? { start: 0, end: 0, entry: 0, path: '' };
        file.write(
          'DRCOV VERSION: 2\nDRCOV FLAVOR: drcov-64\nModule Table: version 2, count 1\nColumns: id, base, end, entry, path\n' +
            `0, ${[start, end, entry].map((address) => hexAddress(address)).join(', ')}, ${path}\n` +
            `BB Table: ${ran.length} bbs\n`,
        );
        file.write(records(ran, start));
        file.close();
      });
      return 0;
    },
  };
}

/** `{u32 offset from the module's base, u16 size, u16 module}` each, little-endian. */
function records(blocks: readonly Block[], base: number): Uint8Array {
  const bytes = new Uint8Array(8 * blocks.length);
  const view = new DataView(bytes.buffer);
  blocks.forEach(({ start, size }, i) => {
    view.setUint32(8 * i, start - base, true);
    view.setUint16(8 * i + 4, size, true);
  });
  return bytes;
}
