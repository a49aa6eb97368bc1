import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ReadMemory, SymbolFile } from '../../../src/symbols/index';

/** The folder of the ELF files made by its build.sh. */
export const FOLDER = path.join('test', 'programs', 'symbols');

/** The builds of app.c with debug information. */
export const APPS = [
  'dw2-arm-O0.elf',
  'dw3-thumb-O2.elf',
  'dw4-thumb-O0.elf',
  'dw4-arm-O2.elf',
  'dw5-arm-O0.elf',
  'dw5-thumb-O2.elf',
  'dw5-arm-O2.elf',
  'dwarf64.elf',
];

/** Reads an ELF file of the folder. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(FOLDER, name)));
}

export interface RecordedFrame {
  readonly name: string;
  readonly inline: boolean;
  readonly pc: number;
  readonly sp?: number;
  readonly line?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface RecordedState {
  /** r0 to r15 */
  readonly registers: readonly number[];
  /** From sp up, in hexadecimal. */
  readonly stack: string;
  readonly frames: readonly RecordedFrame[];
}

/** What GDB said of a program at every few instructions: made by record.sh. */
export function recording(name: string): readonly RecordedState[] {
  const text = readFileSync(path.join(FOLDER, `${name}.frames.txt`), 'utf8');
  return (JSON.parse(text) as { states: RecordedState[] }).states;
}

/** The memory of a recorded state: its stack, and the program as it is in the file. */
export function memoryOf(file: SymbolFile, state: RecordedState): ReadMemory {
  const stack = Uint8Array.from(Buffer.from(state.stack, 'hex'));
  const base = state.registers[13];
  return (address, length) => {
    if (address >= base && address + length <= base + stack.length)
      return stack.slice(address - base, address - base + length);
    const segment = file.elf.segments.find(
      ({ type, vaddr, memsz }) => type === 1 && address >= vaddr && address + length <= vaddr + memsz,
    );
    if (!segment) return undefined;
    const bytes = new Uint8Array(length);
    bytes.set(file.elf.segmentData(segment).subarray(address - segment.vaddr, address - segment.vaddr + length));
    return bytes;
  };
}
