import assert from 'node:assert/strict';
import { CpuLoopExit } from '../../../src/tcg/helpers';
import { InterpreterExit } from '../../../src/tcg/interp-state';
import { Bytecode } from '../../../src/tcg/bytecode';
import { ENV_TLB, MODELS_BASE, TLB_INVALID, TLB_WORDS } from '../../../src/tcg/layout';
import { IrMachine } from './machine';

/** operation line with inputs b and c, result in a; the expected result computed another way */
const BINARY: [string, (b: number, c: number) => number][] = [
  ['add_i32', (b, c) => b + c],
  ['sub_i32', (b, c) => b - c],
  ['mul_i32', (b, c) => Number(BigInt.asIntN(32, BigInt(b) * BigInt(c)))],
  ['and_i32', (b, c) => b & c],
  ['or_i32', (b, c) => b | c],
  ['xor_i32', (b, c) => b ^ c],
  ['andc_i32', (b, c) => b & ~c],
  ['shl_i32', (b, c) => Number(BigInt.asIntN(32, BigInt(b) << BigInt(c & 31)))],
  ['shr_i32', (b, c) => Number(BigInt(b >>> 0) >> BigInt(c & 31))],
  ['sar_i32', (b, c) => Number(BigInt(b) >> BigInt(c & 31))],
  [
    'rotr_i32',
    (b, c) => {
      const doubled = (BigInt(b >>> 0) << 32n) | BigInt(b >>> 0);
      return Number(BigInt.asIntN(32, doubled >> BigInt(c & 31)));
    },
  ],
];

const VALUES = [0, 1, -1, 2, 31, 32, 33, 0x7fffffff, -0x80000000, 0x12345678, -0x1234567, 0x8000, 0xffff];

describe('interpreter', () => {
  for (const [name, expected] of BINARY) {
    it(`computes ${name}`, () => {
      const machine = new IrMachine();
      for (const b of VALUES) {
        for (const c of VALUES) {
          machine.run(`---- 0x0, 0x0\n${name} a, b, c\nexit_tb`, { b, c });
          assert.equal(machine.get('a'), expected(b, c) | 0, `${name} ${b}, ${c}`);
        }
      }
    });
  }

  const UNARY: [string, (b: number) => number][] = [
    ['mov_i32', (b) => b],
    ['neg_i32', (b) => -b],
    ['not_i32', (b) => -1 - b],
    ['clz_i32', (b) => (b === 0 ? 32 : 32 - (b >>> 0).toString(2).length)],
    ['bswap16_i32', (b) => ((b & 0xff) << 8) | ((b & 0xff00) >> 8)],
    ['bswap32_i32', (b) => new DataView(new Int32Array([b]).buffer).getInt32(0, false)],
    ['ext8s_i32', (b) => new Int8Array([b])[0]],
    ['ext8u_i32', (b) => new Uint8Array([b])[0]],
    ['ext16s_i32', (b) => new Int16Array([b])[0]],
    ['ext16u_i32', (b) => new Uint16Array([b])[0]],
  ];
  for (const [name, expected] of UNARY) {
    it(`computes ${name}`, () => {
      const machine = new IrMachine();
      for (const b of VALUES) {
        machine.run(`---- 0x0, 0x0\n${name} a, b\nexit_tb`, { b });
        assert.equal(machine.get('a'), expected(b) | 0, `${name} ${b}`);
      }
    });
  }

  it('extracts and deposits fields', () => {
    const machine = new IrMachine();
    const run = (op: string): number => {
      machine.run(`---- 0x0, 0x0\n${op}\nexit_tb`, { b: 0x12f45678, c: -1 });
      return machine.get('a') >>> 0;
    };
    assert.equal(run('extract_i32 a, b, 4, 8'), 0x67);
    assert.equal(run('extract_i32 a, b, 20, 12'), 0x12f);
    assert.equal(run('sextract_i32 a, b, 20, 4'), 0xffffffff);
    assert.equal(run('sextract_i32 a, b, 0, 8'), 0x78);
    assert.equal(run('deposit_i32 a, b, c, 8, 8'), 0x12f4ff78);
    assert.equal(run('deposit_i32 a, b, c, 31, 1'), 0x92f45678);
  });

  it('compares in every condition', () => {
    const machine = new IrMachine();
    const big = (x: number): bigint => BigInt(x >>> 0);
    const conditions: [string, (b: number, c: number) => boolean][] = [
      ['eq', (b, c) => b === c],
      ['ne', (b, c) => b !== c],
      ['lt', (b, c) => b < c],
      ['ge', (b, c) => b >= c],
      ['le', (b, c) => b <= c],
      ['gt', (b, c) => b > c],
      ['ltu', (b, c) => big(b) < big(c)],
      ['geu', (b, c) => big(b) >= big(c)],
      ['leu', (b, c) => big(b) <= big(c)],
      ['gtu', (b, c) => big(b) > big(c)],
    ];
    for (const [cond, expected] of conditions) {
      for (const b of VALUES) {
        for (const c of VALUES) {
          const text = `---- 0x0, 0x0
            setcond_i32 a, b, c, ${cond}
            movcond_i32 d, b, c, $0x11, $0x22, ${cond}
            brcond_i32 b, c, ${cond}, L0
            add_i32 d, d, $0x100
            L0:
            exit_tb`;
          machine.run(text, { b, c });
          const yes = expected(b, c);
          assert.equal(machine.get('a'), yes ? 1 : 0, `${b} ${cond} ${c}`);
          assert.equal(machine.get('d'), yes ? 0x11 : 0x122, `${b} ${cond} ${c}`);
        }
      }
    }
  });

  it('computes 64-bit sums, differences and products', () => {
    const machine = new IrMachine();
    const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);
    const result = (): bigint => join(machine.get('a'), machine.get('d'));
    for (const b of VALUES) {
      for (const c of VALUES) {
        const x = join(b, c);
        const y = join(c, b);
        machine.run('---- 0x0, 0x0\nadd2_i32 a, d, b, c, c, b\nexit_tb', { b, c });
        assert.equal(result(), BigInt.asIntN(64, x + y), `${x} + ${y}`);
        machine.run('---- 0x0, 0x0\nsub2_i32 a, d, b, c, c, b\nexit_tb', { b, c });
        assert.equal(result(), BigInt.asIntN(64, x - y), `${x} - ${y}`);
        machine.run('---- 0x0, 0x0\nmulu2_i32 a, d, b, c\nexit_tb', { b, c });
        assert.equal(result(), BigInt.asIntN(64, BigInt(b >>> 0) * BigInt(c >>> 0)), `${b >>> 0} * ${c >>> 0}`);
        machine.run('---- 0x0, 0x0\nmuls2_i32 a, d, b, c\nexit_tb', { b, c });
        assert.equal(result(), BigInt(b) * BigInt(c), `${b} * ${c}`);
      }
    }
  });

  it('writes 64-bit results over their own inputs', () => {
    const machine = new IrMachine();
    machine.run('---- 0x0, 0x0\nadd2_i32 a, b, a, b, a, b\nexit_tb', { a: -0x80000000, b: 1 });
    assert.deepEqual([machine.get('a'), machine.get('b')], [0, 3]);
    machine.run('---- 0x0, 0x0\nmulu2_i32 a, b, a, b\nexit_tb', { a: -1, b: -1 });
    assert.deepEqual([machine.get('a'), machine.get('b')], [1, -2]);
  });

  it('adds to a 64-bit counter with carry', () => {
    const machine = new IrMachine();
    const counter = new BigUint64Array(machine.memory.buffer, 0x1000, 1);
    counter[0] = 0xfffffffen;
    machine.run('---- 0x0, 0x0\nplugin_inline_add_u64 0x1000, 0x0, 0x3, 0x2\nexit_tb');
    assert.equal(counter[0], 0xfffffffen + 0x200000003n);
  });

  it('stops before an instruction when the budget is used up, with pc and aux restored', () => {
    const machine = new IrMachine();
    const block = machine.block(`---- 0x1000, 0x7
      add_i32 a, a, $0x1
      ---- 0x1004, 0x9
      add_i32 a, a, $0x10
      exit_tb`);
    machine.set({ a: 0 });
    machine.interpreter.left = 1;
    assert.equal(machine.interpreter.execute(block, 0, false), InterpreterExit.Budget);
    assert.deepEqual([machine.get('a'), machine.get('pc'), machine.get('aux')], [1, 0x1004, 9]);
    machine.interpreter.left = 1;
    assert.equal(machine.interpreter.execute(block, machine.interpreter.position, false), InterpreterExit.MainLoop);
    assert.equal(machine.get('a'), 0x11);
    assert.equal(machine.interpreter.left, 0);
  });

  it('stops at a breakpoint and passes it when told to', () => {
    const machine = new IrMachine();
    const block = machine.block('---- 0x1000, 0x0\nadd_i32 a, a, $0x1\nexit_tb');
    block.code[0] = Bytecode.insn_break;
    machine.interpreter.left = 5;
    assert.equal(machine.interpreter.execute(block, 0, false), InterpreterExit.Breakpoint);
    assert.equal(machine.interpreter.left, 5);
    assert.equal(machine.get('pc'), 0x1000);
    assert.equal(machine.interpreter.execute(block, machine.interpreter.position, true), InterpreterExit.MainLoop);
    assert.deepEqual([machine.get('a'), machine.interpreter.left], [1, 4]);
  });

  it('stops in an exec callback before the instruction and goes on behind the callback', () => {
    const machine = new IrMachine();
    machine.stopAt = 'exec 1';
    const block = machine.block(`---- 0x1000, 0x0
      plugin_exec_cb 0, 0
      plugin_exec_cb 1, 0
      plugin_exec_cb 2, 0
      add_i32 a, a, $0x1
      exit_tb`);
    machine.interpreter.left = 5;
    assert.equal(machine.interpreter.execute(block, 0, false), InterpreterExit.Callback);
    assert.deepEqual([machine.get('a'), machine.get('pc')], [0, 0x1000]);
    assert.equal(machine.interpreter.execute(block, machine.interpreter.position, false), InterpreterExit.MainLoop);
    assert.deepEqual(machine.callbacks, ['exec 0', 'exec 1', 'exec 2']);
    assert.equal(machine.get('a'), 1);
  });

  it('stops after the instruction whose memory callback asks for it, without losing budget', () => {
    const machine = new IrMachine({ load: (address) => address + 1 });
    machine.stopAt = 'mem 4 32 2 1';
    const block = machine.block(`---- 0x1000, 0x0
      mov_i32 tmp0, b
      qemu_ld_i32 a, tmp0, leul
      plugin_mem_cb tmp0, a, $0x0, leul, 1, 4, 0
      add_i32 c, c, $0x1
      ---- 0x1004, 0x0
      add_i32 c, c, $0x10
      exit_tb`);
    machine.set({ b: 32, c: 0 });
    machine.env.fill(0x800, 0x2000, 0x3000);
    machine.interpreter.left = 10;
    assert.equal(machine.interpreter.execute(block, 0, false), InterpreterExit.Budget);
    assert.equal(machine.interpreter.stopAfterInstruction, true);
    assert.deepEqual([machine.get('a'), machine.get('c'), machine.get('pc')], [33, 1, 0x1004]);
    assert.equal(machine.interpreter.left + machine.interpreter.withheld, 9);
  });

  it('carries out 64-bit accesses as two words, the lower address first, in either byte order', () => {
    for (const [memop, low, high] of [
      ['leuq', 0x20, 0x24],
      ['beuq', 0x24, 0x20],
    ] as const) {
      const stores: string[] = [];
      const machine = new IrMachine({
        load: (address) => address,
        store: (address, value) => void stores.push(`${address}=${value}`),
      });
      machine.env.fill(TLB_INVALID, ENV_TLB, ENV_TLB + TLB_WORDS);
      machine.run(`qemu_ld_i64 a, b, c, ${memop}\nqemu_st_i64 a, b, d, ${memop}\nexit_tb`, { c: 0x20, d: 0x40 });
      assert.deepEqual([machine.get('a'), machine.get('b')], [low, high]);
      assert.deepEqual(stores, [`${0x40}=${0x20}`, `${0x44}=${0x24}`]);
    }
  });

  it('hands a misaligned 64-bit access that must be aligned to the MMU whole', () => {
    const asked: number[] = [];
    const machine = new IrMachine({
      load: (_address, memop) => {
        asked.push(memop & 3);
        return 0;
      },
    });
    machine.env.fill(TLB_INVALID, ENV_TLB, ENV_TLB + TLB_WORDS);
    machine.run('qemu_ld_i64 a, b, c, leuq+align\nexit_tb', { c: 0x24 });
    machine.run('qemu_ld_i64 a, b, c, leuq\nexit_tb', { c: 0x24 });
    assert.deepEqual(asked, [3, 2, 2, 2]);
  });

  it('finds little-endian doublewords by the TLB, but for those that cross pages or are not aligned as they must be', () => {
    const slow: string[] = [];
    const machine = new IrMachine({
      load: (address) => slow.push(`load ${address.toString(16)}`) && 0,
      store: (address) => void slow.push(`store ${address.toString(16)}`),
      prepareStore: (address) => void slow.push(`prepare ${address.toString(16)}`),
    });
    machine.env.fill(TLB_INVALID, ENV_TLB, ENV_TLB + TLB_WORDS);
    const addend = MODELS_BASE;
    machine.env.set([0, 0, addend, 0], ENV_TLB);
    const host = (address: number): number => (address + addend) >>> 2;
    machine.memory.i32.set([0x11, 0x22], host(0x24));
    const copy = (memop: string, c: number, d: number): void =>
      void machine.run(`qemu_ld_i64 a, b, c, ${memop}\nqemu_st_i64 a, b, d, ${memop}\nexit_tb`, { c, d });
    copy('leuq', 0x24, 0x40);
    copy('leuq+align4', 0x24, 0x54);
    assert.deepEqual(
      [0x40, 0x44, 0x54, 0x58].map((address) => machine.memory.i32[host(address)]),
      [0x11, 0x22, 0x11, 0x22],
    );
    assert.deepEqual(slow, []);
    copy('leuq', 0x25, 0x26);
    copy('leuq+align8', 0x24, 0x44);
    copy('leuq', 0xffc, 0xffc);
    assert.deepEqual(slow.splice(0), [
      ...['load 25', 'load 29', 'store 26', 'store 2a'],
      ...['load 24', 'load 28', 'store 44', 'store 48'],
      ...['load ffc', 'load 1000', 'prepare ffc', 'store ffc', 'store 1000'],
    ]);
  });

  it('restores pc and aux of the faulting instruction', () => {
    class Fault extends CpuLoopExit {
      constructor(readonly restoresState: boolean) {
        super();
      }
    }
    for (const restores of [true, false]) {
      const machine = new IrMachine({
        load: () => {
          throw new Fault(restores);
        },
      });
      machine.env.fill(0x800, 0x2000, 0x3000);
      const text = '---- 0x1000, 0x1\n---- 0x1004, 0x2\nmov_i32 a, $0x5\nqemu_ld_i32 a, b, leul\nexit_tb';
      assert.equal(machine.run(text, { pc: 0x44, aux: 0 }), InterpreterExit.Exit);
      assert.deepEqual([machine.get('pc'), machine.get('aux')], restores ? [0x1004, 2] : [0x44, 0]);
      assert.equal(machine.get('a'), 5);
      assert.ok(machine.interpreter.exit instanceof Fault);
    }
  });

  it('calls helpers with their inputs', () => {
    const def = { name: 'sum', index: 0, inputs: 3, hasOutput: true, pure: false };
    const machine = new IrMachine({}, [{ def, fn: (a, b, c, d) => a + 2 * b + 3 * c + 1000 * d }]);
    machine.run('---- 0x0, 0x0\ncall sum, a, b, c, $0x7\nexit_tb', { b: 1, c: 10 });
    assert.equal(machine.get('a'), 1 + 20 + 21);
  });
});
