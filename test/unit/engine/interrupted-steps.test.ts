import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { RunMode } from '../../../src/adapter/engine/api';
import { SymbolFile } from '../../../src/symbols';
import { programConfig, Session } from './session';

const NAME = 'sgi-a32-O2';
const STEP: RunMode = { kind: 'stepInstruction' };
const IRQ_MODE = 0x12;

interface Place {
  readonly session: Session;
  /** Where main lies. */
  readonly low: number;
  readonly high: number;
  readonly address: (symbol: string) => number;
}

/** A program of interrupts, which stands at the first instruction of main. */
async function inMain(): Promise<Place> {
  const config = programConfig(NAME);
  const { symbols } = SymbolFile.parse(config.symbolFiles[0].bytes, { name: NAME });
  const main = symbols.find('main');
  assert.ok(main);
  const session = await Session.start(config);
  assert.equal((await session.stop({ kind: 'runTo', address: main.address })).pc, main.address);
  const address = (name: string): number => {
    const symbol = symbols.find(name);
    assert.ok(symbol, name);
    return symbol.address;
  };
  return { session, low: main.address, high: main.address + main.size, address };
}

const isInHandler = async (session: Session): Promise<boolean> =>
  ((await session.register('cpsr')) & 0x1f) === IRQ_MODE;

describe('steps that an interrupt comes into', () => {
  const output = readFileSync(`test/programs/${NAME}.out`, 'latin1');

  it('a step over an instruction runs through the handler', async () => {
    const { session, low, high } = await inMain();
    let steps = 0;
    for (let pc = low; pc >= low && pc < high; steps++) {
      const ranges = [{ start: pc, end: pc + 4 }];
      const stop = await session.stop({ kind: 'step', ranges, calls: 'over', granularity: 'instruction' });
      assert.deepEqual(stop.reason, { kind: 'step' });
      ({ pc } = stop);
    }
    assert.ok(steps > 500, String(steps));
    await session.run();
    assert.equal(session.console, output);
  });

  it('a step into stops in what the line calls, not in the handler, and goes on in the code that was interrupted', async () => {
    const { session, low, high, address } = await inMain();
    const handler = address('irq_handler');
    const functions = new Set<number>();
    let interrupts = 0;
    let before = 0;
    for (let i = 0; i < 3000; i++) {
      const { pc, instructions } = await session.stop(STEP);
      assert.ok(pc !== handler && !(await isInHandler(session)), pc.toString(16));
      if (i > 0 && instructions > before + 1) interrupts++;
      before = instructions;
      if (pc < low || pc >= high) functions.add(pc);
    }
    assert.ok(functions.size > 10);
    assert.ok(interrupts > 10);
    await session.engine.dispose();
  });

  it('a breakpoint in the handler stops the step; steps from there stay in the handler until it returns', async () => {
    const { session, address } = await inMain();
    const handler = address('irq_handler');
    await session.engine.setBreakpoints([{ id: 1, address: handler }]);
    let stop = await session.stop(STEP);
    let interrupted = 0;
    while (stop.reason.kind === 'step') {
      interrupted = stop.pc;
      stop = await session.stop(STEP);
    }
    assert.deepEqual(stop.reason, { kind: 'breakpoint', ids: [1] });
    assert.equal(stop.pc, handler);
    let steps = 0;
    while (stop.pc !== interrupted) {
      const { instructions } = stop;
      stop = await session.stop(STEP);
      assert.equal(stop.instructions, instructions + 1);
      steps++;
    }
    assert.ok(steps > 20, String(steps));
    await session.engine.dispose();
  });

  it('a breakpoint at the interrupted instruction is judged once, whether stepped or run into', async () => {
    const hits = async (drive: (session: Session) => Promise<void>): Promise<string[]> => {
      const { session, address } = await inMain();
      const at = address('irq_on') + 4;
      await session.engine.setBreakpoints([{ id: 1, address: at, logMessage: 'hit' }]);
      await drive(session);
      return session.logPoints;
    };
    const free = await hits(async (session) => void (await session.run()));
    const stepped = await hits(async (session) => {
      while ((await session.run(STEP)).kind === 'stopped');
    });
    assert.ok(free.length > 3, String(free.length));
    assert.deepEqual(stepped, free);
  });

  it('a step out is not ended by a handler that passes the return address', async () => {
    const { session, address, low, high } = await inMain();
    const show = address('show');
    await session.stop({ kind: 'runTo', address: show });
    const lr = await session.register('lr');
    const sp = await session.register('sp');
    const stop = await session.stop({ kind: 'runTo', address: lr, minimumSp: sp });
    assert.ok(stop.pc === lr && stop.pc >= low && stop.pc < high);
    assert.equal(await isInHandler(session), false);
    await session.engine.dispose();
  });
});
