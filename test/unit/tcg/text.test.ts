import assert from 'node:assert/strict';
import { IrBuilder } from '../../../src/tcg/builder';
import { formatIr, parseIr } from '../../../src/tcg/text';
import { formatMemOp, parseMemOp, MemOp } from '../../../src/tcg/memop';
import { Cond } from '../../../src/tcg/opcodes';
import { GLOBALS } from './machine';

const HELPERS = [{ name: 'raise', index: 3, inputs: 1, hasOutput: false, pure: false }];

describe('IR text', () => {
  const text = [
    '  ---- 0x1000, 0x4',
    '  add_i32 tmp0, a, $0x4',
    '  qemu_ld_i32 tmp1, tmp0, lesw',
    '  plugin_mem_cb tmp0, tmp1, $0x0, lesw, 1, 7, 1',
    '  brcond_i32 tmp1, $0xffffffff, ltu, L0',
    '  deposit_i32 tmp2, tmp1, b, 4, 12',
    '  mov_i32 c, tmp2',
    'L0:',
    '  call raise, $0x2',
    '  plugin_exec_cond_cb 4, 2, leu, 0x200000, 0x8, 0xffffffff, 0x1',
    '  plugin_inline_add_u64 0x1008, 0x8, 0x1, 0x0',
    '  plugin_inline_store_u64 0x1008, 0x0, 0x1, 0x0',
    '  plugin_after_cb 3, 1',
    '  goto_tb 1, 0x2000',
  ].join('\n');

  it('prints what it reads', () => {
    assert.equal(formatIr(parseIr(text, { globals: GLOBALS, helpers: HELPERS })), text);
  });

  it('prints what the builder emits', () => {
    const ir = new IrBuilder(GLOBALS);
    ir.insnStart(0x1000, 4);
    const label = ir.newLabel();
    ir.brcond(Cond.ltu, 0, ir.const(-1), label);
    ir.mov(1, ir.add(0, ir.const(3)));
    ir.setLabel(label);
    ir.store(1, 2, MemOp.UB);
    ir.exitTb();
    const expected = [
      '  ---- 0x1000, 0x4',
      '  brcond_i32 a, $0xffffffff, ltu, L0',
      '  add_i32 tmp0, a, $0x3',
      '  mov_i32 b, tmp0',
      'L0:',
      '  qemu_st_i32 b, c, ub',
      '  exit_tb',
    ];
    assert.equal(formatIr(ir.block), expected.join('\n'));
  });

  it('names the line of an error', () => {
    const parse = (body: string) => () => parseIr(`exit_tb\n${body}`, { globals: GLOBALS });
    assert.throws(parse('frobnicate a'), /line 2: unknown operation frobnicate/);
    assert.throws(parse('add_i32 a, b'), /line 2: add_i32 takes 3 arguments, not 2/);
    assert.throws(parse('mov_i32 a, zz'), /line 2: unknown value zz/);
    assert.throws(parse('setcond_i32 a, b, c, maybe'), /line 2: unknown condition maybe/);
    assert.throws(parse('call nobody'), /line 2: unknown helper nobody/);
    assert.throws(parse('qemu_ld_i32 a, b, huge'), /line 2: not a memory operation: huge/);
  });

  it('writes and reads every memory operation', () => {
    for (let op = 0; op < 0x400; op++) {
      const clean = op & 3 ? op : op & ~MemOp.BE;
      assert.equal(parseMemOp(formatMemOp(clean)), clean);
    }
  });
});

describe('builder', () => {
  it('folds constants and neutral operands', () => {
    const ir = new IrBuilder(GLOBALS);
    assert.equal(ir.block.constantValue(ir.add(ir.const(3), ir.const(-5))), -2);
    assert.equal(ir.block.constantValue(ir.rotr(ir.const(0x80000001 | 0), ir.const(4))), 0x18000000);
    assert.equal(ir.block.constantValue(ir.shr(ir.const(-1), ir.const(31))), 1);
    assert.equal(ir.addi(0, 0), 0);
    assert.equal(ir.shli(0, 0), 0);
    assert.equal(ir.block.ops.length, 0);
  });

  it('refuses a helper call of the wrong shape', () => {
    const ir = new IrBuilder(GLOBALS);
    assert.throws(() => ir.call(HELPERS[0]), /helper raise takes 1 inputs/);
  });
});
