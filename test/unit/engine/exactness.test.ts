import assert from 'node:assert/strict';
import type { EngineConfig, RunMode } from '../../../src/adapter/engine/api';
import { EVENTS_PLUGIN, plugin, programConfig, Session } from './session';

interface Result {
  readonly registers: Record<string, number>;
  readonly console: string;
  readonly events: Record<string, unknown>;
  readonly code: number;
}

const config = (name: string): EngineConfig =>
  programConfig(name, { plugins: [plugin('events.js', EVENTS_PLUGIN)], psInit: name !== 'startup-a32' });

/** The end of a session whose guest has ended. */
async function result(session: Session): Promise<Result> {
  const last = session.endings.at(-1);
  assert.ok(last?.kind === 'exited', JSON.stringify(last));
  const registers = await session.engine.readRegisters(0);
  return {
    registers: Object.fromEntries(registers.map(({ name, value }) => [name, value])),
    console: session.console,
    events: JSON.parse(session.pluginLog) as Record<string, unknown>,
    code: last.code,
  };
}

/** Drives a session until its guest has ended. */
type Drive = (session: Session) => Promise<void>;

async function driven(name: string, drive: Drive): Promise<Result> {
  const session = await Session.start(config(name));
  await drive(session);
  const got = await result(session);
  assert.deepEqual(session.notices, []);
  await session.engine.dispose();
  return got;
}

const freely: Drive = async (session) => void (await session.run());

const untilEnd = async (session: Session, mode: (turn: number) => RunMode): Promise<number> => {
  for (let turn = 0; ; turn++) if ((await session.run(mode(turn))).kind === 'exited') return turn;
};

const CONTINUE: RunMode = { kind: 'continue' };
const EVERYWHERE = [{ start: 0x100000, end: 0x100000 }];

/** Addresses spread over the program's code. */
async function someAddresses(name: string, count: number): Promise<number[]> {
  const seen = new Set<number>();
  const session = await Session.start(programConfig(name));
  const stride = name.includes('matmul') ? 997 : 7;
  for (let i = 0; i < count * stride; i++) {
    const ending = await session.run({ kind: 'stepInstruction' });
    if (ending.kind !== 'stopped') break;
    if (i % stride === 0) seen.add(ending.pc);
  }
  await session.engine.dispose();
  return [...seen];
}

/** Small programs with self-modifying code, exceptions, interworking, semihosting, both instruction sets. */
const PROGRAMS = [
  'exceptions-a32',
  'selfmod-a32',
  'ldmstm-a32',
  'atomics-t32-O1',
  'uart-t32-O2',
  'interwork-O2',
  'sgi-t32-O1',
];
const reference = new Map<string, Promise<Result>>();
const free = (name: string): Promise<Result> => {
  let known = reference.get(name);
  if (!known) reference.set(name, (known = driven(name, freely)));
  return known;
};

describe('engine: what plugins see does not depend on the debugger', () => {
  for (const name of PROGRAMS) {
    describe(name, () => {
      it('counts the instructions that the plugin counts', async () => {
        const { events } = await free(name);
        const session = await Session.start(config(name));
        await session.engine.setCallbackBreakpoints([{ id: 1, kind: 'exit' }]);
        const { instructions } = await session.stop();
        assert.equal(instructions, events.insn);
        assert.equal((await session.run()).kind, 'exited');
        assert.deepEqual(await result(session), await free(name));
      });

      it('breakpoints hit and continued, conditions, log points', async () => {
        const addresses = await someAddresses(name, 40);
        let stops = 0;
        const got = await driven(name, async (session) => {
          await session.engine.setBreakpoints(
            addresses.map((address, id) => {
              if (id % 3 === 0) return { id, address };
              if (id % 3 === 1) return { id, address, condition: '$r0 & 1' };
              return { id, address, logMessage: 'r0 = {$r0}' };
            }),
          );
          stops = await untilEnd(session, () => CONTINUE);
          assert.ok(session.logPoints.length > 0);
        });
        assert.ok(stops > 5);
        assert.deepEqual(got, await free(name));
      });

      it('single steps all the way', async () => {
        const stops: number[] = [];
        const got = await driven(name, async (session) => {
          await untilEnd(session, () => ({ kind: 'stepInstruction' }));
          for (const ending of session.endings) if (ending.kind === 'stopped') stops.push(ending.instructions);
        });
        // Steps are of one instruction each, but where an interrupt comes first: then with all of its handler.
        const long = stops.filter((instructions, i) => instructions !== (stops[i - 1] ?? 0) + 1);
        assert.ok(name.startsWith('sgi') ? long.length > 100 : long.length === 0, String(long.length));
        // The last instruction ends the guest.
        assert.equal(stops.at(-1), ((await free(name)).events.insn as number) - 1);
        assert.deepEqual(got, await free(name));
      });

      it('steps over and into lines', async () => {
        const got = await driven(name, async (session) => {
          let pc = 0x100000;
          for (let turn = 0; ; turn++) {
            const calls = turn % 2 ? 'into' : 'over';
            const granularity = turn % 3 ? 'instruction' : 'line';
            const ending = await session.run({
              kind: 'step',
              ranges: [{ start: pc, end: pc + 16 }],
              calls,
              granularity,
            });
            if (ending.kind !== 'stopped') break;
            ({ pc } = ending);
          }
        });
        assert.deepEqual(got, await free(name));
      });

      it('callback breakpoints set and cleared again and again, also in mid-instruction', async () => {
        let stops = 0;
        const got = await driven(name, async (session) => {
          const kinds = ['insn_exec', 'mem_write', 'tb_exec', 'mem_read', 'tb_trans', 'syscall'] as const;
          for (let turn = 0; ; turn++) {
            const kind = kinds[turn % kinds.length];
            const set = turn % 7 === 6 ? [] : [{ id: turn, kind }, ...(turn % 2 ? [{ id: 1e6, kind: kinds[0] }] : [])];
            await session.engine.setCallbackBreakpoints(set);
            const ending = await session.run(turn % 7 === 6 || turn % 5 === 4 ? { kind: 'stepInstruction' } : CONTINUE);
            if (ending.kind !== 'stopped') break;
            stops++;
          }
        });
        assert.ok(stops > 20);
        assert.deepEqual(got, await free(name));
      });

      it('a callback breakpoint that logs everywhere', async () => {
        const got = await driven(name, async (session) => {
          await session.engine.setCallbackBreakpoints([
            { id: 1, kind: 'insn_exec', logMessage: 'x', hitCondition: '% 100' },
            { id: 2, kind: 'mem_read', ranges: EVERYWHERE, logMessage: 'y' },
          ]);
          await freely(session);
          assert.ok(session.logPoints.length > 10);
        });
        assert.deepEqual(got, await free(name));
      });

      it('registers and memory written with what they hold', async () => {
        const got = await driven(name, async (session) => {
          await session.engine.setCallbackBreakpoints([{ id: 1, kind: 'insn_exec', hitCondition: '% 50' }]);
          for (;;) {
            const ending = await session.run();
            if (ending.kind !== 'stopped') break;
            await session.engine.writeRegister(0, 'r0', await session.register('r0'));
            await session.engine.writeRegister(0, 'cpsr', await session.register('cpsr'));
          }
        });
        assert.deepEqual(got, await free(name));
      });

      it('a restart in the middle', async () => {
        const session = await Session.start(config(name));
        await session.engine.setBreakpoints([]);
        for (let i = 0; i < 500; i++) await session.run({ kind: 'stepInstruction' });
        session.console = session.pluginLog = '';
        await session.engine.restart();
        assert.equal((await session.run()).kind, 'exited');
        assert.deepEqual(await result(session), await free(name));
        session.console = session.pluginLog = '';
        await session.engine.restart();
        assert.equal((await session.run()).kind, 'exited');
        assert.deepEqual(await result(session), await free(name));
      });
    });
  }

  it('timer interrupts come at the same instruction through thousands of steps', async () => {
    const name = 'timers-t32-O2';
    const got = await driven(name, async (session) => {
      await untilEnd(session, (turn) => (turn < 40_000 ? { kind: 'stepInstruction' } : CONTINUE));
    });
    assert.deepEqual(got, await free(name));
  });

  it('pauses at arbitrary places', async () => {
    const name = 'sort-t32-O3';
    let stops = 0;
    const got = await driven(name, async (session) => {
      let running = true;
      const pauses = (async () => {
        while (running) {
          await session.engine.pause();
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      stops = await untilEnd(session, () => CONTINUE);
      running = false;
      await pauses;
    });
    assert.ok(stops > 10, `${stops} pauses`);
    assert.deepEqual(got, await free(name));
  });
});
