import assert from 'node:assert/strict';
import type { RunMode } from '../../../src/adapter/engine/api';
import { strategyFor, type SteppedInstruction, type SteppingHost } from '../../../src/adapter/engine/stepping';

/** Source lies below 0x1000; functions begin at multiples of 0x100. */
class FakeHost implements SteppingHost {
  at = 0;
  sp = 0x8000;
  lr = 0;
  readonly instructions = new Map<number, Partial<SteppedInstruction>>();
  readonly pc = (): number => this.at;
  readonly stackPointer = (): number => this.sp;
  readonly linkRegister = (): number => this.lr;
  readonly mode = (): number => 0x13;
  readonly interrupts = (): number => 0;
  readonly judged = (): boolean => true;
  hasSource(address: number): boolean {
    return address < 0x1000;
  }
  startsFunction(address: number): boolean {
    return address % 0x100 === 0;
  }
  instructionAt(pc: number): SteppedInstruction {
    return { size: 4, isCall: false, isReturn: false, ...this.instructions.get(pc) };
  }
}

const line: RunMode = { kind: 'step', ranges: [{ start: 0x100, end: 0x140 }], calls: 'over', granularity: 'line' };

function standing(pc: number, lr = 0): FakeHost {
  const host = new FakeHost();
  host.at = pc;
  host.lr = lr;
  return host;
}

describe('stepping', () => {
  it('a tail call to a function without source is run to its return', () => {
    const host = standing(0x104, 0x208);
    const step = strategyFor(line, host);
    assert.equal(step.budget(1000), 1);
    host.at = 0x2000;
    assert.equal(step.reached(), false);
    assert.deepEqual([step.addresses(), step.addressesChanged(), step.budget(1000)], [[0x208], true, 1000]);
    host.at = 0x208;
    assert.equal(step.reached(), true);
  });

  it('a tail call to a function with source stops there', () => {
    const host = standing(0x104, 0x208);
    const step = strategyFor(line, host);
    host.at = 0x300;
    assert.equal(step.reached(), true);
  });

  it('a jump to code without source that is no function, or that returns to none, stops there', () => {
    for (const [to, lr] of [
      [0x2010, 0x208],
      [0x2000, 0x3000],
      [0x2000, 0x2000],
    ]) {
      const host = standing(0x104, lr);
      const step = strategyFor(line, host);
      host.at = to;
      assert.equal(step.reached(), true);
    }
  });

  it('stepping into a call without source goes over it', () => {
    const host = standing(0x104);
    host.instructions.set(0x104, { isCall: true });
    const step = strategyFor({ ...line, calls: 'into' } as RunMode, host);
    host.at = 0x2000;
    assert.equal(step.reached(), false);
    assert.deepEqual(step.addresses(), [0x108]);
    host.at = 0x108;
    host.sp -= 16;
    assert.equal(step.reached(), false, 'a deeper frame');
    host.sp += 16;
    assert.equal(step.reached(), false, 'still in the line');
    assert.deepEqual([step.addresses(), step.budget(9)], [[], 1]);
    host.at = 0x140;
    assert.equal(step.reached(), true);
  });
});
