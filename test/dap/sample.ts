import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The bundled sample. */
export const FOLDER = path.resolve('samples/matmul');
export const PROGRAM = path.join(FOLDER, 'matmul.elf');
export const MAIN = path.join(FOLDER, 'main.c');
export const CACHE_PLUGIN = 'libcache.so,arg=0x100000,arg=0x100600';

const TEXT = readFileSync(MAIN, 'utf8').split('\n');

/** The number of the first line of main.c that contains the text. */
export function lineOf(text: string): number {
  const index = TEXT.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`main.c has no line with ${text}`);
  return index + 1;
}
