import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of the ELF files made by its build.sh. */
export const FOLDER = path.join('test', 'programs', 'symbols');

/** Reads an ELF file of the folder. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(FOLDER, name)));
}
