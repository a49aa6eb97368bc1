import {
  ITEMS_PER_BLOCK,
  buildImage,
  recordedWords,
  runImage,
  type ImageOptions,
  type Item,
  type Machine,
} from './image';
import { runOurs } from '../run-ours';
import { runQemu } from '../run-qemu.mjs';

/** The first item of a block that two machines differ in. */
export interface Difference {
  readonly block: number;
  /** Index in the block; -1 if the block run alone does not differ. */
  readonly item: number;
  readonly row: string;
  readonly opcodes: readonly string[];
  readonly base: number;
  readonly index: number;
  /** The words recorded of the item by name, each as QEMU and as we have it. */
  readonly words: readonly { readonly name: string; readonly qemu: string; readonly ours: string }[];
}

const hex = (value: number, digits = 8): string => value.toString(16).padStart(digits, '0');

const qemuMachine: Machine = async (elf, cwd) => {
  const { code, stderr } = await runQemu({ elf, cwd, psInit: false, timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`QEMU ended with ${code}: ${stderr}`);
};

const ourMachine: Machine = async (elf, cwd) => {
  const { exit, reason } = await runOurs({ elf, cwd, plugins: [], psInit: false });
  if (exit !== 0) throw new Error(`our emulator ended with ${exit}: ${reason}`);
};

/** Both machines' results of an image; QEMU, a process of its own, runs beside ours. */
async function runBoth(image: Buffer): Promise<{ qemu: Buffer; ours: Buffer }> {
  const [qemu, ours] = await Promise.all([runImage(image, qemuMachine), runImage(image, ourMachine)]);
  return { qemu, ours };
}

/**
 * Runs the items on both machines and returns what differs, at most `limit` items, one per block: what follows a
 * difference in a block may follow from it.
 */
export async function compare(items: readonly Item[], options: ImageOptions, limit = 10): Promise<Difference[]> {
  const { qemu, ours } = await runBoth(buildImage(items, options));
  const blocks = items.length / ITEMS_PER_BLOCK;
  for (const [name, { length }] of Object.entries({ QEMU: qemu, 'our emulator': ours })) {
    if (length !== 8 * blocks) throw new Error(`${name} wrote ${length} bytes of results for ${blocks} blocks`);
  }
  const differences: Difference[] = [];
  for (let block = 0; block < blocks && differences.length < limit; block++) {
    if (qemu.compare(ours, 8 * block, 8 * block + 8, 8 * block, 8 * block + 8) !== 0) {
      differences.push(await examine(items, options, block));
    }
  }
  return differences;
}

/** Runs one block again, recording the words of every item, and returns its first item that differs. */
export async function examine(items: readonly Item[], options: ImageOptions, block: number): Promise<Difference> {
  const { qemu, ours } = await runBoth(buildImage(items, options, block));
  const recorded = recordedWords(options.fpscr !== undefined);
  const size = 4 * recorded.length;
  for (let i = 0; i < ITEMS_PER_BLOCK; i++) {
    const [wanted, got] = [qemu, ours].map((bytes) => bytes.subarray(size * i, size * (i + 1)));
    if (wanted.equals(got)) continue;
    const { row, words, base, index } = items[block * ITEMS_PER_BLOCK + i];
    const shown = (bytes: Buffer, k: number): string =>
      bytes.length === size ? hex(bytes.readUInt32LE(4 * k)) : 'none';
    return {
      block,
      item: i,
      row,
      opcodes: words.map(({ word, size: bytes }) => hex(word, 2 * bytes)),
      base,
      index,
      words: recorded.map((name, k) => ({ name, qemu: shown(wanted, k), ours: shown(got, k) })),
    };
  }
  return { block, item: -1, row: '', opcodes: [], base: 15, index: 15, words: [] };
}

/** A difference in words: what was executed, both machines' registers, and the command that repeats it. */
export function describeDifference(
  { block, item, row, opcodes, base, index, words }: Difference,
  command: string,
): string {
  const again = `again: ${command} --block ${block}`;
  if (item < 0) return `block ${block} differs, but no item of it when it runs alone; ${again}`;
  const registers = [base === 15 ? '' : `base r${base}`, index === 15 ? '' : `index r${index}`]
    .filter(Boolean)
    .join(', ');
  return [
    `${row} ${opcodes.join(' ')}${registers && ` (${registers})`}, item ${item} of block ${block}; ${again}`,
    `${''.padEnd(8)}${'QEMU'.padEnd(10)}ours`,
    ...words.map(
      ({ name, qemu, ours }) => `${name.padEnd(8)}${qemu.padEnd(10)}${ours}${qemu === ours ? '' : '   <- differs'}`,
    ),
  ].join('\n');
}
