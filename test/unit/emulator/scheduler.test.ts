import assert from 'node:assert/strict';
import { CpuStop, type CpuExec } from '../../../src/emulator/cpu-exec';
import { Scheduler } from '../../../src/emulator/scheduler';

/** A vCPU that halts after some instructions, and what it does before. */
class FakeExec {
  instructions = 0;
  readonly isMidInstruction = false;
  work = 0;

  constructor(private readonly beforeHalt: () => void = () => undefined) {}

  run(budget: number): CpuStop {
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
});
