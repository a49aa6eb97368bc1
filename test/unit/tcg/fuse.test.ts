import assert from 'node:assert/strict';
import { Bytecode } from '../../../src/tcg/bytecode';
import { IrMachine } from './machine';

const SEQUENCE = `
  ---- 0x1000, 0x0
  sub_i32 tmp0, a, b
  xor_i32 tmp1, tmp0, a
  xor_i32 tmp2, a, b
  and_i32 tmp3, tmp1, tmp2
  mov_i32 aux, tmp3
  setcond_i32 tmp4, a, b, geu
  mov_i32 pc, tmp4
  mov_i32 c, tmp0
  mov_i32 d, tmp0`;
const END = '\n  exit_tb';
const VALUES = [0, 1, -1, 2, 0x7fffffff, -0x80000000, 0x12345678, -0x1234567];

const uses = (machine: IrMachine, text: string): boolean => [...machine.block(text).code].includes(Bytecode.sub_flags);

describe('fused operations', () => {
  it('a subtraction and its flags are one operation with the same results', () => {
    const machine = new IrMachine();
    for (const result of ['', '\n  mov_i32 a, tmp0']) {
      assert.ok(uses(machine, SEQUENCE + result + END));
      for (const a of VALUES) {
        for (const b of VALUES) {
          machine.run(SEQUENCE + result + END, { a, b });
          const difference = (a - b) | 0;
          const overflow = a - b !== difference;
          const found = ['a', 'b', 'c', 'd', 'pc'].map((name) => machine.get(name));
          assert.deepEqual(found, [result ? difference : a, b, difference, difference, a >>> 0 >= b >>> 0 ? 1 : 0]);
          assert.equal(machine.get('aux') < 0, overflow, `${a} - ${b}`);
        }
      }
    }
  });

  it('stays apart where its parts are used, or change what it reads', () => {
    const machine = new IrMachine();
    assert.ok(!uses(machine, `${SEQUENCE}\n  add_i32 a, tmp1, tmp2${END}`));
    assert.ok(!uses(machine, `${SEQUENCE}\n  mov_i32 a, tmp0\n  add_i32 b, tmp0, b${END}`));
    assert.ok(!uses(machine, SEQUENCE.replace('mov_i32 aux', 'mov_i32 b') + END));
    assert.ok(!uses(machine, SEQUENCE.replace('mov_i32 pc', 'mov_i32 a') + END));
    assert.ok(!uses(machine, SEQUENCE.replace('geu', 'gtu') + END));
    assert.ok(!uses(machine, SEQUENCE.replace('xor_i32 tmp2, a, b', 'xor_i32 tmp2, b, a') + END));
  });
});
