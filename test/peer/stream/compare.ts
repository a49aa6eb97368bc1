import {
  ITEMS_PER_BLOCK,
  buildImage,
  itemBytes,
  recordedWords,
  runImage,
  type ImageOptions,
  type Item,
  type Machine,
} from './image';
import { disassembleArm } from '../../../src/target/arm/disas';
import { runOurs } from '../run-ours';
import { runQemu } from '../run-qemu.mjs';

/** The first item of a round that two machines differ in. */
export interface Difference {
  /** Number of the round, counted over all blocks. */
  readonly round: number;
  /** Index in the block; -1 if the round run alone does not differ. */
  readonly item: number;
  readonly row: string;
  readonly opcodes: readonly string[];
  /** Disassembly of each instruction. */
  readonly text: readonly string[];
  readonly base: number;
  readonly index: number;
  /** The words given to the item, and those found behind it as QEMU and as we have them. */
  readonly inputs: readonly { readonly name: string; readonly value: string }[];
  readonly words: readonly { readonly name: string; readonly qemu: string; readonly ours: string }[];
}

/** What a comparison found. */
export interface Comparison {
  /** Rounds that differ: each has at least one item that does. */
  readonly differing: number;
  /** The first differing items of some of them, of different rows. */
  readonly differences: readonly Difference[];
}

/** How our side runs. */
export interface OurOptions {
  readonly tier?: string;
  /** Other items than QEMU has: a test proves with them that differences are found. */
  readonly ourItems?: readonly Item[];
}

const hex = (value: number, digits = 8): string => value.toString(16).padStart(digits, '0');

const qemuMachine: Machine = async (elf, cwd) => {
  const { code, stderr, timedOut } = await runQemu({ elf, cwd, psInit: false, timeoutMs: 600_000 });
  if (code !== 0) throw new Error(timedOut ? 'QEMU did not end' : `QEMU ended with ${code}: ${stderr}`);
};

const ourMachine =
  (options: OurOptions): Machine =>
  async (elf, cwd) => {
    const { exit, reason } = await runOurs({ elf, cwd, plugins: [], psInit: false, tier: options.tier });
    if (exit !== 0) throw new Error(`our emulator ended with ${exit}: ${reason}`);
  };

/** Both machines' results of the items' image, or of one round; QEMU, a process of its own, runs beside ours. */
async function runBoth(
  items: readonly Item[],
  options: ImageOptions & OurOptions,
  round?: number,
): Promise<{ qemu: Buffer; ours: Buffer }> {
  const [qemu, ours] = await Promise.all([
    runImage(buildImage(items, options, round), qemuMachine),
    runImage(buildImage(options.ourItems ?? items, options, round), ourMachine(options)),
  ]);
  return { qemu, ours };
}

/**
 * Runs the items on both machines and returns what differs, at most `limit` items of different rows, one per round: what
 * follows a difference in a round may follow from it.
 */
export async function compare(
  items: readonly Item[],
  options: ImageOptions & OurOptions,
  limit = 5,
): Promise<Comparison> {
  const { qemu, ours } = await runBoth(items, options);
  const rounds = (items.length / ITEMS_PER_BLOCK) * options.rounds;
  for (const [name, { length }] of Object.entries({ QEMU: qemu, 'our emulator': ours })) {
    if (length !== 8 * rounds) throw new Error(`${name} wrote ${length} bytes of results for ${rounds} rounds`);
  }
  const differing: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [from, to] = [8 * round, 8 * round + 8];
    if (qemu.compare(ours, from, to, from, to) !== 0) differing.push(round);
  }
  const differences: Difference[] = [];
  // Each in a block of its own, and not too many looked at: they may be of one row.
  const blocks = new Map(differing.map((round) => [Math.floor(round / options.rounds), round]));
  for (const round of [...blocks.values()].slice(0, 3 * limit)) {
    if (differences.length === limit) break;
    const difference = await examine(items, options, round);
    if (!differences.some(({ row }) => row === difference.row)) differences.push(difference);
  }
  return { differing: differing.length, differences };
}

/** Disassembles an item's words one after the other; they may be of both instruction sets. */
function disassembleItem(item: Item): string[] {
  return item.words.map((word) => {
    const isThumb = item.isa === 't32' && !word.a32;
    return disassembleArm(0, Uint8Array.from(itemBytes({ ...item, words: [word] })), isThumb).text;
  });
}

/** Runs one round again, recording the words of every item, and returns its first item that differs. */
export async function examine(
  items: readonly Item[],
  options: ImageOptions & OurOptions,
  round: number,
): Promise<Difference> {
  const { qemu, ours } = await runBoth(items, options, round);
  const recorded = recordedWords(options);
  const size = 4 * recorded.length;
  const block = Math.floor(round / options.rounds);
  for (let i = 0; i < ITEMS_PER_BLOCK; i++) {
    const [wanted, got] = [qemu, ours].map((bytes) => bytes.subarray(size * i, size * (i + 1)));
    if (wanted.equals(got)) continue;
    const item = items[block * ITEMS_PER_BLOCK + i];
    const { row, words, base, index } = item;
    const shown = (bytes: Buffer, k: number): string =>
      bytes.length === size ? hex(bytes.readUInt32LE(4 * k)) : 'none';
    const all = recorded.map(({ name, input }, k) => ({ name, input, qemu: shown(wanted, k), ours: shown(got, k) }));
    return {
      round,
      item: i,
      row,
      opcodes: words.map(({ word, size: bytes }) => hex(word, 2 * bytes)),
      text: disassembleItem(item),
      base,
      index,
      inputs: all.filter(({ input }) => input).map(({ name, qemu: value }) => ({ name, value })),
      words: all.filter((word) => !word.input || word.qemu !== word.ours),
    };
  }
  return { round, item: -1, row: '', opcodes: [], text: [], base: 15, index: 15, inputs: [], words: [] };
}

/** Words that are shown only where they differ: there are too many of them. */
const MANY = /^(?:\[scratch|d\d|pad|[A-Z]|\w+_(?:usr|fiq|irq|svc|abt|und))/;

/** A difference in words: what was executed, with which input, both machines' output, and the command that repeats it. */
export function describeDifference(
  { round, item, row, opcodes, text, base, index, inputs, words }: Difference,
  command: string,
): string {
  const again = `again: ${command} --round ${round}`;
  if (item < 0) return `round ${round} differs, but no item of it when it runs alone; ${again}`;
  const registers = [base === 15 ? '' : `base r${base}`, index === 15 ? '' : `index r${index}`]
    .filter(Boolean)
    .join(', ');
  const input = inputs.map(({ name, value }) => `${name}=${value}`);
  const lines = Array.from({ length: Math.ceil(input.length / 8) }, (_, n) => input.slice(8 * n, 8 * n + 8).join(' '));
  return [
    `${row} ${opcodes.join(' ')}${registers && ` (${registers})`}, item ${item} of round ${round}; ${again}`,
    ...text.map((line) => `    ${line}`),
    'before it:',
    ...lines.map((line) => `    ${line}`),
    `${'behind it:'.padEnd(18)}${'QEMU'.padEnd(10)}ours`,
    ...words
      .filter(({ name, qemu, ours }) => qemu !== ours || !MANY.test(name))
      .map(
        ({ name, qemu, ours }) =>
          `    ${name.padEnd(14)}${qemu.padEnd(10)}${ours}${qemu === ours ? '' : '   <- differs'}`,
      ),
  ].join('\n');
}
