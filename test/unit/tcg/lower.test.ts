import assert from 'node:assert/strict';
import { Bytecode } from '../../../src/tcg/bytecode';
import { ConstantPool } from '../../../src/tcg/constants';
import { ENV_LOCALS, ENV_WORDS } from '../../../src/tcg/layout';
import { lowerBlock } from '../../../src/tcg/lower';
import { IrMachine } from './machine';

function lower(text: string): number[] {
  const machine = new IrMachine();
  return [...lowerBlock(machine.parse(text), machine.constants).code];
}

describe('lowering', () => {
  it('merges an operation with the move of its result', () => {
    assert.deepEqual(lower('add_i32 tmp0, a, b\nmov_i32 c, tmp0'), [Bytecode.add, 2, 0, 1]);
  });

  it('merges an operation with the moves of its two results, in either order', () => {
    const merged = [Bytecode.mulu2, 2, 3, 0, 1];
    assert.deepEqual(lower('mulu2_i32 tmp0, tmp1, a, b\nmov_i32 c, tmp0\nmov_i32 d, tmp1'), merged);
    assert.deepEqual(lower('mulu2_i32 tmp0, tmp1, a, b\nmov_i32 d, tmp1\nmov_i32 c, tmp0'), merged);
    const onlyOne = lower('mulu2_i32 tmp0, tmp1, a, b\nmov_i32 c, tmp0\nmov_i32 c, tmp0\nmov_i32 d, tmp1');
    assert.equal(onlyOne.filter((word) => word === Bytecode.mov).length, 3);
  });

  it('merges a load past what a plugin has behind it, unless that looks at registers or reads the destination', () => {
    const filtered = (address: string, flags: number): string =>
      `plugin_mem_filtered_cb ${address}, leul, 1, 0, ${flags}, 0x100, 5, 0xff, 0x0`;
    const moves = (text: string): number => lower(text).filter((word) => word === Bytecode.mov).length;
    const load = 'qemu_ld_i32 tmp0, a, leul\n';
    assert.equal(moves(`${load}${filtered('a', 0)}\nmov_i32 c, tmp0`), 0);
    assert.equal(moves(`${load}${filtered('a', 1)}\nmov_i32 c, tmp0`), 1);
    assert.equal(moves(`${load}${filtered('a', 0)}\nmov_i32 a, tmp0`), 1);
    const pair = `qemu_ld_i64 tmp0, tmp1, a, leuq\n${filtered('a', 0)}\n`;
    assert.equal(moves(`${pair}mov_i32 c, tmp0\nmov_i32 d, tmp1`), 0);
    assert.equal(moves(`${pair}mov_i32 c, tmp0\nmov_i32 a, tmp1`), 2);
  });

  it('keeps the move when the result is read again', () => {
    const code = lower('add_i32 tmp0, a, b\nmov_i32 c, tmp0\nmov_i32 d, tmp0');
    assert.deepEqual(code, [Bytecode.add, ENV_LOCALS, 0, 1, Bytecode.mov, 2, ENV_LOCALS, Bytecode.mov, 3, ENV_LOCALS]);
  });

  it('drops what nobody reads, but no access and no write to a global', () => {
    const code = lower('add_i32 tmp0, a, b\nxor_i32 tmp1, tmp0, a\nqemu_ld_i32 tmp2, a, leul\nmov_i32 b, a');
    assert.deepEqual(
      code.filter((word) => word === Bytecode.add || word === Bytecode.xor),
      [],
    );
    assert.equal(code[0], Bytecode.ld32);
    assert.deepEqual(code.slice(-3), [Bytecode.mov, 1, 0]);
  });

  it('gives the locals of every instruction the same slots', () => {
    const one = '---- 0x0, 0x0\nadd_i32 tmp0, a, b\nmov_i32 c, tmp0\nmov_i32 d, tmp0\n';
    const two = one + one.replaceAll('tmp0', 'tmp1');
    const code = lower(two);
    assert.deepEqual(code.slice(code.length / 2), code.slice(0, code.length / 2));
  });

  it('reports a jump to a label that is set nowhere', () => {
    assert.throws(() => lower('br L3'), /label L3/);
  });

  it('fills the constant pool of every vCPU until it is full', () => {
    const envs = [new Int32Array(ENV_WORDS), new Int32Array(ENV_WORDS)];
    const pool = new ConstantPool(envs);
    const slot = pool.slot(42) ?? -1;
    assert.equal(pool.slot(42), slot);
    assert.deepEqual(
      envs.map((env) => env[slot]),
      [42, 42],
    );
    for (let i = 0; i < ENV_WORDS; i++) pool.slot(i);
    assert.equal(pool.room, 0);
    assert.equal(pool.slot(42), slot);
    assert.equal(pool.slot(-1), undefined);
    pool.clear();
    assert.equal(pool.slot(7), slot);
  });

  it('puts constants into the code that the pool has no room for', () => {
    const machine = new IrMachine();
    for (let i = 0; machine.constants.room > 0; i++) machine.constants.slot(i);
    const zero = machine.constants.slot(0);
    const { code } = lowerBlock(
      machine.parse('add_i32 tmp0, a, $0x87654321\nmul_i32 b, tmp0, tmp0\nsub_i32 a, $0x87654321, $0x0'),
      machine.constants,
    );
    const value = 0x87654321 | 0;
    assert.deepEqual(
      [...code],
      [
        ...[Bytecode.movi, ENV_LOCALS, value, Bytecode.add, ENV_LOCALS + 1, 0, ENV_LOCALS],
        ...[Bytecode.mul, 1, ENV_LOCALS + 1, ENV_LOCALS + 1],
        ...[Bytecode.movi, ENV_LOCALS + 2, value, Bytecode.sub, 0, ENV_LOCALS + 2, zero],
      ],
    );
  });
});
