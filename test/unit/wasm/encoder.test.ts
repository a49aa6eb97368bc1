import assert from 'node:assert/strict';
import { FunctionBuilder } from '../../../src/tcg/wasm/function';
import { ModuleBuilder } from '../../../src/tcg/wasm/module';
import { Op, Type } from '../../../src/tcg/wasm/opcodes';
import { ByteWriter } from '../../../src/tcg/wasm/writer';
import { instantiate } from './host';

function written(write: (w: ByteWriter) => void): number[] {
  const w = new ByteWriter();
  write(w);
  return [...w.bytes()];
}

describe('wasm encoder', () => {
  it('writes LEB128 as the specification does', () => {
    assert.deepEqual(
      written((w) => w.u32(624485)),
      [0xe5, 0x8e, 0x26],
    );
    assert.deepEqual(
      written((w) => w.u32(-1)),
      [0xff, 0xff, 0xff, 0xff, 0x0f],
    );
    assert.deepEqual(
      written((w) => w.s32(-123456)),
      [0xc0, 0xbb, 0x78],
    );
    assert.deepEqual(
      written((w) => w.s32(64)),
      [0xc0, 0x00],
    );
    assert.deepEqual(
      written((w) => w.s64(-(1n << 63n))),
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
    );
  });

  it('grows', () => {
    const w = new ByteWriter();
    for (let i = 0; i < 5000; i++) w.byte(i & 0xff);
    w.append(new Uint8Array(5000).fill(7));
    assert.equal(w.length, 10000);
    assert.deepEqual([w.bytes()[4999], w.bytes()[9999]], [4999 & 0xff, 7]);
  });

  it('encodes every constant so that the host reads it back', () => {
    const values = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 0x7fffffff, -0x80000000, 0x12345678];
    const module = new ModuleBuilder(1);
    const type = module.type([], [Type.i32]);
    values.forEach((value, i) => {
      const f = new FunctionBuilder(0);
      f.i32Const(value);
      module.exportFunction(`f${i}`, module.function(type, f.finish()));
    });
    const { exports } = instantiate(module);
    values.forEach((value, i) => assert.equal((exports[`f${i}`] as () => number)(), value));
  });

  it('makes modules with imports, memory, locals of several types, branches and hints', () => {
    const module = new ModuleBuilder(1);
    const unary = module.type([Type.i32], [Type.i32]);
    assert.equal(module.type([Type.i32], [Type.i32]), unary);
    const twice = module.importFunction('env', 'twice', unary);
    const f = new FunctionBuilder(1);
    const [sum, wide] = [f.local(), f.local(Type.i64)];
    // Sums n..1, leaves the sum in memory, and returns twice the sum; 0 for n = 0.
    const out = f.block();
    f.get(0);
    f.op(Op.i32_eqz);
    f.brIf(out, false);
    const again = f.loop();
    f.get(sum);
    f.get(0);
    f.op(Op.i32_add);
    f.set(sum);
    f.get(0);
    f.i32Const(1);
    f.op(Op.i32_sub);
    f.tee(0);
    f.brIf(again, true);
    f.end();
    f.end();
    f.get(sum);
    f.op(Op.i64_extend_i32_u);
    f.set(wide);
    f.i32Const(0);
    f.get(wide);
    f.memory(Op.i64_store, 3, 16);
    f.get(sum);
    f.call(twice);
    module.exportFunction('f', module.function(unary, f.finish()));
    const { exports, memory } = instantiate(module, { twice: (n: number) => 2 * n });
    assert.equal((exports['f'] as (n: number) => number)(100), 10100);
    assert.equal(new DataView(memory.buffer).getBigUint64(16, true), 5050n);
    assert.equal((exports['f'] as (n: number) => number)(0), 0);
  });

  it('marks where branches are unlikely', () => {
    const f = new FunctionBuilder(1);
    f.local();
    f.get(0);
    f.if(false);
    f.end();
    const { bytes, hints } = f.finish();
    assert.equal(hints.length, 1);
    assert.equal(bytes[hints[0].offset], Op.if);
    assert.equal(hints[0].likely, false);
  });
});
