/** See expect.mjs. */
export interface Program {
  readonly name: string;
  /** Path of the ELF file. */
  readonly elf: string;
  readonly args?: readonly string[];
  readonly psInit?: boolean;
  readonly icount?: string;
}

export interface TraceLine {
  readonly insns: number;
  readonly loads: number;
  readonly stores: number;
  readonly tbs: number;
  readonly execs: number;
  /** Hashes of all events, of instructions and accesses, of accesses. */
  readonly hash: string;
  readonly plain: string;
  readonly memory: string;
}

export function programs(): Program[];
export function parseTrace(log: string): TraceLine;
export function exitSymbol(elf: string): string;
export function words(registers: Readonly<Record<string, number>>): string;
