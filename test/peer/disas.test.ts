import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  A32_ROWS,
  decodeA32,
  decodeT16,
  decodeT32,
  randomWord,
  T16_ROWS,
  T32_ROWS,
  type DecodeRow,
} from '../../src/target/arm/decode';
import { parseElf } from '../../src/symbols/elf';
import { SymbolTable } from '../../src/symbols/symbol-table';
import { disassembleArm, hasForm } from '../../src/target/arm/disas';
import { A32_EXTRA_ROWS, decodeExtraA32, decodeExtraT32, T32_EXTRA_ROWS } from '../../src/target/arm/disas/extra-rows';
import {
  decodeVfpUnconditional,
  VFP_A32_UNCONDITIONAL_ROWS,
  VFP_T32_UNCONDITIONAL_ROWS,
} from '../../src/target/arm/disas/vfp-rows';

/*
 * Our disassembler against the one in QEMU. The monitor's `x/i` prints with the same library and options as
 * qemu_plugin_insn_disas and executes nothing, so that any word can be asked for; a second test compares what the
 * plugin function itself says on whole programs.
 */

const QEMU = process.env.QEMU_SYSTEM_ARM ?? 'qemu-system-arm';
const BASE = 0x100000;
const NOP_T16 = 0xbf00;
const IT = 0xbf00;

let directory: string;
before(() => (directory = mkdtempSync(path.join(tmpdir(), 'disas-'))));
after(() => rmSync(directory, { recursive: true, force: true }));

/**
 * What the monitor prints for `x/i` over the image at {@link BASE}. It is asked to quit only when the last line is
 * there: what it has not written by then would be lost.
 */
function monitor(image: Uint8Array, thumb: boolean): Promise<string> {
  const file = path.join(directory, 'image');
  writeFileSync(file, image);
  const unit = thumb ? 2 : 4;
  const child = spawn(QEMU, [
    ...['-M', 'xilinx-zynq-a9', '-S', '-display', 'none', '-serial', 'null', '-monitor', 'stdio'],
    ...['-device', `loader,file=${file},addr=0x${BASE.toString(16)},force-raw=on`],
    ...['-device', `loader,addr=0x${(BASE + (thumb ? 1 : 0)).toString(16)},cpu-num=0`],
  ]);
  const timer = setTimeout(() => child.kill(), 50_000);
  const last = `0x${(BASE + image.length - unit).toString(16).padStart(8, '0')}:`;
  const output: string[] = [];
  const errors: string[] = [];
  let tail = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output.push(text);
    tail = (tail + text).slice(-text.length - 100);
    const at = tail.indexOf(last);
    if (at >= 0 && tail.indexOf('\n', at) > 0 && !child.stdin.writableEnded) child.stdin.end('quit\n');
  });
  child.stderr.setEncoding('latin1').on('data', (text: string) => errors.push(text));
  child.stdin.write(`x /${image.length / unit}i 0x${BASE.toString(16)}\n`);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(output.join(''));
      else reject(new Error(`QEMU ended with ${code}: ${errors.join('')}`));
    });
  });
}

/** Mnemonic and operands of each address, as the monitor prints them. */
async function listing(image: Uint8Array, thumb: boolean): Promise<Map<number, string>> {
  const line = thumb
    ? /^0x([0-9a-f]{8}): {2}[0-9a-f]{4}(?: [0-9a-f]{4}| {5}) {2}(\S+) *(.*?)\r?$/gm
    : /^0x([0-9a-f]{8}): {2}[0-9a-f]{8} {2}(\S+) *(.*?)\r?$/gm;
  const texts = new Map<number, string>();
  for (const [, address, mnemonic, operands] of (await monitor(image, thumb)).matchAll(line)) {
    texts.set(parseInt(address, 16), `${mnemonic} ${operands}`);
  }
  return texts;
}

/** Numbers of a fixed sequence: the same words in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** The bytes of an opcode as they lie in memory. */
function bytesOf(word: number, row: DecodeRow): number[] {
  const halves = row.bits === 16 ? [word] : row.set === 'A32' ? [word, word >>> 16] : [word >>> 16, word];
  return halves.flatMap((half) => [half & 0xff, (half >>> 8) & 0xff]);
}

interface Slot {
  readonly row: DecodeRow;
  readonly word: number;
  readonly itState: number;
}

function slots(
  rows: readonly DecodeRow[],
  decode: (word: number) => DecodeRow | undefined,
  perRow: number,
  random: () => number,
): Slot[] {
  const usable = rows.filter((row) => hasForm(row.name) && !/^(?:NOP_hint|LEAVEX|ENTERX)/.test(row.name));
  return usable.flatMap((row) =>
    Array.from({ length: perRow }, () => ({ row, word: randomWord(row, decode, random), itState: 0 })),
  );
}

/**
 * Lays the words out and compares. Thumb words are followed by enough `nop`s for the monitor to be in step and out of
 * any IT block again whatever it makes of a word; with `itState` set an `it` goes before it.
 */
async function compare(words: readonly Slot[], thumb: boolean): Promise<void> {
  const image: number[] = [];
  const nops = Array.from({ length: 4 }, () => [NOP_T16 & 0xff, NOP_T16 >>> 8]).flat();
  const addresses = words.map(({ row, word, itState }) => {
    if (itState) image.push(itState, IT >>> 8);
    const address = BASE + image.length;
    image.push(...bytesOf(word, row), ...(thumb ? nops : []));
    return address;
  });
  const texts = await listing(Uint8Array.from(image), thumb);
  const differences: string[] = [];
  words.forEach(({ row, word, itState }, index) => {
    const address = addresses[index];
    const ours = disassembleArm(address, Uint8Array.from(bytesOf(word, row)), thumb, { itState }).text;
    const theirs = texts.get(address);
    if (ours !== theirs) differences.push(`${row.name} ${word.toString(16)}: "${ours}", QEMU "${theirs}"`);
  });
  assert.deepEqual(differences.slice(0, 20), [], `${differences.length} of ${words.length} differ`);
}

/** An opcode as the `disas` peer plugin prints it: the bytes in memory as one little-endian number. */
function opcodeBytes(opcode: string): Uint8Array {
  return Uint8Array.from(opcode.match(/../g) ?? [], (byte) => parseInt(byte, 16)).reverse();
}

describe('disassembly, against QEMU', function () {
  this.timeout(60_000);
  const random = generator(0x7c6);
  const inItBlock = (slot: Slot): Slot => ({ ...slot, itState: ((random() % 14) << 4) | 8 });
  /** What may not stand in an IT block, or ends it in another way than by its text. */
  const notInIt = /^(?:IT|CBZ|CBNZ|CPS|SETEND|BKPT|B)_|^B_T[13]/;

  it('agrees on every A32 row', async () => {
    await compare(slots(A32_ROWS, decodeA32, 400, random), false);
    await compare(slots(A32_EXTRA_ROWS, decodeExtraA32, 150, random), false);
  });

  it('agrees on every 16-bit Thumb row', async () => {
    await compare(slots(T16_ROWS, decodeT16, 200, random), true);
  });

  it('agrees on every 32-bit Thumb row', async () => {
    await compare(slots(T32_ROWS, decodeT32, 300, random), true);
    await compare(slots(T32_EXTRA_ROWS, decodeExtraT32, 150, random), true);
  });

  it('agrees on words anywhere in the space of Advanced SIMD, UNPREDICTABLE and unallocated ones too', async () => {
    const decoded = (row: DecodeRow | undefined, word: number, set: 'A32' | 'T32'): Slot => ({
      row: row ?? { ...A32_ROWS[0], set, name: 'unallocated' },
      word,
      itState: 0,
    });
    const spaces = [0x01ffffff, 0x01ffffff, 0x00ffffff];
    const a32 = Array.from({ length: 16_000 }, (_, i) => {
      const word = ((random() & spaces[i % 3]) | (i % 3 < 2 ? 0xf2000000 : 0xf4000000)) >>> 0;
      return decoded(decodeA32(word), word, 'A32');
    });
    await compare(a32, false);
    const t32 = Array.from({ length: 8_000 }, (_, i) => {
      const bits = random();
      const word = (i % 3 < 2 ? (bits & 0x10ffffff) | 0xef000000 : (bits & 0x00ffffff) | 0xf9000000) >>> 0;
      return decoded(decodeT32(word), word, 'T32');
    });
    // T32's loads and stores of other kinds lie between those of structures.
    const isNeon = ({ row }: Slot): boolean => /^A7\.[47]$/.test(row.section) || row.name === 'unallocated';
    const within = t32.filter(isNeon);
    assert.ok(within.length > 6_000, `${within.length} words`);
    await compare(within, true);
  });

  it('agrees on every floating-point row without a condition', async () => {
    await compare(slots(VFP_A32_UNCONDITIONAL_ROWS, decodeVfpUnconditional, 400, random), false);
    // The encodings are the same words in both sets; the decoder gives the rows of A32.
    const inThumb = (word: number): DecodeRow | undefined => {
      const name = decodeVfpUnconditional(word)?.name;
      return VFP_T32_UNCONDITIONAL_ROWS.find((row) => row.name === name);
    };
    await compare(slots(VFP_T32_UNCONDITIONAL_ROWS, inThumb, 400, random), true);
  });

  it('agrees inside of IT blocks', async () => {
    const usable = (row: DecodeRow): boolean => !notInIt.test(row.name);
    await compare(slots(T16_ROWS.filter(usable), decodeT16, 100, random).map(inItBlock), true);
    await compare(slots(T32_ROWS.filter(usable), decodeT32, 100, random).map(inItBlock), true);
  });

  it('agrees on the whole 16-bit space', async () => {
    const words = Array.from({ length: 0xe800 }, (_, word) => ({ row: decodeT16(word), word, itState: 0 }));
    await compare(
      words.filter((slot): slot is Slot => slot.row !== undefined),
      true,
    );
  });

  for (const program of ['dispatch-a32-O3', 'media-a32-O1', 'strings-newlib-t32-O1', 'atomics-t32-O1']) {
    it(`agrees with qemu_plugin_insn_disas on ${program}`, () => {
      const out = path.join(directory, program);
      const elf = `test/programs/${program}.elf`;
      execFileSync(process.execPath, ['test/peer/run-qemu.mjs', elf, '-p', `disas,out=${out}`], { stdio: 'pipe' });
      const symbols = new SymbolTable(parseElf(readFileSync(elf)));
      const lines = readFileSync(out, 'latin1').trimEnd().split('\n');
      assert.ok(lines.length > 100, `${lines.length} instructions`);
      const differences = lines.flatMap((line) => {
        const [pc, opcode, theirs] = line.split('\t');
        const data = opcodeBytes(opcode);
        const address = parseInt(pc, 16);
        const ours = disassembleArm(address, data, symbols.isThumb(address)).text;
        return ours === theirs ? [] : [`${pc} ${opcode}: "${ours}", QEMU "${theirs}"`];
      });
      assert.deepEqual(differences, []);
    });
  }
});
