import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createNodeEngine } from '../../../src/adapter/node/local-engine';
import type { EngineCallbackBreakpoint, StoppedEvent } from '../../../src/adapter/engine/api';

const ELF = 'test/programs/atomics-t32-O1.elf';
const PLUGINS = [
  'libcache.so,arg=0x100000,arg=0x108000',
  './libcache.so,l2=on',
  'libinsn.so',
  './libinsn.so,inline=on',
  'libmem.so,inline=on,callback=on',
  'libbb.so',
  './libbb.so,inline=on',
  'libhotblocks.so,limit=0',
  'libhotpages.so',
];

/** Runs the program to its end, going on after each stop; `atStop` gives the breakpoints from then on. */
async function run(atStop: (stops: number, event: StoppedEvent | undefined) => EngineCallbackBreakpoint[] | undefined) {
  const bytes = new Uint8Array(readFileSync(ELF));
  let log = '';
  let stops = 0;
  const engine = createNodeEngine({
    stopped: (event) => void next(event),
    exited: () => finish(),
    pluginLog: (text) => (log += text),
    logPoint: () => {},
    console: () => {},
    statistics: () => {},
    notice: ({ message }) => fail(new Error(message)),
    guestLog: () => {},
  });
  let finish: () => void;
  let fail: (error: Error) => void;
  const ended = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const next = async (event?: StoppedEvent): Promise<void> => {
    try {
      if (event) stops++;
      const breakpoints = atStop(stops, event);
      if (breakpoints) await engine.setCallbackBreakpoints(breakpoints);
      await engine.run({ kind: 'continue' });
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  try {
    await engine.initialize({
      machine: 'xilinx-zynq-a9',
      memoryBytes: 128 << 20,
      smp: 1,
      psInit: true,
      busErrors: false,
      images: [{ kind: 'elf', name: 'program', bytes, cpu: 0 }],
      symbolFiles: [{ name: 'program', bytes }],
      plugins: PLUGINS.map((spec) => ({ spec })),
      semihosting: { enabled: true, root: process.cwd(), commandLine: '' },
      icountShift: 0,
    });
    await next();
    await ended;
    return { log, stops };
  } finally {
    await engine.dispose();
  }
}

describe('stops at callbacks', () => {
  let undisturbed: string;
  before(async () => (undisturbed = (await run(() => undefined)).log));

  it('are not there without breakpoints', () => {
    assert.match(undisturbed, /^Addr, RCPUs/);
    assert.match(undisturbed, /^total insns: 5\d\d\d$/m);
    assert.match(undisturbed, /^insn count: +5\d\d\d$/m);
  });

  for (const kind of ['insn_exec', 'tb_exec', 'tb_trans', 'mem_read', 'mem_write', 'l1i_miss', 'l1d_miss'] as const) {
    it(`of kind ${kind} leave what plugins count as it is`, async () => {
      const { log, stops } = await run((n) => (n === 0 ? [{ id: 1, kind }] : n === 60 ? [] : undefined));
      assert(stops >= 5, `${stops} stops`);
      assert.equal(log, undisturbed);
    });
  }

  it('may be changed at every stop', async () => {
    const kinds = ['insn_exec', 'mem_write', 'tb_exec', 'l2_miss', 'tb_trans', 'mem_read', 'syscall'] as const;
    const { log, stops } = await run((n) =>
      n < 100 ? [0, 3].map((k) => ({ id: k + 1, kind: kinds[(n + k) % kinds.length] })) : [],
    );
    assert.equal(stops, 100);
    assert.equal(log, undisturbed);
  });
});
