import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ourOutput, oursAtReset, qemuAtReset, qemuOutput, type Boot, type Span } from './boot/machines';
import { makeUImage } from './boot/uimage';

/*
 * Prebuilt images on QEMU and here: what is in memory and in the program counter before the first instruction, and what a
 * kernel of our own then finds.
 */

const PROGRAMS = 'test/programs/boot';
const KERNEL = `${PROGRAMS}/kernel.zimage`;
const BOARD = `${PROGRAMS}/board.dtb`;
const WIDE = `${PROGRAMS}/wide.dtb`;
const INITRD = `${PROGRAMS}/initrd.txt`;
const APPEND = 'console=ttyPS0,115200 root=/dev/ram quiet';
const [LINUX, U_BOOT] = [5, 17];
const [TYPE_KERNEL, TYPE_RAMDISK, TYPE_NOLOAD] = [2, 3, 14];

let directory: string;
before(() => (directory = mkdtempSync(path.join(tmpdir(), 'boot-'))));
after(() => rmSync(directory, { recursive: true, force: true }));

function written(name: string, bytes: Uint8Array | string): string {
  const file = path.join(directory, name);
  writeFileSync(file, bytes);
  return file;
}

const kernel = readFileSync(KERNEL);
const LOW: Span = { address: 0, bytes: 0x6000 };
const IMAGE: Span = { address: 0x10000, bytes: 0x2000 };
const behind = (address: number): Span => ({ address, bytes: 0x8000 });

/** An Intel HEX file with the kernel's first bytes at an address above 64 KiB. */
function intelHex(): string {
  const record = (...bytes: number[]): string => {
    const sum = bytes.reduce((total, byte) => total + byte, 0);
    return `:${Buffer.from([...bytes, -sum & 0xff])
      .toString('hex')
      .toUpperCase()}\r\n`;
  };
  const lines = Array.from({ length: 8 }, (_, i) =>
    record(16, 0x12, i * 16, 0, ...kernel.subarray(i * 16, i * 16 + 16)),
  );
  return [record(2, 0, 0, 4, 0, 0x20), ...lines, record(4, 0, 0, 5, 0, 0x20, 0x12, 0x24), record(0, 0, 0, 1)].join('');
}

const CASES: readonly { readonly name: string; readonly boot: () => Boot; readonly spans: readonly Span[] }[] = [
  { name: 'zImage', boot: () => ({ kernel: KERNEL }), spans: [LOW, IMAGE] },
  {
    name: 'zImage, device tree, RAM disk and command line',
    boot: () => ({ kernel: KERNEL, dtb: BOARD, initrd: INITRD, append: APPEND }),
    spans: [LOW, IMAGE, behind(0x4000000)],
  },
  {
    name: 'zImage, device tree with its own command line, 512 MiB',
    boot: () => ({ kernel: KERNEL, dtb: BOARD, memoryMib: 512 }),
    spans: [LOW, IMAGE, behind(0x8000000)],
  },
  {
    name: 'zImage, a shorter command line than the one in the tree',
    boot: () => ({ kernel: KERNEL, dtb: BOARD, append: 'ro' }),
    spans: [LOW, behind(0x4000000)],
  },
  {
    name: 'zImage, a tree with two cells and no /chosen, 32 MiB',
    boot: () => ({ kernel: KERNEL, dtb: WIDE, initrd: INITRD, append: APPEND, memoryMib: 32 }),
    spans: [LOW, IMAGE, behind(0x1000000)],
  },
  {
    name: 'zImage, RAM disk in a U-Boot image, tags',
    boot: () => {
      const fields = { type: TYPE_RAMDISK, os: LINUX, compression: 0, load: 0, entry: 0, name: 'disk' };
      const initrd = written('disk.uimage', makeUImage(readFileSync(INITRD), fields));
      return { kernel: KERNEL, initrd, append: APPEND };
    },
    spans: [LOW, behind(0x4000000)],
  },
  {
    name: 'U-Boot image of a Linux kernel',
    boot: () => {
      const fields = { type: TYPE_KERNEL, os: LINUX, compression: 0, load: 0x8000, entry: 0x8040, name: 'Linux' };
      return { kernel: written('linux.uimage', makeUImage(kernel, fields)), dtb: BOARD, append: APPEND };
    },
    spans: [LOW, { address: 0x8000, bytes: 0x2000 }, behind(0x4000000)],
  },
  {
    name: 'U-Boot image of a Linux kernel, packed',
    boot: () => {
      const fields = { type: TYPE_KERNEL, os: LINUX, compression: 1, load: 0x10000, entry: 0x10000, name: 'packed' };
      return { kernel: written('packed.uimage', makeUImage(gzipSync(kernel), fields)), dtb: BOARD };
    },
    spans: [LOW, IMAGE, behind(0x4000000)],
  },
  {
    name: 'U-Boot image that loads anywhere',
    boot: () => {
      const fields = { type: TYPE_NOLOAD, os: LINUX, compression: 0, load: 0, entry: 0x20, name: 'anywhere' };
      return { kernel: written('anywhere.uimage', makeUImage(kernel, fields)), dtb: BOARD };
    },
    spans: [LOW, { address: 0x2000000, bytes: 0x1000 }],
  },
  {
    name: 'U-Boot itself in a U-Boot image',
    boot: () => {
      const fields = {
        type: TYPE_KERNEL,
        os: U_BOOT,
        compression: 0,
        load: 0x4000000,
        entry: 0x4000000,
        name: 'U-Boot',
      };
      return { kernel: written('u-boot.uimage', makeUImage(kernel, fields)) };
    },
    spans: [LOW, behind(0x4000000)],
  },
  {
    name: 'ELF with a device tree',
    boot: () => ({ kernel: `${PROGRAMS}/kernel.elf`, dtb: BOARD, append: APPEND }),
    spans: [LOW, IMAGE],
  },
  {
    name: 'raw file',
    boot: () => ({ loader: `loader,file=${KERNEL},addr=0x30000,cpu-num=0` }),
    spans: [behind(0x30000)],
  },
  {
    name: 'U-Boot image as a loader device',
    boot: () => {
      const fields = { type: TYPE_KERNEL, os: LINUX, compression: 1, load: 0x200000, entry: 0x200040, name: 'loader' };
      return { loader: `loader,file=${written('loader.uimage', makeUImage(gzipSync(kernel), fields))},cpu-num=0` };
    },
    spans: [behind(0x200000)],
  },
  {
    name: 'U-Boot image as a loader device, forced raw',
    boot: () => {
      const fields = { type: TYPE_KERNEL, os: LINUX, compression: 0, load: 0x200000, entry: 0x200040, name: 'raw' };
      const file = written('raw.uimage', makeUImage(kernel, fields));
      return { loader: `loader,file=${file},addr=0x300000,cpu-num=0,force-raw=on` };
    },
    spans: [behind(0x200000), behind(0x300000)],
  },
  {
    name: 'Intel HEX as a loader device',
    boot: () => ({ loader: `loader,file=${written('kernel.hex', intelHex())},cpu-num=0` }),
    spans: [behind(0x200000)],
  },
];

describe('prebuilt images before the first instruction, on QEMU and here', function () {
  this.timeout(60_000);
  for (const { name, boot, spans } of CASES) {
    it(name, async () => {
      const what = boot();
      const [qemu, ours] = [await qemuAtReset(what, spans, directory), await oursAtReset(what, spans)];
      assert.deepEqual({ pc: ours.pc, cpsr: ours.cpsr }, { pc: qemu.pc, cpsr: qemu.cpsr });
      spans.forEach(({ address, bytes }, i) => {
        const differs = qemu.memory[i].findIndex((byte, at) => ours.memory[i][at] !== byte);
        assert.equal(differs < 0 ? 'equal' : `0x${(address + differs).toString(16)}`, 'equal');
        assert.equal(ours.memory[i].length, bytes);
      });
    });
  }
});

describe('a kernel in zImage format, on QEMU and here', function () {
  this.timeout(120_000);
  const boots: Readonly<Record<string, Boot>> = {
    'device tree, RAM disk and command line': { kernel: KERNEL, dtb: BOARD, initrd: INITRD, append: APPEND },
    'a tree with two cells': { kernel: KERNEL, dtb: WIDE, memoryMib: 64 },
    tags: { kernel: KERNEL, initrd: INITRD, append: APPEND, memoryMib: 512 },
  };
  for (const [name, boot] of Object.entries(boots)) {
    it(`prints the same, interrupts and typed input included: ${name}`, async () => {
      const input = 'a line typed at the serial port\n';
      const [qemu, ours] = [await qemuOutput(boot, 'type a line: ', input), await ourOutput(boot, input)];
      assert.equal(ours.output, qemu.output);
      assert.match(ours.output, /type a line: A LINE TYPED AT THE SERIAL PORT\nCPUs 00000001\ndone\n$/);
      assert.equal(ours.code, qemu.code);
    });
  }

  it('starts the second CPU where there is one', async () => {
    const { code, output } = await ourOutput(boots.tags, 'x\n', 2);
    assert.match(output, /CPUs 00000002\nsecond CPU said 0000600d\ndone\n$/);
    assert.equal(code, 0);
  });
});
