import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { ArmMachine } from './arm-machine';

const NOP = 0xe320f000;
const WFI = 0xe320f003;
const CPSIE_I = 0xf1080080;
const B_SELF = 0xeafffffe;
const SVC = 0x13;

/** Ten NOPs from 0x1000 in supervisor mode, IRQ and FIQ vectors that loop. */
function machine(psr = SVC): ArmMachine {
  const m = new ArmMachine();
  m.words(0x18, B_SELF, B_SELF);
  m.words(0x1000, ...new Array<number>(10).fill(NOP), B_SELF);
  return m.set({ cpsr: psr, pc: 0x1000, vbar: 0 });
}

const run = (m: ArmMachine, budget: number): CpuStop => m.machine.execs[0].run(budget, false);

describe('interrupts', () => {
  it('are taken between two instructions, with the return address and the modes of the architecture', () => {
    const m = machine(SVC | 0x20000000);
    run(m, 3);
    m.cpu.setIrq(true);
    run(m, 1);
    assert.equal(m.get('pc'), 0x18);
    assert.equal(m.get('lr'), 0x100c + 4);
    assert.equal(m.get('spsr'), SVC | 0x20000000);
    assert.equal(m.get('cpsr') & 0x1ff, 0x192, 'IRQ mode; A and I masked, F not');
    assert.equal(m.machine.execs[0].interrupts, 1);
    m.cpu.setFiq(true);
    run(m, 1);
    assert.equal(m.get('pc'), 0x1c);
    assert.equal(m.get('cpsr') & 0x1ff, 0x1d1);
  });

  it('wait while masked, and FIQ comes first', () => {
    const m = machine(SVC | 0xc0);
    m.cpu.setIrq(true);
    m.cpu.setFiq(true);
    run(m, 5);
    assert.equal(m.get('pc'), 0x1014);
    m.set({ cpsr: SVC });
    run(m, 1);
    assert.equal(m.get('pc'), 0x1c);
  });

  it('come at once when an instruction unmasks them', () => {
    const m = machine(SVC | 0x80);
    m.words(0x1008, CPSIE_I);
    m.cpu.setIrq(true);
    run(m, 4);
    assert.equal(m.get('pc'), 0x18);
    assert.equal(m.get('lr'), 0x100c + 4);
    assert.equal(m.machine.instructions, 4);
  });

  it('wake a halted CPU, masked or not, and plugins hear of both', () => {
    const m = machine(SVC | 0x80);
    m.words(0x1004, WFI);
    assert.equal(run(m, 100), CpuStop.Halted);
    assert.equal(run(m, 100), CpuStop.Halted);
    assert.equal(m.machine.instructions, 2);
    assert.deepEqual(m.halts, ['idle']);
    m.cpu.setIrq(true);
    run(m, 1);
    assert.equal(m.get('pc'), 0x100c);
    assert.deepEqual(m.halts, ['idle', 'resume']);
  });
});
