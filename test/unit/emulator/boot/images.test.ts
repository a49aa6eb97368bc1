import assert from 'node:assert/strict';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  isIntelHex,
  isUImage,
  isZImage,
  parseIntelHex,
  parseUImage,
  planKernel,
  type Gunzip,
} from '../../../../src/emulator/boot';
import { makeUImage } from '../../../peer/boot/uimage';

const gunzip: Gunzip = (data, limit) => gunzipSync(data, { maxOutputLength: limit });
const DATA = Uint8Array.from({ length: 100 }, (_, i) => i);
const FIELDS = { type: 2, os: 5, compression: 0, load: 0x8000, entry: 0x8040, name: 'a kernel' };
const MIB = 1 << 20;
const BOARD = {
  ramBase: 0,
  ramSize: 64 * MIB,
  machineId: 0xd32,
  setupAddress: 0x100,
  setupBase: 0xf8000000,
  setupWrites: [{ offset: 8, value: 0xdf0d }],
};

describe('U-Boot images', () => {
  it('are read, packed ones unpacked', () => {
    const plain = makeUImage(DATA, FIELDS);
    assert.equal(isUImage(plain), true);
    const { name, load, entry, isLinux, data } = parseUImage(plain, gunzip);
    assert.deepEqual({ name, load, entry, isLinux }, { name: 'a kernel', load: 0x8000, entry: 0x8040, isLinux: true });
    assert.deepEqual(data, DATA);
    const packed = parseUImage(makeUImage(gzipSync(DATA), { ...FIELDS, compression: 1, os: 17 }), gunzip);
    assert.deepEqual([packed.isLinux, Uint8Array.from(packed.data)], [false, DATA]);
  });

  it('are refused when cut, packed otherwise or damaged', () => {
    const image = makeUImage(DATA, FIELDS);
    assert.equal(isUImage(image.subarray(0, 63)), false);
    assert.throws(
      () => parseUImage(image.subarray(0, 100), gunzip),
      /is cut: its header says 100 bytes of data, 36 are there/,
    );
    assert.throws(() => parseUImage(makeUImage(DATA, { ...FIELDS, compression: 3 }), gunzip), /ih_comp 3/);
    assert.throws(() => parseUImage(makeUImage(DATA, { ...FIELDS, compression: 1 }), gunzip), /cannot be unpacked: /);
  });
});

describe('zImage', () => {
  it('is known by its magic number', () => {
    const image = new Uint8Array(64);
    assert.equal(isZImage(image), false);
    new DataView(image.buffer).setUint32(36, 0x016f2818, true);
    assert.equal(isZImage(image), true);
    assert.equal(isZImage(image.subarray(0, 39)), false);
  });
});

describe('Intel HEX', () => {
  const parse = (text: string): unknown => {
    const { entry, segments } = parseIntelHex(Buffer.from(text));
    return { entry, segments: segments.map(({ address, data }) => [address, ...data]) };
  };

  it('is read with its addresses and entry', () => {
    const text =
      ':020000042000DA\n:0200100001FFEE\r\n:0200120003 \n'.replace(' ', '04E5') +
      ':04000005200000 10C7\n'.replace(' ', '') +
      ':00000001FF\n';
    assert.equal(isIntelHex(Buffer.from(text)), true);
    assert.deepEqual(parse(text), { entry: 0x20000010, segments: [[0x20000010, 1, 255, 3, 4]] });
  });

  it('names the line that is wrong', () => {
    assert.throws(() => parse(':0100000001FE\nnonsense\n'), /line 2 is no record/);
    assert.throws(() => parse(':0200000001FD\n'), /line 1 says 2 bytes of data and has 1/);
    assert.throws(() => parse(':0100000001FF\n'), /line 1 has a wrong checksum/);
    assert.throws(() => parse(':0100000001FE\n'), /no end record/);
    assert.throws(() => parse(':00000009F7\n'), /line 1: 9 is no type of record/);
    assert.equal(isIntelHex(Buffer.from(':not a record\n')), false);
  });
});

describe('layout of a kernel', () => {
  const kernel = { name: 'zImage', bytes: DATA };

  it('names the file for which there is no room', () => {
    const plan = (files: object, board = BOARD): unknown => planKernel({ kernel, ...files }, board, gunzip);
    assert.throws(
      () => plan({ kernel: { name: 'big', bytes: new Uint8Array(MIB + 1) } }, { ...BOARD, ramSize: MIB }),
      /big: 1048577 bytes are more than/,
    );
    const disk = { name: 'disk', bytes: new Uint8Array(MIB) };
    assert.throws(
      () => plan({ initrd: disk }, { ...BOARD, ramSize: MIB }),
      /disk: 1048576 bytes at 0x00080000 run past the end of RAM/,
    );
    assert.throws(() => plan({ dtb: { name: 'x.dtb', bytes: DATA } }), /x\.dtb: not a device tree blob/);
    assert.throws(
      () => plan({ kernel: { name: 'disk.img', bytes: makeUImage(DATA, { ...FIELDS, type: 3 }) } }),
      /disk\.img: this U-Boot image is no kernel \(ih_type 3\)/,
    );
  });

  it('puts the RAM disk half way into RAM and nothing else without a device tree', () => {
    const { parts, entry } = planKernel({ kernel, initrd: { name: 'disk', bytes: DATA } }, BOARD, gunzip);
    assert.equal(entry, 0);
    assert.deepEqual(
      parts.map(({ name, address }) => [name, address]),
      [
        ['the boot loader', 0],
        ["the board's setup code", 0x100],
        ['zImage', 0x10000],
        ['disk', 32 * MIB],
      ],
    );
  });
});
