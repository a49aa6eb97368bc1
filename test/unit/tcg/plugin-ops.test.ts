import assert from 'node:assert/strict';
import { InterpreterExit } from '../../../src/tcg/interp-state';
import { CONTROL_BASE, Control } from '../../../src/tcg/layout';
import { IrMachine } from './machine';

/** Where the tests keep their u64. */
const ENTRY = 0x1000;

function machineWith(value: bigint): IrMachine {
  const machine = new IrMachine();
  new BigUint64Array(machine.memory.buffer, ENTRY, 1)[0] = value;
  return machine;
}

const words = (value: bigint): string => `0x${(value & 0xffffffffn).toString(16)}, 0x${(value >> 32n).toString(16)}`;

describe('interpreter: plugin operations', () => {
  it('store a u64', () => {
    const machine = machineWith(5n);
    machine.run(`---- 0x0, 0x0\nplugin_inline_store_u64 0x1000, 0x8, ${words(0x123456789abcdef0n)}\nexit_tb`);
    assert.equal(new BigUint64Array(machine.memory.buffer, ENTRY, 1)[0], 0x123456789abcdef0n);
  });

  it('call a conditional callback when its comparison holds, unsigned and in 64 bits', () => {
    const values = [0n, 1n, 2n, 0xffffffffn, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n, 2n ** 64n - 1n];
    const conditions: Record<string, (a: bigint, b: bigint) => boolean> = {
      eq: (a, b) => a === b,
      ne: (a, b) => a !== b,
      ltu: (a, b) => a < b,
      leu: (a, b) => a <= b,
      gtu: (a, b) => a > b,
      geu: (a, b) => a >= b,
    };
    for (const [cond, expected] of Object.entries(conditions)) {
      for (const a of values) {
        for (const b of values) {
          const machine = machineWith(a);
          machine.run(
            `---- 0x0, 0x0\nplugin_exec_cond_cb 3, 0, ${cond}, 0x1000, 0x8, ${words(b)}\nplugin_exec_cb 4, 0\nexit_tb`,
          );
          const calls = expected(a, b) ? ['exec 3', 'exec 4'] : ['exec 4'];
          assert.deepEqual(machine.callbacks, calls, `${a} ${cond} ${b}`);
        }
      }
    }
  });

  it('stop in a conditional callback and go on behind it', () => {
    const machine = machineWith(7n);
    machine.stopAt = 'exec 1';
    const block = machine.block(
      `---- 0x1000, 0x5\nplugin_exec_cond_cb 1, 0, eq, 0x1000, 0x0, 0x7, 0x0\nadd_i32 a, a, $0x1\nexit_tb`,
    );
    machine.interpreter.left = 5;
    assert.equal(machine.interpreter.execute(block, 0, false), InterpreterExit.Callback);
    assert.deepEqual([machine.get('pc'), machine.get('aux'), machine.get('a')], [0x1000, 5, 0]);
    assert.equal(machine.interpreter.execute(block, machine.interpreter.position, false), InterpreterExit.MainLoop);
    assert.deepEqual([machine.callbacks, machine.get('a')], [['exec 1'], 1]);
  });

  it('have pc and aux of the instruction where the callback looks at registers, and only there', () => {
    for (const [flags, seen] of [
      [0, [1, 2]],
      [1, [0x1004, 9]],
    ] as const) {
      const machine = new IrMachine({ load: () => 3 });
      machine.env.fill(0x800, 0x2000, 0x3000);
      const looks: number[][] = [];
      machine.onCallback = () => looks.push([machine.get('pc'), machine.get('aux')]);
      machine.set({ pc: 1, aux: 2 });
      machine.run(`---- 0x1000, 0x8
        ---- 0x1004, 0x9
        plugin_exec_cb 1, ${flags}
        mov_i32 pc, $0x2000
        qemu_ld_i32 a, b, leul
        plugin_mem_cb b, a, $0x0, leul, 1, 2, ${flags}
        plugin_after_cb 3, ${flags}
        exit_tb`);
      const after = flags ? 9 : 2;
      assert.deepEqual(looks, [seen, flags ? seen : [0x2000, 2], [0x2000, after]]);
    }
  });

  it('give a memory callback the value of its access', () => {
    const machine = new IrMachine({ load: (address) => address });
    machine.env.fill(0x800, 0x2000, 0x3000);
    const values: number[][] = [];
    const at = CONTROL_BASE / 4 + Control.MemValue;
    machine.onCallback = () => values.push([...machine.memory.i32.subarray(at, at + 4)]);
    machine.set({ b: 0x1000 });
    machine.run(`---- 0x1000, 0x0
      qemu_ld_i64 a, c, b, leuq
      plugin_mem_cb b, a, c, leuq, 1, 0, 0
      qemu_ld_i32 b, b, leul
      plugin_mem_cb b, b, $0x0, leul, 1, 0, 0
      exit_tb`);
    assert.deepEqual(values, [
      [0x1000, 0x1004, 0, 0],
      [0x1000, 0, 0, 0],
    ]);
  });

  it('stop after the instruction whose after callback asks for it', () => {
    const machine = new IrMachine();
    machine.stopAt = 'exec 1';
    const block = machine.block(`---- 0x1000, 0x0
      add_i32 a, a, $0x1
      plugin_after_cb 1, 0
      ---- 0x1004, 0x0
      add_i32 a, a, $0x10
      exit_tb`);
    machine.interpreter.left = 10;
    assert.equal(machine.interpreter.execute(block, 0, false), InterpreterExit.Budget);
    assert.equal(machine.interpreter.stopAfterInstruction, true);
    assert.deepEqual([machine.get('a'), machine.get('pc')], [1, 0x1004]);
    assert.equal(machine.interpreter.left + machine.interpreter.withheld, 9);
  });
});
