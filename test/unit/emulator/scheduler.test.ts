import assert from 'node:assert/strict';
import { CpuStop, type CpuExec } from '../../../src/emulator/cpu-exec';
import { Scheduler } from '../../../src/emulator/scheduler';

/** A vCPU that halts after some instructions, and what it does before. */
class FakeExec {
  instructions = 0;
  readonly isMidInstruction = false;
  work = 0;
  /** Of the last run. */
  endsWithBlock: boolean | undefined;

  constructor(private readonly beforeHalt: () => void = () => undefined) {}

  run(budget: number, _passBreak: boolean, endsWithBlock?: boolean): CpuStop {
    this.endsWithBlock = endsWithBlock;
    const executed = Math.min(budget, this.work);
    this.instructions += executed;
    this.work -= executed;
    if (this.work > 0) return CpuStop.Budget;
    if (executed > 0) this.beforeHalt();
    return CpuStop.Halted;
  }
}

describe('the scheduler of several vCPUs', () => {
  const limits = { budget: () => 1000, passBreak: () => false };

  it('does not call them all halted when one woke another before it halted', () => {
    const first = new FakeExec();
    const second = new FakeExec(() => (first.work = 7));
    second.work = 5;
    const scheduler = new Scheduler([first, second] as unknown as CpuExec[], () => undefined);
    assert.equal(scheduler.run(limits), CpuStop.Requested);
    assert.equal(second.instructions, 5);
    assert.equal(scheduler.run(limits), CpuStop.Requested);
    assert.equal(first.instructions, 7);
    assert.equal(scheduler.run(limits), CpuStop.Halted);
  });

  it('gives each a turn of its own length', () => {
    const execs = [new FakeExec(), new FakeExec()];
    execs.forEach((exec) => (exec.work = 10_000));
    const turns: number[] = [];
    const scheduler = new Scheduler(execs as unknown as CpuExec[], (_from, to) => turns.push(to));
    for (let i = 0; i < 12; i++) assert.equal(scheduler.run(limits), CpuStop.Budget);
    assert.deepEqual([execs[0].instructions, execs[1].instructions], [6096, 4096]);
    assert.deepEqual(turns, [1, 0]);
  });

  it('lets a run be longer only where its turn has room for that', () => {
    const room = { ...limits, endsWithBlock: () => true };
    for (const [count, budget, expected] of [
      [1, 4000, true],
      [2, 3584, true],
      [2, 3585, false],
      [2, 5000, false],
    ] as const) {
      const execs = Array.from({ length: count }, () => new FakeExec());
      execs.forEach((exec) => (exec.work = 10_000));
      const scheduler = new Scheduler(execs as unknown as CpuExec[], () => undefined);
      scheduler.run({ ...room, budget: () => budget });
      assert.equal(execs[0].endsWithBlock, expected, `${count} vCPUs, ${budget} instructions`);
    }
  });
});
