import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Program } from './expect.mjs';
import { runOurs } from './run-ours';
import { runQemu } from './run-qemu.mjs';

/** Events compared at a time. */
const WINDOW = 100_000;
/** Lines shown before the difference and from it on. */
const [BEFORE, AFTER] = [5, 3];

/** Where two traces differ. */
export interface TraceDifference {
  /** Number of the first event that differs. */
  readonly event: number;
  /** What came before and behind it on both machines, in words. */
  readonly text: string;
}

/** The traces of the two machines that are compared; their programs may be two files. */
export interface Pair {
  readonly qemu: Program;
  readonly ours: Program;
}

/** The place where the two machines' traces (format: trace.c) first differ, if they do. */
export async function findDifference(
  { qemu: there, ours: here }: Pair,
  tier?: string,
): Promise<TraceDifference | undefined> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'difference-'));
  try {
    for (let from = 0; ; from += WINDOW) {
      const range = `from=${from},limit=${from + WINDOW}`;
      const file = path.join(cwd, 'trace');
      await runQemu({ ...there, cwd, plugins: [`trace,tb=on,values=on,${range},out=${file}`] });
      const { log } = await runOurs({
        ...here,
        cwd,
        tier,
        plugins: [`trace.ts,text=on,${range}`],
        until: 'end of trace',
      });
      const events = (text: string): string[] => text.split('\n').filter((line) => /^[TXILS] /.test(line));
      const [qemu, ours] = [events(readFileSync(file, 'latin1')), events(log)];
      const length = Math.max(qemu.length, ours.length);
      for (let i = 0; i < length; i++) {
        if (qemu[i] === ours[i]) continue;
        const shown = (lines: readonly string[]): string[] => lines.slice(Math.max(0, i - BEFORE), i + AFTER);
        const text = [`event ${from + i}; QEMU:`, ...shown(qemu), 'ours:', ...shown(ours)].join('\n');
        return { event: from + i, text };
      }
      if (length < WINDOW) return undefined;
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The same of one program, in words. */
export async function firstDifference(program: Program, tier?: string): Promise<string> {
  const difference = await findDifference({ qemu: program, ours: program }, tier);
  return difference?.text ?? 'the traces are equal when they are run again';
}
