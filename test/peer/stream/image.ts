import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readElf, writeElf } from '../elf.mjs';

/*
 * The image that runs a list of items, built without an assembler: see README.md.
 */

export type StreamSet = 'a32' | 't32';

/** What is executed between one setting of the registers and their recording: an instruction, or a few that belong together. */
export interface Item {
  readonly isa: StreamSet;
  /** The decode row that the item is for. */
  readonly row: string;
  /** Opcodes in order; a 32-bit T32 one has its first halfword in bits 31..16. */
  readonly words: readonly Word[];
  /** Number of the register that is to point into the scratch memory; 15 for none. */
  readonly base: number;
  /** Number of the register that is to be small; 15 for none. */
  readonly index: number;
  /** log2 of the base's alignment, 0..3. */
  readonly align: number;
  /** Whether memory may change. */
  readonly writes: boolean;
  /** Floating point: FPSCR's LEN and stride where they are. */
  readonly vectors?: number;
  /** Of the system class: the mode it begins in, whether an interrupt is pending, whether it writes coprocessor registers. */
  readonly mode?: number;
  readonly pending?: boolean;
  readonly registers?: boolean;
}

export interface Word {
  readonly word: number;
  /** Length in bytes. */
  readonly size: 2 | 4;
  /** An A32 word within T32 code. */
  readonly a32?: boolean;
}

const PARAMETERS = 0x1f0000;
const CODE = 0x200000;
/** Behind an item's instructions are two branches back, of 8 bytes. */
const BRANCHES = 8;
const TABLE = 0x2080000;
export const ITEMS_PER_BLOCK = 64;
/** The last item must reach the runtime with a T32 branch. */
export const MAX_ITEMS = 400_000;

/** The guest's side: of user-mode streams, or of the system class. An item with its branches takes `stride` bytes. */
const RUNTIMES = {
  user: { file: 'runtime.elf', stride: 16 },
  system: { file: 'system.elf', stride: 32 },
} as const;

const CORE_NAMES = 'r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 sp lr psr'.split(' ');
const SCRATCH_NAMES = Array.from({ length: 128 }, (_, n) => `[scratch+0x${(4 * n).toString(16)}]`);
const VFP_NAMES = [...Array.from({ length: 64 }, (_, n) => `d${n >> 1}${n & 1 ? 'h' : 'l'}`), 'fpscr'];

/** The same order as in system.S. */
const BANKED_MODES = ['irq', 'svc', 'abt', 'und'].flatMap((mode) => [`sp_${mode}`, `lr_${mode}`, `spsr_${mode}`]);
const FIQ_NAMES = ['r8_fiq', 'r9_fiq', 'r10_fiq', 'r11_fiq', 'r12_fiq', 'sp_fiq', 'lr_fiq', 'spsr_fiq'];
const BANKED_GIVEN = [...FIQ_NAMES, ...BANKED_MODES, 'sp_usr', 'lr_usr'];
const USER_NAMES = ['r8_usr', 'r9_usr', 'r10_usr', 'r11_usr', 'r12_usr', 'sp_usr', 'lr_usr'];
const BANKED_NAMES = [...USER_NAMES, ...FIQ_NAMES, ...BANKED_MODES, 'pad'];
const CP_NAMES = (
  'SCTLR ACTLR CPACR TTBR0 TTBR1 TTBCR DACR DFSR IFSR ADFSR AIFSR DFAR IFAR PAR PMCR PMSELR PMUSERENR PRRR NMRR VBAR ' +
  'CONTEXTIDR TPIDRURW TPIDRURO TPIDRPRW CSSELR A9_PWRCTL A9_DIAG A9_PWRDIAG TEECR TEEHBR PMCNTENSET PMOVSR'
).split(' ');

/** A word that a detailed run records of each item: given to the item, or found behind it. */
export interface RecordedWord {
  readonly name: string;
  readonly input: boolean;
}

/** The words in their order, with those of floating point or without. */
export function recordedWords({ fpscr, system }: Pick<ImageOptions, 'fpscr' | 'system'>): RecordedWord[] {
  const named = (names: readonly string[], input: boolean): RecordedWord[] => names.map((name) => ({ name, input }));
  return [
    ...named(CORE_NAMES, true),
    ...named([...CORE_NAMES, 'landing', 'link', 'dfsr', 'dfar'], false),
    ...named(['hashA', 'hashB', ...SCRATCH_NAMES], false),
    ...(system ? [...named(BANKED_GIVEN, true), ...named([...BANKED_NAMES, ...CP_NAMES], false)] : []),
    ...(fpscr !== undefined
      ? [...named(VFP_NAMES, true), ...named([...VFP_NAMES, 'pad0', 'pad1', 'pad2'], false)]
      : []),
  ];
}

/** FPSCR's LEN and stride. */
export const FPSCR_VECTORS = 0x00370000;

/** How an image runs its items. */
export interface ImageOptions {
  readonly seed: number;
  /** How often each block runs, with other random values each time. */
  readonly rounds: number;
  /** The items use floating point: the bits of FPSCR that are random, the others being 0. */
  readonly fpscr?: number;
  /** The items are of the system class. */
  readonly system?: boolean;
}

/** The bytes of an item as they lie in memory. */
export function itemBytes({ isa, words }: Item): number[] {
  return words.flatMap(({ word, size, a32 }) => {
    const halves = size === 2 ? [word] : isa === 'a32' || a32 ? [word, word >>> 16] : [word >>> 16, word];
    return halves.flatMap((half) => [half & 0xff, (half >>> 8) & 0xff]);
  });
}

function branchA32(from: number, to: number): number {
  return (0xea000000 | (((to - from - 8) >> 2) & 0xffffff)) >>> 0;
}

function branchT32(from: number, to: number): number[] {
  const offset = to - from - 4;
  const s = (offset >> 24) & 1;
  const j1 = ~((offset >> 23) ^ s) & 1;
  const j2 = ~((offset >> 22) ^ s) & 1;
  return [0xf000 | (s << 10) | ((offset >> 12) & 0x3ff), 0x9000 | (j1 << 13) | (j2 << 11) | ((offset >> 1) & 0x7ff)];
}

/** What the runtime has to know of an item. */
function metaOf({ base, index, align, writes, vectors, mode, pending, registers }: Item): number {
  const places = base | (index << 4) | (align << 8) | (writes ? 0x400 : 0);
  const system = (registers ? 0x400000 : 0) | (pending ? 0x800000 : 0) | ((mode ?? 0) << 27);
  return (places | (vectors ?? 0) | system) >>> 0;
}

/**
 * The ELF image that runs `items`, a multiple of {@link ITEMS_PER_BLOCK} up to {@link MAX_ITEMS}. With a round's number,
 * counted over all blocks, it runs that round alone, all code being where it always is, and records every item's words.
 */
export function buildImage(items: readonly Item[], options: ImageOptions, round?: number): Buffer {
  const { seed, rounds, fpscr, system } = options;
  const { file, stride } = RUNTIMES[system ? 'system' : 'user'];
  if (items.length % ITEMS_PER_BLOCK || items.length > MAX_ITEMS || items.length === 0) {
    throw new Error(`${items.length} items: not a multiple of ${ITEMS_PER_BLOCK} up to ${MAX_ITEMS}`);
  }
  const runtime = readElf(path.resolve('test/peer/stream', file));
  const symbol = (name: string): number => {
    const address = runtime.symbols.get(name);
    if (address === undefined) throw new Error(`${file} has no symbol ${name}`);
    return address;
  };
  const landings = ['record', 'taken'].map((name) => ({ a32: symbol(`${name}_arm`), t32: symbol(`${name}_thumb`) }));
  const code = Buffer.alloc(stride * items.length);
  const table = Buffer.alloc(8 * items.length);
  items.forEach((item, i) => {
    const bytes = itemBytes(item);
    if (bytes.length > stride - BRANCHES) throw new Error(`${item.row}: an item of ${bytes.length} bytes`);
    code.set(bytes, stride * i);
    landings.forEach((landing, k) => {
      const where = stride * i + bytes.length + 4 * k;
      if (item.isa === 't32') {
        const [high, low] = branchT32(CODE + where, landing.t32);
        code.writeUInt16LE(high, where);
        code.writeUInt16LE(low, where + 2);
      } else {
        code.writeUInt32LE(branchA32(CODE + where, landing.a32), where);
      }
    });
    table.writeUInt32LE((CODE + stride * i) | (item.isa === 't32' ? 1 : 0), 8 * i);
    table.writeUInt32LE(metaOf(item), 8 * i + 4);
  });
  const alone = round !== undefined;
  const blocks = alone ? 1 : items.length / ITEMS_PER_BLOCK;
  const from = alone ? 8 * ITEMS_PER_BLOCK * Math.floor(round / rounds) : 0;
  const parameters = [
    ...[TABLE, blocks, ITEMS_PER_BLOCK, round ?? 0, seed, alone ? 1 : 0],
    ...[fpscr === undefined ? 0 : 1, (fpscr ?? 0) & ~FPSCR_VECTORS, alone ? 1 : rounds],
  ];
  return writeElf(runtime.entry, [
    ...runtime.segments,
    { address: PARAMETERS, bytes: Buffer.from(Int32Array.from(parameters).buffer) },
    { address: CODE, bytes: code },
    { address: TABLE, bytes: table.subarray(from, from + 8 * ITEMS_PER_BLOCK * blocks) },
  ]);
}

/** Runs an ELF file with the folder as the guest's working directory until its semihosting exit. */
export type Machine = (elf: string, folder: string) => Promise<void>;

/** Runs an image on a machine and returns the bytes that it wrote to results.bin. */
export async function runImage(image: Buffer, machine: Machine): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'stream-'));
  try {
    const elf = path.join(folder, 'stream.elf');
    writeFileSync(elf, image);
    await machine(elf, folder);
    const results = path.join(folder, 'results.bin');
    if (!existsSync(results)) throw new Error('the machine ended without writing results.bin');
    return readFileSync(results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
