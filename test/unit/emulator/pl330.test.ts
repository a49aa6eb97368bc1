import assert from 'node:assert/strict';
import { TestBoard } from './test-board';

const DMA = 0xf8003000;
const STOPPED = 0;
const EXECUTING = 1;
const FAULTING = 15;

/** Puts a channel program at 0x100 and starts channel 0. Its copies go from 0x400 to 0x800. */
function start(board: TestBoard, ...program: number[]): void {
  board.memory.set(program, 0x100);
  board.write(DMA + 0xd08, 0x00a00000); // DMAGO, channel 0
  board.write(DMA + 0xd0c, 0x100);
  board.write(DMA + 0xd04, 0);
}

const MOVE_BOTH = [0xbc, 0, 0x00, 0x04, 0, 0, 0xbc, 2, 0x00, 0x08, 0, 0];
/** CCR: four beats of four bytes on both sides, both addresses move. */
const CONTROL = [0xbc, 1, 0x35, 0x40, 0x0d, 0];
const LD = 0x04;
const ST = 0x08;
const END = 0x00;

describe('DMA-330', () => {
  it('copies, signals an event as an interrupt, and stops', () => {
    const board = new TestBoard();
    for (let i = 0; i < 64; i++) board.memory[0x400 + i] = i + 1;
    board.write(DMA + 0x20, 2);
    start(board, ...CONTROL, ...MOVE_BOTH, 0x20, 1, LD, ST, 0x38, 2, 0x34, 1 << 3, END);
    assert.deepEqual(board.memory.subarray(0x800, 0x821), Uint8Array.of(...board.memory.subarray(0x400, 0x420), 0));
    assert.equal(board.read(DMA + 0x100), STOPPED);
    assert.deepEqual([board.read(DMA + 0x400), board.read(DMA + 0x404)], [0x420, 0x820]);
    assert.deepEqual([board.read(DMA + 0x24), board.read(DMA + 0x28)], [2, 2]);
    const pending = (): number => board.read(0xf8f01204) & (1 << (47 - 32));
    assert.notEqual(pending(), 0);
    board.write(DMA + 0x2c, 2);
    assert.deepEqual([board.read(DMA + 0x28), pending()], [0, 0]);
  });

  it('faults at an undefined instruction and is killed out of it', () => {
    const board = new TestBoard();
    start(board, 0x18, 0xff);
    assert.equal(board.read(DMA + 0x100), FAULTING);
    assert.deepEqual([board.read(DMA + 0x104), board.read(DMA + 0x40), board.read(DMA + 0x34)], [0x101, 1, 1]);
    board.write(DMA + 0xd08, 0x00010001); // DMAKILL in channel 0
    board.write(DMA + 0xd04, 0);
    assert.deepEqual([board.read(DMA + 0x100), board.read(DMA + 0x34)], [STOPPED, 0]);
  });

  it('a program without an end leaves guest and debugger their turns, and can be killed', () => {
    const board = new TestBoard();
    start(board, ...CONTROL, ...MOVE_BOTH, 0x0c, 0x28, 1); // DMASTZ, DMALPFE
    assert.equal(board.read(DMA + 0x100), EXECUTING);
    const at = board.read(DMA + 0x404);
    assert.ok(at > 0x800);
    const next = board.board.nextEventNs();
    assert.ok(next > 0 && next < 1e6, 'it goes on soon');
    board.now = next;
    board.board.poll();
    assert.notEqual(board.read(DMA + 0x404), at);
    board.write(DMA + 0xd08, 0x00010001);
    board.write(DMA + 0xd04, 0);
    assert.equal(board.read(DMA + 0x100), STOPPED);
    assert.equal(board.board.nextEventNs(), Infinity);
  });

  it('reports what it does not know', () => {
    const board = new TestBoard();
    board.write(DMA + 0xe04, 0);
    board.write(DMA + 0xd04, 1);
    board.read(DMA + 0x0c);
    assert.deepEqual(board.messages, [
      'pl330: write to an unknown or read-only register at offset 0xe04',
      'pl330: write of the reserved command 1 to DBGCMD',
      'pl330: read of an unknown register at offset 0x00c',
    ]);
  });
});
