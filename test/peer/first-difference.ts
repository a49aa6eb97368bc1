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

/** The place where a program's two traces (format: trace.c) first differ, in words. */
export async function firstDifference(program: Program): Promise<string> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'difference-'));
  try {
    for (let from = 0; ; from += WINDOW) {
      const range = `from=${from},limit=${from + WINDOW}`;
      const file = path.join(cwd, 'trace');
      await runQemu({ ...program, cwd, plugins: [`trace,tb=on,values=on,${range},out=${file}`] });
      const { log } = await runOurs({ ...program, cwd, plugins: [`trace.ts,text=on,${range}`] });
      const events = (text: string): string[] => text.split('\n').filter((line) => /^[TXILS] /.test(line));
      const [qemu, ours] = [events(readFileSync(file, 'latin1')), events(log)];
      const length = Math.max(qemu.length, ours.length);
      for (let i = 0; i < length; i++) {
        if (qemu[i] === ours[i]) continue;
        const shown = (lines: readonly string[]): string[] => lines.slice(Math.max(0, i - BEFORE), i + AFTER);
        return [`event ${from + i}; QEMU:`, ...shown(qemu), 'ours:', ...shown(ours)].join('\n');
      }
      if (length < WINDOW) return 'the traces are equal when they are run again';
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
