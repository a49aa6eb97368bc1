import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { patchedDeviceTree } from '../../../../src/emulator/boot/device-tree';
import { FdtError, FlatDeviceTree } from '../../../../src/emulator/boot/fdt';

const BOARD = new Uint8Array(readFileSync('test/programs/boot/board.dtb'));
const WIDE = new Uint8Array(readFileSync('test/programs/boot/wide.dtb'));
const VALUES = {
  ramBase: 0,
  ramSize: 0x8000000,
  commandLine: 'console=ttyPS0',
  initrd: { start: 0x4000000, size: 79 },
};

const text = (value: Uint8Array | undefined): string | undefined => value && Buffer.from(value).toString('latin1');
const open = (blob: Uint8Array): FlatDeviceTree => FlatDeviceTree.open(blob, blob.length + 1000);

/** A copy with the big-endian word at `offset` replaced. */
function withWord(blob: Uint8Array, offset: number, value: number): Uint8Array {
  const copy = blob.slice();
  new DataView(copy.buffer).setUint32(offset, value);
  return copy;
}

describe('flattened device tree', () => {
  it('finds nodes, also without their unit address, and properties', () => {
    const tree = open(BOARD);
    assert.equal(text(tree.property('/', 'model')), 'TCG Scope test board\0');
    assert.equal(tree.cell('/cpus/cpu@1', 'reg'), 1);
    assert.equal(text(tree.property('/amba/serial', 'compatible')), 'xlnx,xuartps\0cdns,uart-r1p8\0');
    assert.deepEqual(tree.property('/amba', 'ranges'), new Uint8Array(0));
    assert.equal(tree.property('/amba', 'reg'), undefined);
    assert.equal(tree.property('/amba/serial@1', 'reg'), undefined);
    assert.equal(tree.hasNode('/chosen'), true);
    assert.equal(tree.hasNode('/chosen/cpu'), false);
    assert.equal(tree.hasNode('/serial@e0001000'), false);
    assert.deepEqual(tree.childrenOfRoot(), ['memory@0', 'aliases', 'chosen', 'cpus', 'amba']);
  });

  it('adds, changes and removes', () => {
    const tree = open(BOARD);
    tree.setString('/chosen', 'bootargs', 'short');
    tree.setString('/chosen', 'stdout-path', 'a path that is longer than the one before');
    tree.addNode('/amba', 'new@1');
    tree.setCells('/amba/new@1', 'reg', 1, 0xffffffff);
    tree.setCells('/amba/new@1', 'a,new-name', 7);
    tree.removeNode('/cpus');
    const again = open(tree.bytes);
    assert.equal(text(again.property('/chosen', 'bootargs')), 'short\0');
    assert.match(text(again.property('/chosen', 'stdout-path')) ?? '', /^a path that/);
    assert.deepEqual([...(again.property('/amba/new', 'reg') ?? [])], [0, 0, 0, 1, 255, 255, 255, 255]);
    assert.equal(again.cell('/amba/new@1', 'a,new-name'), 7);
    assert.equal(again.hasNode('/cpus'), false);
    assert.equal(text(again.property('/amba/serial', 'compatible')), 'xlnx,xuartps\0cdns,uart-r1p8\0');
    assert.throws(() => again.addNode('/nowhere', 'x'), /it has no node \/nowhere/);
  });

  it('says that there is no room', () => {
    const tree = FlatDeviceTree.open(BOARD, BOARD.length);
    assert.throws(() => tree.setString('/chosen', 'bootargs', 'x'.repeat(200)), /no room/);
    assert.throws(() => tree.setString('/', 'a-property-that-is-not-there', ''), /no room/);
  });

  it('gets memory, command line and RAM disk', () => {
    const board = open(patchedDeviceTree(BOARD, VALUES));
    assert.deepEqual([...(board.property('/memory@0', 'reg') ?? [])], [0, 0, 0, 0, 8, 0, 0, 0]);
    assert.equal(board.cell('/chosen', 'linux,initrd-end'), 0x400004f);
    const wide = open(patchedDeviceTree(WIDE, VALUES));
    assert.deepEqual(wide.childrenOfRoot(), ['chosen', 'memory@0', 'memory-map']);
    assert.equal(wide.property('/memory@0', 'reg')?.length, 16);
    assert.equal(text(wide.property('/chosen', 'bootargs')), 'console=ttyPS0\0');
  });

  it('names what is wrong in a file that is none', () => {
    const refuses = (blob: Uint8Array, message: RegExp): void => {
      assert.throws(
        () => patchedDeviceTree(blob, VALUES),
        (error) => error instanceof FdtError && message.test(error.message),
      );
    };
    refuses(new Uint8Array(0), /it has only 0 bytes/);
    refuses(
      Buffer.from('/dts-v1/; / { model = "a source file, not a blob"; };'),
      /begins with 0x2f647473, not 0xd00dfeed/,
    );
    refuses(BOARD.subarray(0, BOARD.length - 4), /the header says \d+ bytes \(at byte 4\), the file has/);
    refuses(withWord(BOARD, 20, 3), /version 3 /);
    refuses(withWord(BOARD, 8, 0x39), /not aligned/);
    refuses(withWord(BOARD, 12, 0x10), /not in the order/);
    refuses(withWord(BOARD, 36, 0x10000), /runs into the strings block/);
    refuses(withWord(BOARD, 32, 0x10000), /ends behind the blob/);
    refuses(withWord(BOARD, 0x38, 7), /0x00000007 at byte 56 is no token/);
    refuses(withWord(BOARD, 0x44, 0x7fffffff), /ends within a token at byte 64/);
    refuses(withWord(BOARD, 0x48, 0x7fffffff), /name of the property at byte 64 is outside/);
    refuses(withWord(BOARD, 0x4c, 3), /\/ has no #address-cells of 1 or 2/);
  });

  it('never does worse than refuse, whatever is changed in a file', () => {
    for (let at = 0; at < BOARD.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const blob = BOARD.slice();
        blob[at] = value;
        try {
          patchedDeviceTree(blob, VALUES);
        } catch (error) {
          assert.ok(error instanceof FdtError, `byte ${at} = ${value}: ${String(error)}`);
        }
      }
      try {
        patchedDeviceTree(BOARD.subarray(0, at), VALUES);
        assert.fail(`cut at ${at}`);
      } catch (error) {
        assert.ok(error instanceof FdtError, `cut at ${at}: ${String(error)}`);
      }
    }
  });
});
