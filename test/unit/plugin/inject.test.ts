import assert from 'node:assert/strict';
import type { QemuPluginApi } from '../../../src/plugin/plugin-module';
import { PluginEngine } from '../../../src/plugin/engine';
import { filteredOf, type FilteredCallbacks } from '../../../src/plugin/filtered';
import type { CallbackBreakpoint } from '../../../src/plugin/callback-breakpoints';
import { formatIr, parseIr } from '../../../src/tcg/text';
import { TranslatedInsn, type TranslatedBlock } from '../../../src/tcg/translator';
import { FakeHost } from './fake-host';
import { GLOBALS } from './guest';
import type { qemu_plugin_insn } from 'qemu-plugin';

const TWO_INSNS = `
  ---- 0x1000, 0x0
  add_i32 r0, r0, $0x1
  ---- 0x1004, 0x0
  qemu_ld_i32 tmp0, r0, leul
  mov_i32 r1, tmp0
  qemu_st_i32 r1, r2, ub
  goto_tb 0, 0x1008`;

function block(text = TWO_INSNS): TranslatedBlock {
  const ir = parseIr(text, { globals: GLOBALS });
  const insns = [0x1000, 0x1004].map((vaddr) => new TranslatedInsn(vaddr, 4, 0, 0, 0));
  return { pc: 0x1000, flags: 0, size: 8, insns, ir };
}

type Instrument = (api: QemuPluginApi, tb: Parameters<QemuPluginApi['qemu_plugin_tb_vaddr']>[0]) => void;

function instrumented(
  instrument: Instrument | undefined,
  breakpoints: CallbackBreakpoint[] = [],
  text?: string,
): string {
  const engine = new PluginEngine(new FakeHost());
  if (instrument) {
    engine.install(
      'p.js',
      {
        qemu_plugin_install(id, _info, _argv, api) {
          api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => instrument(api, tb));
        },
      },
      [],
    );
  }
  engine.setBreakpoints(breakpoints);
  const b = block(text);
  engine.instrument(b, 0);
  return formatIr(b.ir);
}

const same = (actual: string, expected: string): void => assert.equal(actual, expected.replace(/^\n/, ''));

describe('plugin operations in the IR', () => {
  it('are none without plugins and breakpoints', () => {
    const b = block();
    const ops = b.ir.ops;
    const engine = new PluginEngine(new FakeHost());
    engine.instrument(b, 0);
    assert.equal(b.ir.ops, ops);
  });

  it('stand at the block, before each instruction and after each access, callbacks before inline additions', () => {
    const text = instrumented((api, tb) => {
      const add = api.QEMU_PLUGIN_INLINE_ADD_U64;
      const n = api.tcg_u64_new();
      api.qemu_plugin_register_vcpu_tb_exec_inline(tb, add, n, 2 ** 32 + 5);
      api.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {}, 0, 'tb');
      for (const i of [0, 1]) {
        const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
        api.qemu_plugin_register_vcpu_mem_inline(insn, 3, add, api.tcg_u64_new(), -1);
        api.qemu_plugin_register_vcpu_mem_cb(insn, () => {}, 0, 1, 'r');
        api.qemu_plugin_register_vcpu_mem_cb(insn, () => {}, 0, 2, 'w');
        api.qemu_plugin_register_vcpu_insn_exec_inline(insn, add, n, 1);
        api.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {}, 0, i);
      }
    });
    same(
      text,
      `
  ---- 0x1000, 0x0
  plugin_exec_cb 1, 0
  plugin_inline_add_u64 0x1000, 0x0, 0x5, 0x1
  plugin_exec_cb 2, 0
  plugin_inline_add_u64 0x1000, 0x0, 0x1, 0x0
  add_i32 r0, r0, $0x1
  ---- 0x1004, 0x0
  plugin_exec_cb 3, 0
  plugin_inline_add_u64 0x1000, 0x0, 0x1, 0x0
  qemu_ld_i32 tmp0, r0, leul
  plugin_mem_cb r0, tmp0, $0x0, leul, 1, 2, 0
  plugin_inline_add_u64 0x1010, 0x0, 0xffffffff, 0xffffffff
  mov_i32 r1, tmp0
  qemu_st_i32 r1, r2, ub
  plugin_mem_cb r2, r1, $0x0, ub, 2, 3, 0
  plugin_inline_add_u64 0x1010, 0x0, 0xffffffff, 0xffffffff
  goto_tb 0, 0x1008`,
    );
  });

  it('keep the address of a load that overwrites it', () => {
    const text = instrumented(
      (api, tb) => api.qemu_plugin_register_vcpu_mem_cb(api.qemu_plugin_tb_get_insn(tb, 0)!, () => {}, 0, 3, undefined),
      [],
      '---- 0x1000, 0x0\nqemu_ld_i32 r0, r0, leul\n---- 0x1004, 0x0\nqemu_ld_i32 r1, r1, leul\nexit_tb',
    );
    same(
      text,
      `
  ---- 0x1000, 0x0
  mov_i32 tmp0, r0
  qemu_ld_i32 r0, r0, leul
  plugin_mem_cb tmp0, r0, $0x0, leul, 1, 0, 0
  ---- 0x1004, 0x0
  mov_i32 tmp1, r1
  qemu_ld_i32 r1, r1, leul
  exit_tb`,
    );
  });

  it('of breakpoints come only where one applies: exec ones before plugins, accesses after them', () => {
    const plugin: Instrument = (api, tb) => {
      const insn = api.qemu_plugin_tb_get_insn(tb, 1)!;
      api.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {}, 0, undefined);
      api.qemu_plugin_register_vcpu_mem_cb(insn, () => {}, 0, 3, undefined);
    };
    const ranges = [{ start: 0x1004, end: 0x1005 }];
    same(
      instrumented(plugin, [
        { id: 1, kind: 'insn_exec', ranges },
        { id: 2, kind: 'tb_exec', ranges: [{ start: 0x2000, end: 0x3000 }] },
        { id: 3, kind: 'mem_write', ranges: [{ start: 0, end: 4 }] },
      ]),
      `
  ---- 0x1000, 0x0
  add_i32 r0, r0, $0x1
  ---- 0x1004, 0x0
  plugin_exec_cb 2, 1
  plugin_exec_cb 1, 0
  qemu_ld_i32 tmp0, r0, leul
  plugin_mem_cb r0, tmp0, $0x0, leul, 1, 0, 0
  mov_i32 r1, tmp0
  qemu_st_i32 r1, r2, ub
  plugin_mem_cb r2, r1, $0x0, ub, 2, 0, 0
  plugin_mem_cb r2, r1, $0x0, ub, 2, 2, 1
  goto_tb 0, 0x1008`,
    );
  });
});

describe('filtered callbacks in the IR', () => {
  const filter = { offset: 0x200040, value: 7, exclusive: true };

  function text(register: (filtered: FilteredCallbacks, insn: qemu_plugin_insn, i: number) => void): string {
    return instrumented((api, tb) => {
      for (const i of [0, 1]) register(filteredOf(api), api.qemu_plugin_tb_get_insn(tb, i)!, i);
    });
  }

  it('come once for a block as long as their word surely has the value', () => {
    const exec = text((filtered, insn) => filtered.exec(insn, () => {}, 0, filter));
    assert.deepEqual(exec.match(/plugin_exec_filtered_cb.*/g), ['plugin_exec_filtered_cb 0x200040, 0x7, 1, 0']);
  });

  it('come each time where something else may have changed the word', () => {
    const count = (ir: string): number => ir.match(/plugin_exec_filtered_cb/g)?.length ?? 0;
    const shared = text((filtered, insn) => filtered.exec(insn, () => {}, 0, { ...filter, exclusive: false }));
    assert.equal(count(shared), 2);
    const other = text((filtered, insn, i) => filtered.exec(insn, () => {}, 0, { ...filter, value: i }));
    assert.equal(count(other), 2);
    const unfiltered = text((filtered, insn, i) => {
      if (i === 1) filtered.exec(insn, () => {}, 0, undefined);
      filtered.exec(insn, () => {}, 0, filter);
    });
    assert.equal(count(unfiltered), 2);
  });
});
