import assert from 'node:assert/strict';
import { ENV_TLB, GUEST_BASE, MODELS_BASE, TLB_ENTRY_WORDS, TLB_INVALID, TLB_WORDS } from '../../../src/tcg/layout';
import { CLOCK_TICK, isBefore, startClock } from '../../../src/tcg/access-clock';
import { forgetLine, LineTable, lineTableBytes } from '../../../src/tcg/line-table';
import { ModelMemory } from '../../../src/tcg/model-memory';
import { IrMachine } from './machine';

const ADDEND = 0x2345000;

/** A machine whose TLB has `page` (virtual) as physical page 0x77, for loads, stores or both. */
function machineWith(page: number, mmuIndex: number, allowed: 'r' | 'w' | 'rw'): IrMachine {
  const machine = new IrMachine();
  machine.env.fill(TLB_INVALID, ENV_TLB, ENV_TLB + 4 * TLB_WORDS);
  const entry = ENV_TLB + mmuIndex * TLB_WORDS + ((page >>> 12) & 255) * TLB_ENTRY_WORDS;
  machine.env[entry] = allowed.includes('r') ? page : TLB_INVALID;
  machine.env[entry + 1] = allowed.includes('w') ? page : TLB_INVALID;
  machine.env[entry + 2] = ADDEND;
  machine.env[entry + 3] = 0x77;
  return machine;
}

interface Tabled {
  readonly table: LineTable;
  /** Indices of words: the clock, and the first of the entries that a model remembers. */
  readonly clock: number;
  readonly made: number;
}

const OWNER = MODELS_BASE + 24;

function tableOf(machine: IrMachine, mask = 31, lineBits = 6): Tabled {
  const memory = new ModelMemory(machine.memory.buffer);
  const { buffer, offset } = memory.allocate(64);
  const words = new Int32Array(buffer);
  startClock(words, offset >>> 2);
  const made = { offset: offset + 8, count: 4 };
  const at = memory.allocate(lineTableBytes(mask)).offset;
  const table = new LineTable(words, at, 0, { lineBits, mask, clock: offset, made });
  return { table, clock: offset >>> 2, made: made.offset >>> 2 };
}

/** Which of a load and a store at the address call back. */
function called(machine: IrMachine, table: LineTable, address: number, mmuIndex = 0): string {
  const at = `${table.offset + mmuIndex * table.stride}, ${table.lineBits}, ${table.mask}, ${table.clock}`;
  const memop = `leul${mmuIndex ? `@${mmuIndex}` : ''}`;
  machine.callbacks.length = 0;
  machine.run(
    `---- 0, 0\nplugin_mem_filtered_cb a, ${memop}, 1, 1, 0, ${at}\nplugin_mem_filtered_cb a, ${memop}, 2, 2, 1, ${at}\nexit_tb`,
    { a: address },
  );
  return machine.callbacks.map((text) => text.split(' ')[1]).join();
}

describe('line table', () => {
  for (const page of [0x100000, -0x1000]) {
    it(`filters the accesses to a line that it was told of, at ${(page >>> 0).toString(16)}`, () => {
      const machine = machineWith(page, 0, 'rw');
      const { table } = tableOf(machine);
      const line = page + 0x240;
      assert.equal(called(machine, table, line), '1,2');
      const entry = table.note(line + 5, 0, OWNER);
      assert(entry === table.offset + 9 * 16);
      for (const within of [0, 1, 60, 63]) assert.equal(called(machine, table, line + within), '');
      for (const other of [-1, 64, 64 * 32]) assert.equal(called(machine, table, line + other), '1,2');
      assert.equal(called(machine, table, line, 1), '1,2');
      forgetLine(new Int32Array(machine.memory.buffer), entry);
      assert.equal(called(machine, table, line), '1,2');
    });
  }

  it('knows the MMU index, and what the TLB allows', () => {
    for (const [allowed, calls] of [
      ['r', '2'],
      ['w', '1'],
      ['rw', ''],
    ] as const) {
      const machine = machineWith(0x5000, 2, allowed);
      const { table } = tableOf(machine);
      assert.equal(table.note(0x5040, 0, OWNER), undefined);
      assert.notEqual(table.note(0x5040, 2, OWNER), undefined);
      assert.equal(called(machine, table, 0x5040, 2), calls);
      assert.equal(called(machine, table, 0x5040, 0), '1,2');
      assert.equal(table.physical(0x5678, 2), 0x77678);
      assert.equal(table.physical(0x5678, 1), -1);
      assert.equal(table.physical(0x6678, 2), -1);
    }
  });

  it('has the TLB’s addend beside the tags', () => {
    const machine = machineWith(0x5000, 0, 'rw');
    const { table } = tableOf(machine);
    const words = new Int32Array(machine.memory.buffer, table.note(0x5fc8, 0, OWNER), 4);
    assert.deepEqual([...words], [0x5fc0, 0x5fc0, ADDEND, OWNER]);
  });

  it('is empty after a flush', () => {
    const machine = machineWith(0x5000, 0, 'rw');
    const { table, made } = tableOf(machine);
    const entry = table.note(0x5000, 0, OWNER);
    assert(entry !== undefined);
    new Int32Array(machine.memory.buffer)[made + 1] = entry;
    assert.equal(called(machine, table, 0x5000), '');
    table.flush();
    assert.equal(called(machine, table, 0x5000), '1,2');
  });

  it('notes the time of each access that it filters, over the end of a word as well', () => {
    const machine = machineWith(0x5000, 0, 'rw');
    const { table, clock } = tableOf(machine);
    const words = new Int32Array(machine.memory.buffer);
    table.note(0x5000, 0, OWNER);
    table.note(0x5040, 0, OWNER + 8);
    const times = [OWNER >>> 2, (OWNER >>> 2) + 2] as const;
    words[clock] = -3 * CLOCK_TICK;
    for (const [address, later] of [
      [0x5000, 0],
      [0x5040, 1],
      [0x5000, 0],
    ]) {
      const before = [...words.subarray(times[later], times[later] + 2)];
      assert.equal(called(machine, table, address), '');
      assert(isBefore(words, times[1 - later], times[later]), `${address}`);
      assert.notDeepEqual([...words.subarray(times[later], times[later] + 2)], before);
    }
    assert.equal(words[clock], 3 * CLOCK_TICK);
    called(machine, table, 0x5080);
    assert.equal(words[clock], 3 * CLOCK_TICK);
  });
});

describe('filtered exec callback', () => {
  it('is left out while its word has the value, and may stop', () => {
    const machine = new IrMachine();
    const words = new Int32Array(machine.memory.buffer);
    const text = `---- 0x1000, 0\nplugin_exec_filtered_cb ${MODELS_BASE + 8}, 0x7fffffff, 3, 0\nadd_i32 a, a, $1\nexit_tb`;
    words[MODELS_BASE / 4 + 2] = 0x7fffffff;
    machine.run(text);
    assert.deepEqual(machine.callbacks, []);
    words[MODELS_BASE / 4 + 2]--;
    machine.stopAt = 'exec 3';
    machine.run(text, { a: 0 });
    assert.deepEqual([machine.callbacks, machine.get('a'), machine.get('pc')], [['exec 3'], 0, 0x1000]);
  });
});

describe('memory of models', () => {
  it('is part of the shared memory until that is used up', () => {
    const memory = new ModelMemory(new ArrayBuffer(GUEST_BASE + 0x10000));
    const first = memory.allocate(100);
    const second = memory.allocate(GUEST_BASE - MODELS_BASE - 128);
    assert.deepEqual(
      [first.offset, first.shared, second.offset, second.shared],
      [MODELS_BASE, true, MODELS_BASE + 128, true],
    );
    const third = memory.allocate(1);
    assert.deepEqual([third.shared, third.buffer.byteLength], [false, 64]);
  });
});
