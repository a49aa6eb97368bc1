import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseTrace, programs, type Program } from '../peer/expect.mjs';
import { firstDifference } from '../peer/first-difference';
import { runOurs } from '../peer/run-ours';
import { runQemu } from '../peer/run-qemu.mjs';
import { provenance, type ClassReport } from './tally';

/*
 * Whole programs, of our own and with what Debian's packages bring (newlib, picolibc, libgcc), on both machines: console
 * output, exit status, each instruction and each memory access with its value.
 */

const PLUGIN = 'values=on,hash=on';

/** What a program shows of itself. */
interface Behaviour {
  readonly exit: number | null;
  readonly output: string;
  readonly instructions: string;
  readonly accesses: string;
}

function behaviour(exit: number | null, output: string, log: string): Behaviour {
  const { insns, loads, stores, plain, memory } = parseTrace(log);
  return {
    exit,
    output,
    instructions: `${insns}, hash ${plain}`,
    accesses: `${loads} loads, ${stores} stores, hash ${memory}`,
  };
}

async function inFolder<T>(use: (cwd: string) => Promise<T>): Promise<T> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'fidelity-'));
  try {
    return await use(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** What a program does differently here, in words; empty if nothing. And the instructions that it executed on QEMU. */
async function compareProgram(
  program: Program,
  tier?: string,
): Promise<{ readonly instructions: number; readonly differences: readonly string[] }> {
  const [qemu, ours] = await Promise.all([
    inFolder(async (cwd) => {
      const run = await runQemu({ ...program, cwd, plugins: [`trace,${PLUGIN}`], timeoutMs: 300_000 });
      if (run.timedOut) throw new Error(`${program.name} did not end on QEMU`);
      return { ...behaviour(run.code, run.stdout + run.stderr, run.log), count: Number(parseTrace(run.log).insns) };
    }),
    inFolder(async (cwd) => {
      const run = await runOurs({ ...program, cwd, plugins: ['trace.ts'], tier, timeoutMs: 600_000 });
      return behaviour(run.exit, run.output, run.log);
    }),
  ]);
  const aspects = ['exit', 'output', 'instructions', 'accesses'] as const;
  const differences = aspects
    .filter((aspect) => qemu[aspect] !== ours[aspect])
    .map(
      (aspect) =>
        `${program.name}: ${aspect}: QEMU ${JSON.stringify(qemu[aspect])}, ours ${JSON.stringify(ours[aspect])}`,
    );
  if (differences.length) differences.push(await firstDifference(program, tier));
  return { instructions: qemu.count, differences };
}

/** All programs, one after the other; their executed instructions are the cases. */
export async function comparePrograms(
  { seed, tier }: { readonly seed: number; readonly tier: string },
  show: (text: string) => void,
): Promise<ClassReport> {
  const began = performance.now();
  let [cases, differing] = [0, 0];
  const all = programs();
  for (const program of all) {
    const { instructions, differences } = await compareProgram(program, tier).catch((error: Error) => ({
      instructions: 0,
      differences: [`${program.name}: ${error.message}`],
    }));
    cases += instructions;
    if (differences.length) differing++;
    for (const text of differences) show(text);
  }
  return {
    name: 'programs',
    cases,
    differences: differing,
    encodings: 0,
    coverage: {},
    sets: { programs: all.length },
    seconds: Math.round((performance.now() - began) / 1000),
    seed,
    tier,
    ...provenance(),
  };
}
