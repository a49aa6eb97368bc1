import assert from 'node:assert/strict';
import { BoardError } from '../../../src/emulator/boards/board';
import { PS7_INIT } from '../../../src/emulator/boards/ps7-init';
import { XILINX_ZYNQ_A9 } from '../../../src/emulator/boards/xilinx-zynq-a9';
import { OnceLog } from '../../../src/emulator/guest-log';
import { TestBoard } from './test-board';

const MIB = 1 << 20;

/** `info mtree -f` of QEMU 7.2, addresses and names; devcfg is switched off there. */
const MAP = `
e0000000-e0000fff uart
e0001000-e0001fff uart
e0002000-e00020ff usb-chipidea.misc
e0002100-e000210f capabilities
e0002120-e0002127 usb-chipidea.dc
e0002140-e0002183 operational
e0002184-e0002187 ports
e00021a4-e00021df usb-chipidea.endpoints
e0003000-e00030ff usb-chipidea.misc
e0003100-e000310f capabilities
e0003120-e0003127 usb-chipidea.dc
e0003140-e0003183 operational
e0003184-e0003187 ports
e00031a4-e00031df usb-chipidea.endpoints
e0006000-e00061ff spi
e0007000-e00071ff spi
e000b000-e000b7ff enet
e000c000-e000c7ff enet
e000d000-e000d1ff spi
e0100000-e01000ff sdhci
e0101000-e01010ff sdhci
e2000000-e5ffffff zynq.pflash
f8000000-f8000fff slcr
f8001000-f8001fff timer
f8002000-f8002fff timer
f8003000-f8003fff dma
f8007100-f800711f zynq-xadc
f8f00000-f8f000ff a9-scu
f8f00100-f8f001ff gic_cpu
f8f00200-f8f0021f a9gtimer shared
f8f00600-f8f0061f arm_mptimer_timer
f8f00620-f8f0063f arm_mptimer_timer
f8f01000-f8f01fff gic_dist
fc000000-fdffffff lqspi
`;

describe('xilinx-zynq-a9', () => {
  it('has the memory map of QEMU', () => {
    const { space } = new TestBoard().board;
    const lines = space.all
      .filter((region) => region.kind === 'mmio')
      .map((r) => `${r.base.toString(16)}-${(r.base + r.size - 1).toString(16)} ${r.name}`);
    assert.deepEqual(lines.sort(), MAP.trim().split('\n').sort());
  });

  it('has DDR at 0 and OCM at the top', () => {
    const { space } = new TestBoard({ memoryBytes: 64 * MIB }).board;
    const ram = space.all
      .filter((region) => region.kind === 'ram')
      .map(({ name, base, size, host }) => ({ name, base, size, host }));
    assert.deepEqual(
      ram.sort((a, b) => a.base - b.base),
      [
        { name: 'zynq.ext_ram', base: 0, size: 64 * MIB, host: 0x200000 },
        { name: 'zynq.ocm_ram', base: 0xfffc0000, size: 0x40000, host: 0x200000 + 64 * MIB },
      ],
    );
    for (const address of [64 * MIB, 0x40000000, 0xe000a000, 0xf8007000, 0xf8f02000, 0xf8f00300])
      assert.equal(space.find(address), undefined);
  });

  it('takes memory sizes as QEMU does', () => {
    assert.equal(XILINX_ZYNQ_A9.defaultMemoryBytes, 128 * MIB);
    assert.equal(XILINX_ZYNQ_A9.ramBytes(3072), 8192 + 0x40000);
    assert.equal(XILINX_ZYNQ_A9.ramBytes(2048 * MIB), 2048 * MIB + 0x40000);
    assert.throws(
      () => XILINX_ZYNQ_A9.ramBytes(2049 * MIB),
      (e: BoardError) => e instanceof BoardError && /more than 2 GiB/.test(e.message),
    );
    assert.throws(() => XILINX_ZYNQ_A9.ramBytes(0), BoardError);
    assert.throws(() => XILINX_ZYNQ_A9.ramBytes(NaN), BoardError);
  });

  it('is silent at reset until the transmitter is enabled', () => {
    const board = new TestBoard({ psInit: false });
    board.write(0xe0000030, 0x41);
    assert.equal(board.sent[0], '');
    board.write(0xe0000000, 0x17);
    board.write(0xe0000030, 0x42);
    assert.equal(board.sent[0], 'B');
  });

  it('psInit leaves clocks on, UARTs ready and the SLCR locked', () => {
    const board = new TestBoard({ psInit: true });
    for (const [line, base] of [0xe0000000, 0xe0001000].entries()) {
      board.write(base + 0x30, 0x41);
      assert.equal(board.sent[line], 'A');
      assert.equal(board.read(base), 0x14);
      assert.equal(board.read(base + 4), 0x20);
    }
    assert.equal(board.read(0xf800000c), 1, 'locked');
    assert.equal(board.read(0xf8000154), 0x1403);
    assert.deepEqual(board.messages, []);
    assert.deepEqual(
      PS7_INIT.filter((entry) => entry.what === ''),
      [],
    );
    board.write(0xf8000008, 0xdf0d);
    board.write(0xf8000154, 0);
    board.board.reset();
    assert.equal(board.read(0xf8000154), 0x1403, 'again after a reset');
  });

  it('drives the CPU from a device through the GIC', () => {
    const board = new TestBoard();
    board.write(0xf8f01000, 1);
    board.write(0xf8f00100, 1);
    board.write(0xf8f00104, 0xf8);
    board.write(0xf8f01104, 1 << 27);
    board.write(0xe0000000, 0x14);
    board.write(0xe0000008, 0x8);
    assert.equal(board.irq, true, 'transmitter empty');
    assert.equal(board.read(0xf8f0010c), 59);
    assert.equal(board.irq, false);
    board.write(0xe000000c, 0x8);
    board.write(0xf8f00110, 59);
    assert.equal(board.irq, false);
  });
});

describe('OnceLog', () => {
  it('passes each message once and stops after 200', () => {
    const seen: string[] = [];
    const log = new OnceLog({ unimplemented: (m) => void seen.push(m), guestError: (m) => void seen.push(m) });
    for (let round = 0; round < 2; round++) for (let i = 0; i < 150; i++) log.guestError(`m${i}`);
    assert.equal(seen.length, 150);
    for (let i = 150; i < 1000; i++) log.unimplemented(`m${i}`);
    assert.equal(seen.length, 201);
    assert.match(seen[200], /more than 200 different messages/);
    log.reset();
    log.guestError('m0');
    assert.equal(seen.length, 202);
  });
});
