#!/usr/bin/env node
// Replays bus accesses on our board and on QEMU's (through probe.S) and compares every value read.
//   node test/peer/board/compare.mjs                 systematic scripts and a few random ones per device
//   node test/peer/board/compare.mjs --rounds 50 --seed 7 --device slcr
//   node test/peer/board/compare.mjs --record        also writes the fixture of the unit test, from QEMU's answers
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    device: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
const work = mkdtempSync(path.join(os.tmpdir(), 'board-'));

// The layout of the machine for the scripts: where registers are, what a script must not do to stay comparable.
const anything = () => true;
// A baud rate below 1 makes QEMU divide by zero.
const sanelyClocked = (offset, value) =>
  offset === 0x04 ? !(value & 1) : offset !== 0x18 || ((value & 0xffff) > 0 && (value & 0xffff) < 0x4000);
const DEVICES = {
  uart0: { base: 0xe0000000, size: 0x50, skip: [0x30], allow: sanelyClocked },
  uart1: { base: 0xe0001000, size: 0x50, skip: [0x30], allow: sanelyClocked },
  usb0: { base: 0xe0002000, size: 0x200, skip: [0x140, 0x184, 0x1a4] },
  spi0: { base: 0xe0006000, size: 0x100, skip: [0xc4, 0x1c, 0x20, 0x80, 0x84, 0x88] },
  spi1: { base: 0xe0007000, size: 0x100, skip: [0xc4, 0x1c, 0x20, 0x80, 0x84, 0x88] },
  gem0: { base: 0xe000b000, size: 0x800, allow: (o, v) => o !== 0 || !(v & 0x600) },
  gem1: { base: 0xe000c000, size: 0x800, allow: (o, v) => o !== 0 || !(v & 0x600) },
  qspi: { base: 0xe000d000, size: 0x100, skip: [0xc4, 0x1c, 0x20, 0x80, 0x84, 0x88] },
  sd0: { base: 0xe0100000, size: 0x100, skip: [0x0c, 0x50, 0x20], allow: (o) => o !== 0 },
  slcr: { base: 0xf8000000, size: 0xc00, skip: [0x200], prelude: [[0x14, 0xf8000008, 0xdf0d]] },
  ttc0: {
    base: 0xf8001000,
    size: 0x80,
    skip: [0x18, 0x1c, 0x20, 0x54, 0x58, 0x5c],
    allow: (o, v) => o < 0xc || o > 0x17 || (v & 1) === 1,
  },
  dma: { base: 0xf8003000, size: 0x1000, skip: [0xd00, 0xd04, 0xd08, 0xd0c] },
  devcfg: { base: 0xf8007000, size: 0x100 },
  xadc: { base: 0xf8007100, size: 0x20 },
  scu: { base: 0xf8f00000, size: 0x100 },
  gicc: {
    base: 0xf8f00100,
    size: 0x100,
    prelude: [
      [0x14, 0xf8f01000, 1],
      [0x14, 0xf8f00100, 1],
      [0x14, 0xf8f00104, 0xf8],
      [0x14, 0xf8f01f00, 0x00010003],
      [0x14, 0xf8f01f00, 0x02000005],
    ],
  },
  gtimer: { base: 0xf8f00200, size: 0x20, skip: [0, 4], allow: (o, v) => o !== 8 || !(v & 1) },
  ptimer: { base: 0xf8f00600, size: 0x20, allow: (o, v) => o !== 8 || !(v & 1) },
  wdt: { base: 0xf8f00620, size: 0x20, allow: (o, v) => o !== 8 || !(v & 1) },
  gicd: { base: 0xf8f01000, size: 0x1000 },
  l2c: { base: 0xf8f02000, size: 0x40 },
  // What QEMU's machine does not have.
  i2c0: { base: 0xe0004000, size: 0x30 },
  can0: { base: 0xe0008000, size: 0x80 },
  gpio: { base: 0xe000a000, size: 0x100 },
  smc: { base: 0xe000e000, size: 0x20 },
  swdt: { base: 0xf8005000, size: 0x10 },
  ddrc: { base: 0xf8006000, size: 0x100 },
  ocm: { base: 0xf800c000, size: 0x20 },
};

async function loadBoard() {
  const out = path.join(work, 'board.mjs');
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    outfile: out,
    logLevel: 'warning',
    stdin: {
      contents: `export { XILINX_ZYNQ_A9 } from './src/emulator/boards/xilinx-zynq-a9';
        export { BusError } from './src/emulator/device';`,
      resolveDir: root,
      loader: 'ts',
    },
  });
  return import(pathToFileURL(out));
}

function replay(lib, ops) {
  const quiet = { unimplemented() {}, guestError() {} };
  const line = { set() {} };
  const board = lib.XILINX_ZYNQ_A9.create({
    memoryBytes: 128 << 20,
    hostBase: 0,
    clock: { nowNs: () => 0 },
    bus: { read: (_address, into) => void into.fill(0), write() {} },
    log: quiet,
    serial: [],
    cpus: [{ irq: line, fiq: line, hold() {}, reset() {} }],
    currentCpu: () => 0,
    requestReset() {},
    psInit: false,
  });
  board.reset();
  const read = (address, size) => {
    const region = board.space.find(address);
    if (region?.kind !== 'mmio') return 0;
    try {
      return region.port.read(address - region.base, size);
    } catch (error) {
      if (error instanceof lib.BusError) return 0;
      throw error;
    }
  };
  const write = (address, size, value) => {
    const region = board.space.find(address);
    if (region?.kind !== 'mmio') return;
    try {
      region.port.write(address - region.base, value, size);
    } catch (error) {
      if (!(error instanceof lib.BusError)) throw error;
    }
  };
  return ops.map(([kind, address, value = 0]) => {
    const size = kind & 0xf;
    if (kind & 0x10) write(address, size, value >>> 0);
    return kind & 0x10 ? 0 : read(address, size) >>> 0;
  });
}

const elf = path.join(work, 'probe.elf');
execFileSync('arm-none-eabi-gcc', ['-nostdlib', '-Wl,-Ttext=0x100000', '-o', elf, path.join(here, 'probe.S')], {
  stdio: ['ignore', 'ignore', 'ignore'],
});

/** QEMU's answers to the accesses: [status, value] each. */
function measure(ops) {
  const script = Buffer.alloc(ops.length * 12);
  ops.forEach((op, i) => op.forEach((word, k) => script.writeUInt32LE(word >>> 0, i * 12 + k * 4)));
  writeFileSync(path.join(work, 'ops.bin'), script);
  rmSync(path.join(work, 'results.bin'), { force: true });
  const run = spawnSync(
    'qemu-system-arm',
    [
      '-M',
      'xilinx-zynq-a9',
      '-display',
      'none',
      '-monitor',
      'none',
      '-serial',
      'null',
      '-semihosting',
      '-device',
      `loader,file=${elf},cpu-num=0`,
    ],
    { cwd: work, timeout: 60_000, encoding: 'utf8' },
  );
  if (run.status !== 0)
    throw new Error(`qemu-system-arm failed (${run.signal ?? run.status}): ${run.error ?? run.stderr}`);
  const results = readFileSync(path.join(work, 'results.bin'));
  return ops.map((_, i) => results.readUInt32LE(i * 8 + 4));
}

function random(seed) {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** QEMU lets some devices answer a narrow read with more bits than were asked for. */
const narrow = (value, size) => (size === 4 ? value : value & ((1 << (size * 8)) - 1));

/** Every word: read, write ones, read, write zeros, read. */
function systematic(device) {
  const { base, size, skip = [], allow = anything, prelude = [] } = device;
  const ops = [];
  for (let offset = 0; offset < size; offset += 4) if (!skip.includes(offset)) ops.push([4, base + offset]);
  ops.push(...prelude);
  for (let offset = 0; offset < size; offset += 4) {
    if (skip.includes(offset)) continue;
    if (prelude.length === 1) ops.push(...prelude);
    for (const value of [0xffffffff, 0])
      if (allow(offset, value)) ops.push([0x14, base + offset, value], [4, base + offset]);
  }
  return ops;
}

function fuzz(device, next, count) {
  const { base, size, skip = [], allow = anything, prelude = [] } = device;
  const values = () =>
    [next(2 ** 32), 2 ** 32 - 1, 0, 1 << next(32), next(256), next(65536), 0xdf0d, 0x767b][next(8)] >>> 0;
  const ops = [...prelude];
  while (ops.length < count) {
    const width = [4, 4, 4, 4, 2, 1][next(6)];
    const offset = Math.floor(next(size) / width) * width;
    const value = values() & (width === 4 ? -1 : (1 << (width * 8)) - 1);
    if (skip.some((s) => s >= (offset & ~3) && s < (offset & ~3) + 4)) continue;
    if (next(2) && allow(offset & ~3, value >>> 0))
      ops.push([0x10 | width, base + offset, value >>> 0], [4, base + (offset & ~3)]);
    else ops.push([width, base + offset]);
  }
  return ops;
}

/**
 * The systematic script's answers: a line per register, or per run of like ones: offset, value at reset, after writing
 * ones, after writing zeros (`-` = not written). Registers that always read 0 are left out.
 */
function fixtureOf(name, device, ops, answers) {
  const { base, size, skip = [], prelude = [] } = device;
  const rows = new Map();
  ops.forEach(([kind, address], i) => {
    if (kind & 0x10 || address < base || address >= base + size) return;
    const row = rows.get(address - base) ?? [];
    rows.set(address - base, row);
    const [lastKind, lastAddress, lastValue] = ops[i - 1] ?? [];
    const column = !row.length ? 0 : lastKind & 0x10 && lastAddress === address ? (lastValue ? 1 : 2) : -1;
    if (column >= 0) row[column] = hex(answers[i]);
  });
  const lines = [];
  let run;
  for (const [offset, row] of rows) {
    const text = [0, 1, 2].map((column) => row[column] ?? '-').join(' ');
    if (!/[1-9a-f-]/.test(text)) continue;
    if (run?.text === text && run.last === offset - 4) run.last = offset;
    else lines.push((run = { text, first: offset, last: offset }));
  }
  return [
    `device ${name} ${hex(base)} ${hex(size)} skip ${skip.map(hex).join(',') || 'none'}`,
    ...prelude.map(([, address, value]) => `first ${hex(address)} ${hex(value)}`),
    ...lines.map(({ first, last, text }) => `${hex(first)}${last > first ? `..${hex(last)}` : ''} ${text}`),
  ];
}

const hex = (value) => (value >>> 0).toString(16);
const describe = ([kind, address, value]) =>
  `${kind & 0x10 ? 'write' : 'read '}${(kind & 0xf) * 8} ${hex(address)}${kind & 0x10 ? ` = ${hex(value)}` : ''}`;

const lib = await loadBoard();
let compared = 0;
let different = 0;
const fixture = ['# Measured on qemu-system-arm 7.2 by test/peer/board/compare.mjs --record.'];
try {
  for (const [name, device] of Object.entries(DEVICES)) {
    if (options.device && options.device !== name) continue;
    const next = random(Number(options.seed) * 2654435761 + name.length);
    const scripts = [
      systematic(device),
      ...Array.from({ length: Number(options.rounds) }, () => fuzz(device, next, 2000)),
    ];
    scripts.forEach((ops, index) => {
      const theirs = measure(ops);
      const ours = replay(lib, ops);
      let shown = 0;
      ops.forEach((op, i) => {
        if (op[0] & 0x10) return;
        compared++;
        if (ours[i] === narrow(theirs[i], op[0])) return;
        different++;
        if (shown++ < 8)
          console.log(
            `${name} script ${index} access ${i}: ${describe(op)}: ours ${hex(ours[i])}, QEMU ${hex(theirs[i])}; before: ${ops
              .slice(Math.max(0, i - 3), i)
              .map(describe)
              .join('; ')}`,
          );
      });
      if (shown > 8) console.log(`${name} script ${index}: ${shown - 8} more`);
      if (index === 0) fixture.push(...fixtureOf(name, device, ops, theirs));
    });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (options.record) {
  writeFileSync(path.join(root, 'test/unit/emulator/fixtures/zynq-registers.txt'), `${fixture.join('\n')}\n`);
}
console.log(`${compared} values compared, ${different} different`);
process.exit(different ? 1 : 0);
