import assert from 'node:assert/strict';
import { Bytecode } from '../../../src/tcg/bytecode';
import { MemOp } from '../../../src/tcg/memop';
import { findStretches, type Stretch } from '../../../src/tcg/wasm/access-groups';
import type { Operation } from '../../../src/tcg/wasm/shapes';

const SP = 13;
const R1 = 1;
const R2 = 2;
const T = 100;
/** Slots of constants are those from here on, and lie so far above the values. */
const CONSTANTS = 10_000;

const op = (code: Bytecode, outputs: number[], inputs: number[], immediates: number[] = []): Operation => ({
  ...{ op: code, at: 0, next: 0, insn: 0 },
  ...{ outputs, inputs, immediates },
});
const sum = (to: number, from: number, distance: number): Operation =>
  op(Bytecode.add, [to], [from, CONSTANTS + distance]);
const store = (address: number): Operation => op(Bytecode.st32, [], [R2, address], [MemOp.UL, 0]);

function stretches(operations: readonly Operation[]): ReadonlyMap<number, Stretch> {
  return findStretches(operations, {
    constant: (slot) => (slot > 1000 ? slot - CONSTANTS : undefined),
    isRoot: () => true,
    filter: () => undefined,
    isRedundant: () => false,
  });
}

/** Root, lowest byte and bytes of each group of the only stretch. */
function groupsOf(operations: readonly Operation[]): unknown {
  const [stretch, ...others] = stretches(operations).values();
  assert.equal(others.length, 0);
  return stretch.groups.map(({ root, low, span }) => ({ root, low, span }));
}

/** What a STMDB does: no access is at the register itself. */
const push = [-16, -12, -8, -4].flatMap((distance, i) => [sum(T + i, SP, distance), store(T + i)]);

describe('accesses that are checked together', () => {
  it('are of one register also where the first address is a sum', () => {
    assert.deepEqual(groupsOf(push), [{ root: SP, low: -16, span: 16 }]);
  });

  it('are so behind a change of that register', () => {
    assert.deepEqual(groupsOf([sum(T + 9, SP, 4), sum(SP, SP, -64), ...push]), [{ root: SP, low: -16, span: 16 }]);
  });

  it('have an address of their own where the register is another one by then', () => {
    const [first, ...rest] = push;
    const groups = groupsOf([first, op(Bytecode.mov, [SP], [R1]), ...rest]);
    assert.deepEqual(groups, [
      { root: T, low: 0, span: 4 },
      { root: R1, low: -12, span: 12 },
    ]);
  });

  it('follow a register that is a copy', () => {
    const copied = [op(Bytecode.mov, [T], [R1]), store(T), ...[4, 8].flatMap((n) => [sum(T + n, R1, n), store(T + n)])];
    assert.deepEqual(groupsOf(copied), [{ root: R1, low: 0, span: 12 }]);
  });
});
