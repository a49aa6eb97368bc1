import { readFileSync } from 'node:fs';
import path from 'node:path';
import { testTier } from '../../tier';
import { createNodeEngine } from '../../../src/adapter/node/local-engine';
import type {
  EngineApi,
  EngineConfig,
  EngineEvents,
  EngineHostEvents,
  RunMode,
  StoppedEvent,
} from '../../../src/adapter/engine/api';

/** How a run of the guest ended. */
export type Ending =
  | ({ readonly kind: 'stopped' } & StoppedEvent)
  | { readonly kind: 'exited'; readonly code: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string; readonly plugin?: string };

/** A user's plugin from its JavaScript text. */
export function plugin(name: string, code: string, args = ''): EngineConfig['plugins'][number] {
  return { spec: name + args, code, path: `/plugins/${name}` };
}

/** A configuration that runs one of test/programs (or the sample) by its file name without extension. */
export function programConfig(name: string, overrides: Partial<EngineConfig> = {}): EngineConfig {
  const file = name === 'matmul' ? 'samples/matmul/matmul.elf' : `test/programs/${name}.elf`;
  const bytes = new Uint8Array(readFileSync(path.resolve(file)));
  return {
    ...codeConfig([]),
    images: [{ kind: 'elf', name, bytes, cpu: 0 }],
    symbolFiles: [{ name, bytes }],
    ...overrides,
  };
}

/** Where {@link codeConfig} puts code. */
export const CODE = 0x100000;

/** A configuration that runs A32 instruction words (or, from an odd `entry`, T32 halfwords) from {@link CODE} on. */
export function codeConfig(words: readonly number[], overrides: Partial<EngineConfig> = {}): EngineConfig {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  return {
    machine: 'xilinx-zynq-a9',
    memoryBytes: 128 << 20,
    smp: 1,
    psInit: true,
    busErrors: false,
    images: [
      { kind: 'raw', name: 'code', bytes, address: CODE },
      { kind: 'pc', address: CODE, cpu: 0 },
    ],
    symbolFiles: [],
    plugins: [],
    semihosting: { enabled: true, root: process.cwd(), commandLine: '' },
    icountShift: 0,
    tier: testTier(),
    ...overrides,
  };
}

const MAX_RUNS = 60_000;

/** An engine with everything it tells gathered. */
export class Session {
  readonly engine: EngineApi;
  readonly notices: string[] = [];
  readonly logPoints: string[] = [];
  readonly guestLog: string[] = [];
  /** The endings so far, in order. */
  readonly endings: Ending[] = [];
  /** Everything in order of arrival, with a prefix of what it is. */
  readonly history: string[] = [];
  pluginLog = '';
  console = '';
  private waiting: ((ending: Ending) => void) | undefined;
  private readonly unseen: Ending[] = [];
  private runs = 0;

  constructor(create: (events: EngineHostEvents) => EngineApi = createNodeEngine) {
    const events: EngineEvents & Pick<EngineHostEvents, 'failed'> = {
      stopped: (event) => this.ended({ kind: 'stopped', ...event }),
      exited: (event) => this.ended({ kind: 'exited', ...event }),
      failed: (event) => this.ended({ kind: 'failed', ...event }),
      pluginLog: (text) => {
        this.pluginLog += text;
        this.history.push(`log ${text}`);
      },
      logPoint: ({ text }) => {
        this.logPoints.push(text);
        this.history.push(`point ${text}`);
      },
      console: ({ bytes }) => {
        const text = Buffer.from(bytes).toString('latin1');
        this.console += text;
        this.history.push(`console ${text}`);
      },
      statistics: () => undefined,
      notice: ({ message }) => void this.notices.push(message),
      guestLog: ({ text }) => void this.guestLog.push(text),
    };
    this.engine = create(events);
  }

  private ended(ending: Ending): void {
    this.endings.push(ending);
    this.history.push(ending.kind);
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) waiting(ending);
    else this.unseen.push(ending);
  }

  /** The next stop or end that nobody has waited for yet. */
  ending(): Promise<Ending> {
    const ready = this.unseen.shift();
    return ready ? Promise.resolve(ready) : new Promise((resolve) => (this.waiting = resolve));
  }

  /** Runs once more; a loop of a test that never ends is an error, not a hang. */
  async run(mode: RunMode = { kind: 'continue' }): Promise<Ending> {
    if (++this.runs > MAX_RUNS) throw new Error(`the guest was run ${MAX_RUNS} times and has not ended`);
    await this.engine.run(mode);
    return this.ending();
  }

  /** Runs in the way of `mode` and expects a stop. */
  async stop(mode?: RunMode): Promise<Extract<Ending, { kind: 'stopped' }>> {
    const ending = await this.run(mode);
    if (ending.kind !== 'stopped') throw new Error(`the guest did not stop but ${JSON.stringify(ending)}`);
    return ending;
  }

  async register(name: string): Promise<number> {
    const found = (await this.engine.readRegisters(0)).find((register) => register.name === name);
    if (!found) throw new Error(`no register ${name}`);
    return found.value;
  }

  static async start(config: EngineConfig): Promise<Session> {
    const session = new Session();
    await session.engine.initialize(config);
    return session;
  }
}

/** Hashes every event that a plugin can see, in order, and counts them; prints both at exit. */
export const EVENTS_PLUGIN = `
const q = require('qemu-plugin');
exports.qemu_plugin_install = (id) => {
  let hash = 0;
  const counts = { trans: 0, tb: 0, insn: 0, mem: 0 };
  const note = (kind, a, b) => {
    counts[kind]++;
    hash = (Math.imul(hash ^ a, 0x01000193) ^ Math.imul(b + kind.length, 0x9e3779b1)) | 0;
  };
  const inline = [q.tcg_u64_new(), q.tcg_u64_new(), q.tcg_u64_new()];
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = q.qemu_plugin_tb_n_insns(tb);
    const pc = q.qemu_plugin_tb_vaddr(tb);
    note('trans', pc, n);
    q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => note('tb', pc, n), 0, undefined);
    q.qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, inline[0], 1);
    for (let i = 0; i < n; i++) {
      const insn = q.qemu_plugin_tb_get_insn(tb, i);
      const vaddr = q.qemu_plugin_insn_vaddr(insn);
      q.qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, inline[1], 1);
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => note('insn', vaddr, 0), 0, undefined);
      q.qemu_plugin_register_vcpu_mem_inline(insn, 3, 0, inline[2], 1);
      q.qemu_plugin_register_vcpu_mem_cb(insn, (_v, info, address) => note('mem', address, info), 0, 3, undefined);
    }
  });
  q.qemu_plugin_register_atexit_cb(id, () => {
    q.qemu_plugin_outs(JSON.stringify({ ...counts, inline: inline.map((c) => c.get()), hash }));
  });
  return 0;
};`;
