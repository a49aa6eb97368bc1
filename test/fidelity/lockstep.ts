import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineApi } from '../../src/adapter/engine/api';
import { disassembleArm } from '../../src/target/arm/disas';
import { decodeA32, decodeT32, isThumb32 } from '../../src/target/arm/decode';
import { findDifference, type Pair } from '../peer/first-difference';
import { coreRegisters, runOurs, startOurs } from '../peer/run-ours';
import { withGdb, type QemuGdb } from '../peer/run-qemu.mjs';

/*
 * One program on both machines, instruction by instruction: QEMU through its gdbstub, ours through the engine. After each
 * the core registers are compared, the memory that the instruction stored to, and behind an instruction of floating point or
 * Advanced SIMD its registers and FPSCR.
 */

export interface LockstepOptions extends Pair {
  /** Whether to step from the first instruction on; else both run freely to shortly before their traces differ. */
  readonly everyStep?: boolean;
  /** Instructions to step at most. */
  readonly limit?: number;
  readonly tier?: string;
  /** Called before each comparison: a test changes our side here. */
  readonly disturb?: (step: number, engine: EngineApi) => Promise<void>;
}

export interface LockstepResult {
  /** Instructions stepped, and run freely before that. */
  readonly stepped: number;
  readonly skipped: number;
  /** The first difference in words; absent if there is none. */
  readonly difference?: string;
}

const THUMB = 0x20;
const hex = (value: number, digits = 8): string => (value >>> 0).toString(16).padStart(digits, '0');

interface Store {
  readonly address: number;
  readonly size: number;
}

/** Our machine in single steps. */
class OurSide {
  private log = '';
  private resolve: (ended: boolean) => void = () => undefined;

  private constructor(readonly engine: EngineApi) {}

  static async start({ ours, tier }: LockstepOptions, cwd: string): Promise<OurSide> {
    const handlers = { side: undefined as OurSide | undefined };
    const engine = await startOurs(
      { ...ours, cwd, tier, plugins: ['trace.ts,text=on'] },
      {
        stopped: () => handlers.side?.resolve(false),
        exited: () => handlers.side?.resolve(true),
        pluginLog: (text) => {
          if (handlers.side) handlers.side.log += text;
        },
        logPoint: () => undefined,
        console: () => undefined,
        statistics: () => undefined,
        notice: () => undefined,
        guestLog: () => undefined,
      },
    );
    handlers.side = new OurSide(engine);
    return handlers.side;
  }

  private run(mode: 'continue' | 'stepInstruction'): Promise<boolean> {
    this.log = '';
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.engine.run({ kind: mode }).catch(reject);
    });
  }

  /** Whether the program ended with the step, and what it stored to. */
  async step(): Promise<{ readonly ended: boolean; readonly stores: readonly Store[] }> {
    const ended = await this.run('stepInstruction');
    const stores = [...this.log.matchAll(/^S ([0-9a-f]{8}) (\d+)\S* \S+ ram/gm)];
    return {
      ended,
      stores: stores.map(([, address, size]) => ({ address: parseInt(address, 16), size: Number(size) })),
    };
  }

  async runTo(address: number, arrivals: number): Promise<void> {
    await this.engine.setBreakpoints([{ id: 1, address, hitCondition: `== ${arrivals}` }]);
    if (await this.run('continue')) throw new Error('our side ended on its way');
    await this.engine.setBreakpoints([]);
  }

  async floating(): Promise<Map<string, number>> {
    const registers = new Map<string, number>();
    for (const { name, value, high } of await this.engine.readRegisters(0)) {
      if (/^d\d+$/.test(name)) {
        registers.set(`${name}l`, value);
        registers.set(`${name}h`, high ?? NaN);
      } else if (name === 'fpscr') registers.set(name, value);
    }
    return registers;
  }
}

interface Executed {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly isThumb: boolean;
}

/** Whether the instruction belongs to floating point or Advanced SIMD. */
function isFloating({ bytes, isThumb }: Executed): boolean {
  const halves = new DataView(bytes.buffer, bytes.byteOffset, 4);
  const first = halves.getUint16(0, true);
  if (isThumb && !isThumb32(first)) return false;
  const word = isThumb ? ((first << 16) | halves.getUint16(2, true)) >>> 0 : halves.getUint32(0, true);
  return (isThumb ? decodeT32 : decodeA32)(word)?.section.startsWith('A7') ?? false;
}

type Difference = readonly [what: string, qemu: string, ours: string];

/** Every register and every stored word that the two sides do not have alike. */
async function differences(
  gdb: QemuGdb,
  side: OurSide,
  executed: Executed,
  stores: readonly Store[],
): Promise<Difference[]> {
  const found: Difference[] = [];
  const compare = (what: string, qemu: number, ours: number): void => {
    if (qemu >>> 0 !== ours >>> 0) found.push([what, hex(qemu), hex(ours)]);
  };
  const [there, here] = [await gdb.readRegisters(), await coreRegisters(side.engine)];
  for (const [name, value] of Object.entries(there)) compare(name, value, here[name]);
  for (const { address, size } of stores) {
    const [qemu, ours] = [await gdb.readMemory(address, size), await side.engine.readMemory(address, size)];
    if (!qemu.equals(ours)) {
      const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
      found.push([`[${hex(address)}], bytes`, shown(qemu), shown(ours)]);
    }
  }
  if (isFloating(executed)) {
    const [theirs, own] = [await gdb.readFloating(), await side.floating()];
    for (const [name, value] of Object.entries(theirs)) compare(name, value, own.get(name) ?? NaN);
  }
  return found;
}

function describe(
  { address, bytes, isThumb }: Executed,
  step: number,
  before: Readonly<Record<string, number>>,
  found: readonly Difference[],
): string {
  const { text, size } = disassembleArm(address, bytes, isThumb);
  const registers = Object.entries(before).map(([name, value]) => `${name}=${hex(value)}`);
  return [
    `instruction ${step} differs: ${hex(address)} ${Buffer.from(bytes.subarray(0, size)).toString('hex')} ${text}`,
    'before it:',
    ...[0, 6, 12].map((from) => `    ${registers.slice(from, from === 12 ? undefined : from + 6).join(' ')}`),
    `${'behind it:'.padEnd(24)}${'QEMU'.padEnd(18)}ours`,
    ...found.map(([what, qemu, ours]) => `    ${what.padEnd(20)}${qemu.padEnd(18)}${ours}`),
  ].join('\n');
}

/** Where both sides go freely before they step. */
interface Place {
  readonly pc: number;
  readonly arrivals: number;
  readonly insns: number;
}

/** A place shortly before event `event` of our trace, that a debugger reaches with few stops. */
async function placeBefore(event: number, { ours, tier }: LockstepOptions, cwd: string): Promise<Place | undefined> {
  if (event === 0) return undefined;
  const { log } = await runOurs({ ...ours, cwd, tier, plugins: [`trace.ts,near=${event}`], until: 'end of trace' });
  const match = /^near: ([0-9a-f]{8}) (\d+) (\d+)$/m.exec(log);
  if (!match) return undefined;
  return { pc: parseInt(match[1], 16), arrivals: Number(match[2]), insns: Number(match[3]) };
}

async function runTo(gdb: QemuGdb, { pc, arrivals }: Place): Promise<void> {
  const registers = await gdb.readRegisters();
  const first = registers.pc === pc ? 1 : 0; // it already stands there
  await gdb.setBreakpoint(pc, 4);
  for (let n = first; n < arrivals; n++) {
    if (n > first || registers.pc === pc) await gdb.step();
    const reply = await gdb.continue();
    if (!reply.startsWith('T05')) throw new Error(`QEMU stopped with "${reply}" on its way`);
  }
  await gdb.removeBreakpoint(pc, 4);
}

async function stepBoth(
  gdb: QemuGdb,
  side: OurSide,
  options: LockstepOptions,
  skipped: number,
): Promise<LockstepResult> {
  const { limit = Infinity, disturb } = options;
  let before = await gdb.readRegisters();
  for (let step = 0; step < limit; step++) {
    const executed = {
      address: before.pc,
      bytes: await side.engine.readMemory(before.pc, 4),
      isThumb: (before.cpsr & THUMB) !== 0,
    };
    const reply = await gdb.step();
    const { ended, stores } = await side.step();
    await disturb?.(skipped + step, side.engine);
    const endedThere = reply.startsWith('W');
    if (endedThere || ended) {
      const [there, here] = [endedThere, ended].map((is) => (is ? 'ended' : 'goes on'));
      const same = there === here;
      const difference = same ? undefined : describe(executed, skipped + step, before, [['the program', there, here]]);
      return { stepped: step + 1, skipped, difference };
    }
    const found = await differences(gdb, side, executed, stores);
    if (found.length) {
      return { stepped: step + 1, skipped, difference: describe(executed, skipped + step, before, found) };
    }
    before = await gdb.readRegisters();
  }
  return { stepped: limit, skipped };
}

/**
 * Runs a program on both machines up to the first difference. Unless every step is asked for, whole traces are compared
 * first, which takes little time, and both sides step only from shortly before these differ.
 */
export async function lockstep(options: LockstepOptions): Promise<LockstepResult> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'lockstep-'));
  try {
    let place: Place | undefined;
    if (!options.everyStep) {
      const difference = await findDifference(options, options.tier);
      if (!difference) return { stepped: 0, skipped: await countInstructions(options, cwd) };
      place = await placeBefore(difference.event, options, cwd);
    }
    const side = await OurSide.start(options, cwd);
    try {
      return await withGdb({ ...options.qemu, cwd, timeoutMs: 3_600_000 }, async (gdb) => {
        await gdb.describe();
        if (place) await Promise.all([runTo(gdb, place), side.runTo(place.pc, place.arrivals)]);
        return await stepBoth(gdb, side, options, place?.insns ?? 0);
      });
    } finally {
      await side.engine.dispose();
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function countInstructions({ ours, tier }: LockstepOptions, cwd: string): Promise<number> {
  const { log } = await runOurs({ ...ours, cwd, tier, plugins: ['trace.ts'] });
  return Number(/insns=(\d+)/.exec(log)?.[1]);
}
