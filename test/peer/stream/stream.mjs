// Random instruction streams: the same image on two machines, compared register by register. See README.md.
//
// By hand:  node test/peer/stream/stream.mjs [a32|t32] [count] [seed]     runs on QEMU and prints the time and the hash
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readElf, writeElf } from '../elf.mjs';
import { runQemu } from '../run-qemu.mjs';
import { items as generate } from './generate.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const PARAMETERS = 0x1f0000;
const CODE = 0x200000;
const STRIDE = 16;
const TABLE = 0x2000000;
const ITEMS_PER_BLOCK = 64;
const SAVED_WORDS = 20;
const DETAIL_WORDS = SAVED_WORDS + 2;
const VFP_WORDS = 66;
const MAX_ITEMS = 800_000; // the last one must reach the runtime with a T32 branch

export const registerNames = [
  'r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'r12', 'sp', 'lr',
  'psr', 'landing', 'link', 'dfsr', 'dfar', 'hashA', 'hashB',
  'fpscr', ...Array.from({ length: 64 }, (_, n) => `d${n >> 1}.${n & 1 ? 'high' : 'low'}`), 'pad',
]; // prettier-ignore

function branchA32(from, to) {
  return (0xea000000 | (((to - from - 8) >> 2) & 0xffffff)) >>> 0;
}

function branchT32(from, to) {
  const offset = to - from - 4;
  const s = (offset >> 24) & 1;
  const j1 = ~((offset >> 23) ^ s) & 1;
  const j2 = ~((offset >> 22) ^ s) & 1;
  return [0xf000 | (s << 10) | ((offset >> 12) & 0x3ff), 0x9000 | (j1 << 13) | (j2 << 11) | ((offset >> 1) & 0x7ff)];
}

/**
 * The ELF image that runs `list` (items as generate.mjs yields them), a multiple of 64 of them. With `detail` a block's
 * number it runs that block alone, all code being where it always is, and records every item's words. With `fpscr` the items
 * use floating point; it is the mask of FPSCR's bits that are random, the others being 0.
 */
export function buildImage(list, { seed = 1, detail, fpscr } = {}) {
  if (list.length % ITEMS_PER_BLOCK || list.length > MAX_ITEMS || list.length === 0) {
    throw new Error(`${list.length} items: not a multiple of ${ITEMS_PER_BLOCK} up to ${MAX_ITEMS}`);
  }
  const runtime = readElf(join(here, 'runtime.elf'));
  const symbol = (name) => runtime.symbols.get(name);
  const code = Buffer.alloc(STRIDE * list.length);
  const table = Buffer.alloc(8 * list.length);
  list.forEach((item, i) => {
    const at = STRIDE * i;
    const address = CODE + at;
    const isT32 = item.isa === 't32';
    code.set(item.code, at);
    for (const [k, name] of ['record', 'taken'].entries()) {
      const where = at + item.code.length + 4 * k;
      if (isT32) {
        const [high, low] = branchT32(CODE + where, symbol(`${name}_thumb`));
        code.writeUInt16LE(high, where);
        code.writeUInt16LE(low, where + 2);
      } else {
        code.writeUInt32LE(branchA32(CODE + where, symbol(`${name}_arm`)), where);
      }
    }
    table.writeUInt32LE(isT32 ? address | 1 : address, 8 * i);
    const meta = item.base | (item.index << 4) | (item.align << 8) | (item.writes ? 0x400 : 0);
    table.writeUInt32LE(meta, 8 * i + 4);
  });
  const first = detail ?? 0;
  const blocks = detail === undefined ? list.length / ITEMS_PER_BLOCK : 1;
  const from = 8 * ITEMS_PER_BLOCK * first;
  const parameters = Buffer.alloc(32);
  const values = [
    TABLE,
    blocks,
    ITEMS_PER_BLOCK,
    first,
    seed,
    detail === undefined ? 0 : 1,
    fpscr === undefined ? 0 : 1,
  ];
  [...values, fpscr ?? 0].forEach((value, i) => parameters.writeUInt32LE(value >>> 0, 4 * i));
  return writeElf(runtime.entry, [
    ...runtime.segments,
    { address: PARAMETERS, bytes: parameters },
    { address: CODE, bytes: code },
    { address: TABLE, bytes: table.subarray(from, from + 8 * ITEMS_PER_BLOCK * blocks) },
  ]);
}

/** Runs an image in an empty folder with `machine(elf path, folder)` and returns the bytes it wrote to results.bin. */
export async function runImage(image, machine) {
  const folder = mkdtempSync(join(tmpdir(), 'stream-'));
  try {
    const elf = join(folder, 'stream.elf');
    writeFileSync(elf, image);
    await machine(elf, folder);
    const results = join(folder, 'results.bin');
    if (!existsSync(results)) throw new Error('the machine ended without writing results.bin');
    return readFileSync(results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The machine that is the peer. */
export async function qemuMachine(elf, cwd) {
  const result = await runQemu({ elf, cwd, psInit: false, timeoutMs: 300_000 });
  if (result.code !== 0) throw new Error(`QEMU ended with ${result.code}: ${result.stderr}`);
}

export function take(isa, seed, count) {
  const source = generate(isa, seed);
  return Array.from({ length: count }, () => source.next().value);
}

const hex = (value) => value.toString(16).padStart(8, '0');

/**
 * Compares two machines on `count` random items. Returns {items, differences}: each difference names the item's opcodes and
 * the words that differ, at most `limit` of them, one per block (what follows a difference in a block may follow from it).
 */
export async function compare({ isa, seed = 1, count, mine, peer = qemuMachine, limit = 10, list, fpscr }) {
  const all = list ?? take(isa, seed, count);
  const image = buildImage(all, { seed, fpscr });
  const expected = await runImage(image, peer);
  const actual = await runImage(image, mine);
  if (expected.length !== (all.length / ITEMS_PER_BLOCK) * 8) {
    throw new Error(`the peer wrote ${expected.length} bytes of results`);
  }
  const differences = [];
  for (let block = 0; 8 * block < expected.length && differences.length < limit; block++) {
    const slice = (bytes) => bytes.subarray(8 * block, 8 * block + 8);
    if (slice(expected).equals(slice(actual))) continue;
    differences.push(await examine(all, { seed, block, mine, peer, fpscr }));
  }
  return { items: all.length, differences };
}

async function examine(all, { seed, block, mine, peer, fpscr }) {
  const image = buildImage(all, { seed, detail: block, fpscr });
  const itemWords = DETAIL_WORDS + (fpscr === undefined ? 0 : VFP_WORDS);
  const part = all.slice(block * ITEMS_PER_BLOCK, (block + 1) * ITEMS_PER_BLOCK);
  const expected = await runImage(image, peer);
  const actual = await runImage(image, mine);
  for (let i = 0; i < part.length; i++) {
    const words = [];
    for (let k = 0; k < itemWords; k++) {
      const at = 4 * (itemWords * i + k);
      const wanted = expected.readUInt32LE(at);
      const got = at + 4 <= actual.length ? actual.readUInt32LE(at) : undefined;
      if (wanted !== got) {
        const shown = got === undefined ? 'nothing' : hex(got);
        words.push(`${registerNames[k]}: ${hex(wanted)} expected, ${shown} found`);
      }
    }
    if (words.length) {
      const { isa, words: opcodes, base, index } = part[i];
      return { block, item: i, isa, opcodes: opcodes.map(hex), base, index, words };
    }
  }
  return { block, item: -1, opcodes: [], words: ['the block differs, but no item of it alone'] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [isa = 'a32', count = '64000', seed = '1'] = process.argv.slice(2);
  const began = Date.now();
  const image = buildImage(take(isa, Number(seed), Number(count)), { seed: Number(seed) });
  const built = Date.now();
  const results = await runImage(image, qemuMachine);
  const hash = createHash('sha256').update(results).digest('hex').slice(0, 16);
  console.log(`${count} ${isa} items, image ${built - began} ms, QEMU ${Date.now() - built} ms, ${hash}`);
}
