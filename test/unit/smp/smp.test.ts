import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { EngineConfig, RunMode } from '../../../src/adapter/engine/api';
import { SLICE } from '../../../src/emulator/scheduler';
import { SymbolFile } from '../../../src/symbols';
import { CODE, codeConfig, EVENTS_PLUGIN, plugin, Session } from '../engine/session';

const FOLDER = 'test/unit/smp/programs/';
const STEP: RunMode = { kind: 'stepInstruction' };

/** Every vCPU's callbacks of every kind in order, hashed; and what each vCPU executed. */
const PER_CPU_PLUGIN = `
const q = require('qemu-plugin');
exports.qemu_plugin_install = (id, info) => {
  const insns = [], order = [], idle = [], resumed = [];
  let hash = 0;
  q.qemu_plugin_register_vcpu_init_cb(id, (_id, vcpu) => order.push('init ' + vcpu));
  q.qemu_plugin_register_vcpu_idle_cb(id, (_id, vcpu) => (idle[vcpu] = (idle[vcpu] ?? 0) + 1));
  q.qemu_plugin_register_vcpu_resume_cb(id, (_id, vcpu) => (resumed[vcpu] = (resumed[vcpu] ?? 0) + 1));
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) {
      const insn = q.qemu_plugin_tb_get_insn(tb, i);
      const vaddr = q.qemu_plugin_insn_vaddr(insn);
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, (vcpu) => {
        insns[vcpu] = (insns[vcpu] ?? 0) + 1;
        hash = (Math.imul(hash, 0x01000193) ^ vaddr ^ vcpu) | 0;
      }, 0, undefined);
    }
  });
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs(JSON.stringify({
    smp: info.system.smp_vcpus, order, insns, hash, idle, resumed })));
  return 0;
};
`;

interface Seen {
  readonly smp: number;
  readonly order: readonly string[];
  readonly insns: readonly number[];
  readonly hash: number;
  readonly idle: readonly number[];
  readonly resumed: readonly number[];
}

function config(overrides: Partial<EngineConfig> = {}): EngineConfig {
  const name = 'smp';
  const bytes = new Uint8Array(readFileSync(`${FOLDER}${name}.elf`));
  const images: EngineConfig['images'] = [{ kind: 'elf', name, bytes, cpu: 0 }];
  const plugins = [plugin('cpus.js', PER_CPU_PLUGIN)];
  return codeConfig([], { smp: 2, images, symbolFiles: [{ name, bytes }], plugins, ...overrides });
}

function addresses(): (name: string) => number {
  const { symbols } = SymbolFile.parse(config().symbolFiles[0].bytes, { name: 'smp' });
  return (name) => {
    const symbol = symbols.find(name);
    assert.ok(symbol, name);
    return symbol.address;
  };
}

interface Result {
  readonly console: string;
  readonly seen: Seen;
  readonly code: number;
  readonly registers: readonly string[];
}

async function driven(
  drive: (session: Session) => Promise<unknown>,
  overrides: Partial<EngineConfig> = {},
): Promise<Result> {
  const session = await Session.start(config(overrides));
  await drive(session);
  const last = session.endings.at(-1);
  assert.ok(last?.kind === 'exited', JSON.stringify(last));
  const registers: string[] = [];
  for (const vcpu of [0, 1]) {
    for (const { name, value } of await session.engine.readRegisters(vcpu)) registers.push(`${vcpu} ${name} ${value}`);
  }
  await session.engine.dispose();
  assert.deepEqual(session.notices, []);
  return { console: session.console, seen: JSON.parse(session.pluginLog) as Seen, code: last.code, registers };
}

describe('two CPUs', function () {
  this.timeout(60_000);
  const address = addresses();
  let free: Result;
  before(async () => (free = await driven((session) => session.run())));

  it('start, events, monitors, interrupts, timers, translation, code: the program checks them', () => {
    assert.match(free.console, /^(?:[^\n]*: ok\n){27}done\n$/);
    assert.equal(free.code, 0);
  });

  it('plugins are told of each vCPU', () => {
    const { smp, order, insns, idle, resumed } = free.seen;
    assert.equal(smp, 2);
    assert.deepEqual(order, ['init 0', 'init 1']);
    for (const vcpu of [0, 1]) {
      assert.ok(insns[vcpu] > 10_000, `${insns[vcpu]}`);
      assert.ok(resumed[vcpu] >= 5 && Math.abs(idle[vcpu] - resumed[vcpu]) <= 1, `${idle[vcpu]} ${resumed[vcpu]}`);
    }
  });

  it('every run is the same', async () => assert.deepEqual(await driven((session) => session.run()), free));

  it('a plugin that is reset again and again changes nothing in who executes what when', async () => {
    const code = `
      const q = require('qemu-plugin');
      exports.qemu_plugin_install = (id) => {
        let calls = 0;
        const begin = () => q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) =>
          q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {
            if (++calls % 257 === 0) q.qemu_plugin_reset(id, begin);
          }, 0, undefined));
        begin();
        return 0;
      };`;
    const plugins = [plugin('cpus.js', PER_CPU_PLUGIN), plugin('reset.js', code)];
    assert.deepEqual(await driven((session) => session.run(), { plugins }), free);
  });

  it('stops, conditions and steps of either vCPU change nothing', async () => {
    const stops = [0, 0];
    const got = await driven(async (session) => {
      await session.engine.setBreakpoints([
        { id: 1, address: address('add_exclusive'), condition: '$r1 % 7 == 0' },
        { id: 2, address: address('irq_handler') },
        { id: 3, address: address('delay') },
      ]);
      let ending = await session.run();
      for (let turn = 0; ending.kind === 'stopped'; turn++) {
        stops[ending.vcpu]++;
        const { pc } = ending;
        const over: RunMode = {
          kind: 'step',
          ranges: [{ start: pc, end: pc + 8 }],
          calls: 'over',
          granularity: 'line',
        };
        const mode: RunMode = turn % 5 === 4 ? { kind: 'continue' } : turn % 2 ? over : STEP;
        await session.engine.run(mode, ending.vcpu);
        ending = await session.ending();
      }
    });
    assert.ok(stops[0] > 20 && stops[1] > 20, stops.join(' '));
    assert.deepEqual(got, free);
  });

  it('pauses change nothing', async () => {
    let stops = 0;
    const got = await driven(async (session) => {
      for (;;) {
        const ended = session.run();
        await session.engine.pause();
        if ((await ended).kind === 'exited') return;
        stops++;
      }
    });
    assert.ok(stops > 5, String(stops));
    assert.deepEqual(got, free);
  });

  it('callback breakpoints and new instrumentation change nothing', async () => {
    const got = await driven(async (session) => {
      await session.engine.setCallbackBreakpoints([
        { id: 1, kind: 'mem_write', hitCondition: '% 3000' },
        { id: 2, kind: 'insn_exec', hitCondition: '% 4999' },
      ]);
      while ((await session.run()).kind === 'stopped');
    });
    assert.deepEqual(got, free);
  });

  it('a breakpoint stops the vCPU that reaches it; a step steps the vCPU it is for, and the other one runs', async () => {
    const session = await Session.start(config());
    await session.engine.setBreakpoints([{ id: 1, address: address('cpu1_main') }]);
    const first = await session.stop();
    assert.deepEqual([first.vcpu, first.pc, first.reason], [1, address('cpu1_main'), { kind: 'breakpoint', ids: [1] }]);
    const pcOf = async (vcpu: number): Promise<number | undefined> =>
      (await session.engine.readRegisters(vcpu)).find(({ name }) => name === 'pc')?.value;
    for (let i = 0; i < 5; i++) {
      const before = await pcOf(0);
      const step = await session.stop(STEP);
      assert.equal(step.vcpu, 1);
      assert.equal(await pcOf(0), before, 'the turn is not over');
    }
    const before = await pcOf(1);
    await session.engine.run(STEP, 0);
    const ending = await session.ending();
    assert.ok(ending.kind === 'stopped' && ending.vcpu === 0 && ending.reason.kind === 'step');
    assert.notEqual(await pcOf(1), before, 'it had the rest of its turn');
    await assert.rejects(session.engine.run(STEP, 2), /no vCPU 2/);
    await session.engine.dispose();
  });

  it('a restart is as the first start', async () => {
    const session = await Session.start(config());
    await session.engine.setBreakpoints([{ id: 1, address: address('hold_exclusive') }]);
    assert.equal((await session.stop()).vcpu, 1);
    await session.engine.setBreakpoints([]);
    session.console = session.pluginLog = '';
    await session.engine.restart();
    assert.equal((await session.run()).kind, 'exited');
    assert.equal(session.console, free.console);
    assert.deepEqual(JSON.parse(session.pluginLog), free.seen);
  });

  it('the hash of events does not depend on where they are looked at', async () => {
    const events = async (): Promise<string> => {
      const session = await Session.start(config({ plugins: [plugin('events.js', EVENTS_PLUGIN)] }));
      await session.run();
      return session.pluginLog;
    };
    assert.equal(await events(), await events());
  });
});

/** `b .` and `wfi`, `add r0, r0, #1; b .-4`, and an SGI to the other. */
const LOOP = 0xeafffffe;
const COUNT = [0xe2800001, 0xeafffffd];
const WFI = 0xe320f003;
const WFE = 0xe320f002;
const SEV = 0xe320f004;
const YIELD = 0xe320f001;

/** CPU0 executes `first`, CPU1 `second`, each followed by an endless loop. */
async function pair(first: readonly number[], second: readonly number[], smp = 2): Promise<Session> {
  const words = [...first, LOOP, ...second, LOOP];
  const images: EngineConfig['images'] = [
    { kind: 'raw', name: 'code', bytes: new Uint8Array(Uint32Array.from(words).buffer), address: CODE },
    { kind: 'pc', address: CODE, cpu: 0 },
    ...(smp > 1 ? [{ kind: 'pc' as const, address: CODE + 4 * (first.length + 1), cpu: 1 }] : []),
  ];
  return Session.start(codeConfig([], { smp, images }));
}

async function register(session: Session, vcpu: number, name: string): Promise<number | undefined> {
  return (await session.engine.readRegisters(vcpu)).find((one) => one.name === name)?.value;
}

/** Runs until all vCPUs together have executed so many instructions, more or less. */
async function runAbout(session: Session, instructions: number): Promise<void> {
  for (;;) {
    const ended = session.run();
    await session.engine.pause();
    const ending = await ended;
    assert.ok(ending.kind === 'stopped');
    if (ending.instructions >= instructions) return;
  }
}

describe('turns of two CPUs', () => {
  it('are equal when both run', async () => {
    const session = await pair(COUNT, COUNT);
    await runAbout(session, 100 * SLICE);
    const [a, b] = [await register(session, 0, 'r0'), await register(session, 1, 'r0')];
    assert.ok(a && b && Math.abs(a - b) <= SLICE / 2, `${a} ${b}`);
    await session.engine.dispose();
  });

  it('are all for the one that runs while the other waits', async () => {
    const session = await pair(COUNT, [WFI]);
    await runAbout(session, 100 * SLICE);
    const counted = await register(session, 0, 'r0');
    assert.ok(counted && counted * 2 >= 99 * SLICE, String(counted));
    await session.engine.dispose();
  });

  it('end with YIELD', async () => {
    const session = await pair([0xe2800001, YIELD, 0xeafffffc], COUNT);
    await runAbout(session, 100 * SLICE);
    const [a, b] = [await register(session, 0, 'r0'), await register(session, 1, 'r0')];
    assert.ok(a && b && b / a > SLICE / 4, `${a} ${b}`);
    await session.engine.dispose();
  });

  it('WFE waits, an event that came before does not let it wait, and one event is enough for one WFE', async () => {
    // CPU0: sev; wfe; r0 = 1; wfe; r0 = 2. CPU1 never sends.
    const session = await pair([SEV, WFE, 0xe3a00001, WFE, 0xe3a00002], [WFI]);
    const ended = session.run();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await session.engine.pause();
    await ended;
    assert.equal(await register(session, 0, 'r0'), 1);
    assert.equal(await register(session, 0, 'pc'), CODE + 16);
    await session.engine.dispose();
  });

  it('with one vCPU WFE, SEV and YIELD are hints that do nothing, as on QEMU', async () => {
    const session = await pair([WFE, WFE, SEV, YIELD, WFE, 0xe3a00001], [], 1);
    for (let i = 0; i < 6; i++) await session.stop(STEP);
    assert.equal(await register(session, 0, 'r0'), 1);
    await session.engine.dispose();
  });

  it('CPU1 is held in reset in the bare state, and waits in the boot code in the state of the boot loader', async () => {
    for (const [psInit, pc] of [
      [false, 0],
      [true, 0xffffff04],
    ] as const) {
      const images: EngineConfig['images'] = [
        { kind: 'raw', name: 'code', bytes: new Uint8Array(Uint32Array.from(COUNT).buffer), address: CODE },
        { kind: 'pc', address: CODE, cpu: 0 },
      ];
      const session = await Session.start(codeConfig([], { smp: 2, images, psInit }));
      await runAbout(session, 10 * SLICE);
      assert.equal(await register(session, 1, 'pc'), pc);
      await session.engine.dispose();
    }
  });
});

describe('plugins on two vCPUs', () => {
  it('count on scoreboards by vCPU, inline and conditionally, and see each one’s discontinuities', async () => {
    const bytes = new Uint8Array(readFileSync('samples/rtos/rtos-smp.elf'));
    const code = `
const q = require('qemu-plugin');
exports.qemu_plugin_version = 6;
exports.qemu_plugin_install = (id) => {
  const board = q.qemu_plugin_scoreboard_new(24);
  const [insns, stores, last] = [0, 8, 16].map((at) => q.qemu_plugin_scoreboard_u64_in_struct(board, at));
  const seen = { insns: [0, 0], stores: [0, 0], thousands: [0, 0], kinds: [{}, {}], idle: [0, 0], resumed: [0, 0] };
  const thousand = q.qemu_plugin_scoreboard_u64(q.qemu_plugin_scoreboard_new(8));
  q.qemu_plugin_register_vcpu_discon_cb(id, q.QEMU_PLUGIN_DISCON_ALL, (_id, vcpu, type) => {
    seen.kinds[vcpu][type] = (seen.kinds[vcpu][type] ?? 0) + 1;
  });
  q.qemu_plugin_register_vcpu_idle_cb(id, (_id, vcpu) => {
    seen.idle[vcpu]++;
  });
  q.qemu_plugin_register_vcpu_resume_cb(id, (_id, vcpu) => {
    seen.resumed[vcpu]++;
  });
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) {
      const insn = q.qemu_plugin_tb_get_insn(tb, i);
      q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, q.QEMU_PLUGIN_INLINE_ADD_U64, insns, 1);
      q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, q.QEMU_PLUGIN_INLINE_ADD_U64, thousand, 1);
      q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, q.QEMU_PLUGIN_INLINE_STORE_U64, last, i + 1);
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, (vcpu) => void seen.insns[vcpu]++, 0, undefined);
      q.qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, (vcpu) => {
        seen.thousands[vcpu]++;
        q.qemu_plugin_u64_set(thousand, vcpu, 0);
      }, 0, q.QEMU_PLUGIN_COND_GE, thousand, 1000, undefined);
      q.qemu_plugin_register_vcpu_mem_inline_per_vcpu(insn, q.QEMU_PLUGIN_MEM_W, q.QEMU_PLUGIN_INLINE_ADD_U64, stores, 1);
      q.qemu_plugin_register_vcpu_mem_cb(insn, (vcpu) => void seen.stores[vcpu]++, 0, q.QEMU_PLUGIN_MEM_W, undefined);
    }
  });
  q.qemu_plugin_register_atexit_cb(id, () => {
    const each = (entry) => [0, 1].map((vcpu) => Number(q.qemu_plugin_u64_get(entry, vcpu)));
    q.qemu_plugin_outs(JSON.stringify({ ...seen, inline: { insns: each(insns), stores: each(stores), last: each(last) } }));
  });
  return 0;
};`;
    const program = { images: [{ kind: 'elf', name: 'rtos', bytes, cpu: 0 } as const], symbolFiles: [] };
    const plugins = [plugin('counts.js', code), { spec: 'libtraps.so' }];
    const session = await Session.start(codeConfig([], { ...program, plugins, smp: 2 }));
    assert.equal((await session.run()).kind, 'exited');
    const [, json] = /(\{"insns".*\})/.exec(session.pluginLog) ?? [];
    const seen = JSON.parse(json) as {
      readonly [K in 'insns' | 'stores' | 'thousands' | 'idle' | 'resumed']: readonly number[];
    } & {
      readonly kinds: readonly Record<string, number>[];
      readonly inline: {
        readonly insns: readonly number[];
        readonly stores: readonly number[];
        readonly last: number[];
      };
    };
    assert.deepEqual(seen.inline.insns, seen.insns);
    assert.deepEqual(seen.inline.stores, seen.stores);
    for (const vcpu of [0, 1]) {
      assert.ok(seen.insns[vcpu] > 10_000, `vCPU ${vcpu} has run`);
      assert.ok(seen.inline.last[vcpu] >= 1, 'stored by the vCPU itself');
      // The callback looks before the instruction is counted, or after: never is a thousand lost.
      assert.ok(Math.abs(seen.thousands[vcpu] - seen.insns[vcpu] / 1000) <= 1 + seen.insns[vcpu] / 100_000);
      const counted = new RegExp(`^ +${vcpu}, +(\\d+), +(\\d+), +(\\d+)$`, 'm').exec(session.pluginLog)!;
      const kinds = [1, 2, 4].map((kind) => seen.kinds[vcpu][kind] ?? 0);
      assert.deepEqual(kinds, counted.slice(1).map(Number));
    }
    assert.ok(seen.kinds[0][1] > 0 && seen.kinds[0][2] > 0);
    // A vCPU that has waited goes on before it waits again; one that begins held back is resumed without having waited.
    for (const vcpu of [0, 1]) assert.ok(Math.abs(seen.idle[vcpu] - seen.resumed[vcpu]) <= 1, JSON.stringify(seen));
  });
});
