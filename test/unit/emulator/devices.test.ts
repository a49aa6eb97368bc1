import assert from 'node:assert/strict';
import { CadenceUart, UART_REGISTERS } from '../../../src/emulator/devices/cadence-uart';
import { gemRegisters } from '../../../src/emulator/devices/cadence-gem';
import { PL330_REGISTERS } from '../../../src/emulator/devices/pl330';
import { RegisterFile, registerRun } from '../../../src/emulator/devices/register-file';
import { SDHCI_REGISTERS } from '../../../src/emulator/devices/sdhci';
import { SpiFlash } from '../../../src/emulator/devices/spi-flash';
import { SPIPS_REGISTERS } from '../../../src/emulator/devices/xilinx-spips';
import { SLCR_REGISTERS } from '../../../src/emulator/devices/zynq-slcr';
import { XADC_REGISTERS } from '../../../src/emulator/devices/zynq-xadc';
import { UNCONNECTED, joinIrqs } from '../../../src/emulator/irq';
import { TestBoard } from './test-board';

const UART = 0xe0000000;
const SLCR = 0xf8000000;

describe('register file', () => {
  it('keeps, masks and clears bits as its table says', () => {
    const file = new RegisterFile([
      { name: 'A', offset: 0, reset: 0x12, writable: 0xf0 },
      { name: 'B', offset: 8, reset: 0xff, writable: 0xf00, clears: 0x0f },
    ]);
    file.write(0, 0xffffffff);
    assert.equal(file.get(0), 0xf2);
    file.write(8, 0xa05);
    assert.equal(file.get(8), 0xafa);
    file.write(4, 1);
    assert.equal(file.get(4), 0);
    file.reset();
    assert.deepEqual([file.get(0), file.get(8)], [0x12, 0xff]);
    assert.throws(
      () => new RegisterFile([...registerRun('X', 0, 2), { name: 'Y', offset: 4 }]),
      /two registers at offset 4: Y/,
    );
  });

  for (const [device, table] of Object.entries({
    UART_REGISTERS,
    SLCR_REGISTERS,
    PL330_REGISTERS,
    SDHCI_REGISTERS,
    SPIPS_REGISTERS,
    XADC_REGISTERS,
    gem: gemRegisters(0, 0),
  })) {
    it(`${device}: names are unique`, () => assert.equal(new Set(table.map((spec) => spec.name)).size, table.length));
  }
});

describe('uart', () => {
  const CR = UART;
  const MR = UART + 4;
  const SR = UART + 0x2c;
  const CISR = UART + 0x14;
  const FIFO = UART + 0x30;
  const enabled = (input = ''): TestBoard => {
    const board = new TestBoard();
    board.type(0, input);
    board.write(CR, 0x17);
    board.write(CISR, 0xffff);
    return board;
  };

  it('sends the low byte of any width', () => {
    const board = enabled();
    board.write(FIFO, 0x141);
    board.write(FIFO, 0x42, 1);
    board.write(FIFO, 0x4445, 2);
    assert.equal(board.sent[0], 'ABE');
    board.write(CR, 0x28);
    board.write(FIFO, 0x5a);
    assert.equal(board.sent[0], 'ABE');
  });

  it('takes bytes without ado where nobody could notice, and only there', () => {
    const sent: number[] = [];
    let hz = 1;
    const uart = new CadenceUart({
      irq: UNCONNECTED,
      clock: { nowNs: () => 0 },
      log: { unimplemented: () => undefined, guestError: () => undefined },
      refclkHz: () => hz,
      backend: { transmit: (byte) => sent.push(byte), receive: () => -1 },
    });
    const post = uart.post(0x30);
    assert.ok(post);
    assert.equal(uart.post(0x2c), undefined);
    uart.write(0, 0x17);
    assert.deepEqual([post(0x141), post(-190), sent], [true, true, [0x41, 0x42]]);
    // A transmitter that is off loses what is sent.
    uart.write(0, 0x28);
    assert.deepEqual([post(0x43), sent.length], [true, 2]);
    uart.write(0, 0x17);
    // Echo and the loopbacks, a stopped clock.
    for (const mode of [0x100, 0x200, 0x300]) {
      uart.write(4, mode);
      assert.equal(post(0x44), false);
    }
    uart.write(4, 0);
    hz = 0;
    assert.equal(post(0x45), false);
    assert.equal(sent.length, 2);
  });

  it('receives in order', () => {
    const board = enabled('abc');
    assert.deepEqual(
      [SR, CISR, FIFO, SR, FIFO, FIFO, SR, CISR, FIFO].map((a) => board.read(a)),
      [0x8, 0xa, 0x61, 0x8, 0x62, 0x63, 0xa, 0xa, 0],
    );
  });

  it('tells when the trigger level is reached', () => {
    const board = new TestBoard();
    board.type(0, 'abc');
    board.write(UART + 0x20, 2);
    board.write(CR, 0x17);
    board.write(CISR, 0xffff);
    assert.deepEqual(
      [SR, CISR].map((a) => board.read(a)),
      [0x9, 0xb],
    );
    board.write(UART + 8, 1);
    assert.equal(board.read(UART + 0x10), 1);
    assert.deepEqual(
      [FIFO, SR, FIFO, SR].map((a) => board.read(a)),
      [0x61, 0x9, 0x62, 0x8],
    );
    board.write(CISR, 0xffff);
    assert.equal(board.read(CISR), 0x8);
    board.write(CR, 0x29);
    assert.equal(board.read(SR), 0xa);
  });

  it('holds 16 bytes and takes the rest later', () => {
    const board = enabled('0123456789'.repeat(8));
    assert.deepEqual(
      [SR, CISR, FIFO, SR].map((a) => board.read(a)),
      [0xc, 0xe, 0x30, 0xc],
    );
    const rest = Array.from({ length: 79 }, () => String.fromCharCode(board.read(FIFO))).join('');
    assert.equal(rest, '0123456789'.repeat(8).slice(1));
    assert.equal(board.read(SR), 0xa);
  });

  it('keeps input until the receiver is enabled', () => {
    const board = new TestBoard();
    board.type(0, 'abc');
    board.board.poll();
    assert.equal(board.read(SR), 0xa);
    board.write(CR, 0x14);
    assert.equal(board.read(FIFO), 0x61);
    board.write(CR, 0x18);
    assert.equal(board.read(FIFO), 0, 'disabled again');
    board.write(CR, 0x14);
    assert.equal(board.read(FIFO), 0x62);
  });

  it('loops back, echoes, repeats', () => {
    const local = enabled('abc');
    local.write(MR, 0x220);
    local.write(FIFO, 0x55);
    assert.equal(local.sent[0], '');
    assert.deepEqual(
      [SR, FIFO, SR].map((a) => local.read(a)),
      [0x8, 0x55, 0xa],
    );
    const echo = enabled('abc');
    echo.write(MR, 0x120);
    assert.equal(echo.read(FIFO), 0x61);
    echo.write(FIFO, 0x55);
    assert.equal(echo.sent[0], 'abc');
    const remote = enabled('abc');
    remote.write(MR, 0x320);
    assert.deepEqual(
      [SR, FIFO].map((a) => remote.read(a)),
      [0xa, 0],
    );
    assert.equal(remote.sent[0], 'abc');
  });

  it('times out when asked to', () => {
    const board = enabled('a');
    board.write(UART + 0x1c, 10);
    assert.equal(board.read(CISR), 0xa, 'too early');
    const due = board.board.nextEventNs();
    assert.ok(due > 0 && due < 1e9);
    board.now = due;
    board.board.poll();
    assert.equal(board.read(CISR), 0x10a);
    const without = enabled('a');
    without.read(SR);
    assert.equal(without.board.nextEventNs(), Infinity);
  });

  it('does not answer without its clock', () => {
    const board = new TestBoard();
    board.write(SLCR + 8, 0xdf0d);
    board.write(SLCR + 0x154, 0x3f02);
    assert.equal(board.read(UART + 0x18), 0);
    assert.equal(board.read(UART + 0x1018), 0x28b);
    assert.match(board.messages[0], /clock is stopped/);
    for (const [register, value, answers] of [
      [0x154, 0x0003, true],
      [0x108, 0x1a009, false],
      [0x108, 0x1a00a, false],
      [0x108, 0x1a018, true],
      [0x108, 0x1a008, true],
      [0x100, 1, true],
      [0x154, 0x3f23, false],
    ] as const) {
      board.write(SLCR + register, value);
      assert.equal(board.read(UART + 0x18), answers ? 0x28b : 0, `${register.toString(16)} = ${value.toString(16)}`);
    }
  });

  it('raises its interrupt while an enabled cause is set', () => {
    let level = false;
    const uart = new CadenceUart({
      irq: { set: (value) => void (level = value) },
      clock: { nowNs: () => 0 },
      log: { unimplemented: () => undefined, guestError: () => undefined },
      refclkHz: () => 50e6,
      backend: undefined,
    });
    uart.write(0x8, 0x8);
    assert.equal(level, true);
    uart.write(0xc, 0x8);
    assert.equal(level, false);
    uart.write(0x8, 0x8);
    uart.reset();
    assert.equal(level, false);
  });
});

describe('slcr', () => {
  it('locks and unlocks by its keys', () => {
    const board = new TestBoard();
    board.write(SLCR + 0x300, 0x12);
    assert.equal(board.read(SLCR + 0x300), 0);
    assert.match(board.messages[0], /APU_CTRL while the registers are locked/);
    board.write(SLCR + 8, 0x1111);
    assert.equal(board.read(SLCR + 0xc), 1);
    board.write(SLCR + 8, 0xdf0d, 2);
    assert.equal(board.read(SLCR + 0xc), 0);
    board.write(SLCR + 0x301, 0x12, 1);
    assert.equal(board.read(SLCR + 0x300), 0x12);
    board.write(SLCR + 4, 0x1111);
    assert.equal(board.read(SLCR + 0xc), 0);
    board.write(SLCR + 4, 0xabcd767b);
    assert.equal(board.read(SLCR + 0xc), 1);
    board.write(SLCR, 1);
    assert.equal(board.read(SLCR), 1, 'SCL is not protected');
  });

  it('asks for a reset', () => {
    const board = new TestBoard();
    board.write(SLCR + 0x200, 1);
    assert.equal(board.resets, 0, 'locked');
    board.write(SLCR + 8, 0xdf0d);
    board.write(SLCR + 0x200, 0);
    assert.equal(board.resets, 0);
    board.write(SLCR + 0x200, 1);
    assert.equal(board.resets, 1);
  });

  it('reports what is not there', () => {
    const board = new TestBoard();
    board.read(SLCR + 4);
    board.read(SLCR + 0x10);
    board.write(SLCR + 0xc, 1);
    board.write(SLCR + 0x14, 1);
    assert.deepEqual(board.messages, [
      'zynq_slcr: read of the write-only register SLCR_LOCK',
      'zynq_slcr: read of an unknown register at offset 0x010',
      'zynq_slcr: write to SLCR_LOCKSTA while the registers are locked: unlock them first',
      'zynq_slcr: write to an unknown register at offset 0x014',
    ]);
  });
});

describe('timers', () => {
  const PRIVATE = 0xf8f00600;
  const GLOBAL = 0xf8f00200;
  const TTC = 0xf8001000;

  it('the private timer counts at 100 MHz, once or again and again', () => {
    const board = new TestBoard();
    board.write(PRIVATE, 1000);
    board.write(PRIVATE + 4, 50);
    board.write(PRIVATE + 8, 1);
    board.now = 125;
    assert.equal(board.read(PRIVATE + 4), 50 - 12);
    board.now = 500;
    assert.deepEqual(
      [4, 8, 12].map((o) => board.read(PRIVATE + o)),
      [1, 1, 0],
      'a tick comes after an access at its moment',
    );
    board.now = 501;
    assert.deepEqual(
      [4, 8, 12].map((o) => board.read(PRIVATE + o)),
      [0, 1, 1],
    );
    board.write(PRIVATE + 12, 1);
    assert.equal(board.read(PRIVATE + 12), 0);
    board.now = 100_000;
    assert.deepEqual(
      [4, 12].map((o) => board.read(PRIVATE + o)),
      [0, 0],
    );
    board.write(PRIVATE + 8, 3);
    assert.equal(board.read(PRIVATE + 4), 1000);
    board.now += 10_001;
    assert.deepEqual(
      [4, 12].map((o) => board.read(PRIVATE + o)),
      [0, 1],
    );
    board.now += 10;
    assert.equal(board.read(PRIVATE + 4), 1000, 'starts over a tick later');
    board.now += 10 * (1001 * 3 + 7);
    assert.equal(board.read(PRIVATE + 4), 993);
    board.write(PRIVATE + 8, 0);
    board.now += 1e6;
    assert.equal(board.read(PRIVATE + 4), 993);
    board.write(PRIVATE + 8, 0x101);
    board.now += 41;
    assert.equal(board.read(PRIVATE + 4), 991, 'prescaler');
  });

  it('a status that is cleared while the count is 0 stays clear until the next period ends', () => {
    const board = new TestBoard();
    board.write(PRIVATE, 9);
    board.write(PRIVATE + 8, 3);
    board.now = 91;
    assert.equal(board.read(PRIVATE + 12), 1);
    board.write(PRIVATE + 12, 1);
    board.now = 150;
    assert.equal(board.read(PRIVATE + 12), 0);
    board.now = 191;
    assert.equal(board.read(PRIVATE + 12), 1);
  });

  it('guest time jumps twice where a periodic timer starts anew before any other, as with -icount on QEMU', () => {
    const WATCHDOG = PRIVATE + 0x20;
    const board = new TestBoard();
    const start = (timer: number, load: number, control: number): void => {
      board.write(timer, load);
      board.write(timer + 8, control);
    };
    start(PRIVATE, 99, 7);
    assert.equal(board.board.nextEventNs(), 990);
    assert.equal(board.board.secondJumpNs(), 1990);
    start(WATCHDOG, 150, 7);
    assert.equal(board.board.secondJumpNs(), undefined, 'the other one is first');
    start(WATCHDOG, 200, 7);
    assert.equal(board.board.secondJumpNs(), 1990);
    start(PRIVATE, 99, 5);
    assert.equal(board.board.secondJumpNs(), undefined, 'it ends');
  });

  it('the private timer interrupts when due', () => {
    const board = new TestBoard();
    board.write(0xf8f01000, 1);
    board.write(0xf8f00100, 1);
    board.write(0xf8f00104, 0xf8);
    board.write(0xf8f01100, 1 << 29);
    board.write(PRIVATE, 99);
    board.write(PRIVATE + 8, 7);
    assert.equal(board.board.nextEventNs(), 990);
    board.now = 989;
    board.board.poll();
    assert.equal(board.irq, false);
    board.now = 990;
    board.board.poll();
    assert.equal(board.irq, true);
    assert.equal(board.read(0xf8f0010c), 29);
    board.write(PRIVATE + 12, 1);
    board.write(0xf8f00110, 29);
    assert.equal(board.irq, false);
    assert.equal(board.board.nextEventNs(), 990 + 1000);
  });

  it('the global timer counts, compares and increments', () => {
    const board = new TestBoard();
    board.now = 1000;
    assert.equal(board.read(GLOBAL), 100, 'a running count also while disabled');
    board.write(GLOBAL, 0x1234);
    board.write(GLOBAL + 4, 5);
    assert.equal(board.read(GLOBAL), 100, 'a written value waits for the enable bit');
    board.write(GLOBAL + 8, 1);
    assert.deepEqual(
      [0, 4].map((o) => board.read(GLOBAL + o)),
      [0x1234, 5],
    );
    board.now += 500;
    assert.equal(board.read(GLOBAL), 0x1234 + 50);
    board.write(GLOBAL + 8, 0xff01);
    board.now += 2560;
    assert.equal(board.read(GLOBAL), 0x1234 + 51);
    board.write(GLOBAL + 8, 0);
    board.write(GLOBAL, 0);
    board.write(GLOBAL + 4, 0);
    board.write(GLOBAL + 0x10, 10);
    board.write(GLOBAL + 0x18, 25);
    board.write(GLOBAL + 8, 0xf);
    const start = board.now;
    assert.equal(board.board.nextEventNs(), start + 110);
    board.now = start + 109;
    assert.equal(board.read(GLOBAL + 0xc), 0);
    board.now = start + 110;
    assert.deepEqual(
      [0xc, 0x10].map((o) => board.read(GLOBAL + o)),
      [1, 35],
    );
    board.write(GLOBAL + 0xc, 1);
    assert.equal(board.read(GLOBAL + 0xc), 0);
    board.now = start + 359;
    assert.equal(board.read(GLOBAL + 0xc), 0);
    board.now = start + 360;
    assert.equal(board.read(GLOBAL + 0xc), 1);
    assert.deepEqual(
      [0x1c, 0x4].map((o) => board.read(GLOBAL + o)),
      [0, 0],
    );
    assert.match(board.messages[0], /a9gtimer: read of an unknown register at offset 0x1c/);
  });

  it('the triple timer counts up, down, in intervals, and matches', () => {
    const board = new TestBoard();
    const ticks = (n: number): number => Math.ceil((n * 1e9) / 133e6);
    board.now = 5000;
    assert.equal(board.read(TTC + 0x18), 0, 'stopped at reset');
    board.write(TTC + 0xc, 0x20);
    board.now += ticks(100);
    assert.equal(board.read(TTC + 0x18), 100);
    board.now += ticks(0x10000);
    assert.equal(board.read(TTC + 0x54), 0x10, 'overflow');
    assert.equal(board.read(TTC + 0x54), 0, 'cleared by reading');
    board.write(TTC + 0xc, 0x30);
    assert.equal(board.read(TTC + 0xc), 0x20);
    assert.equal(board.read(TTC + 0x18), 0, 'reset');
    board.write(TTC + 0x24, 999);
    board.write(TTC + 0x30, 500);
    board.write(TTC + 0xc, 0x2a);
    board.now += ticks(400);
    assert.equal(board.read(TTC + 0x54), 0);
    board.now += ticks(200);
    assert.equal(board.read(TTC + 0x54), 0x2, 'first match');
    board.now += ticks(500);
    assert.ok((board.read(TTC + 0x54) & 1) !== 0, 'interval');
    board.write(TTC + 0xc, 0x36);
    board.now += ticks(10);
    assert.equal(board.read(TTC + 0x18), 989, 'down from the interval');
    board.write(TTC, 0x0f);
    board.write(TTC + 0xc, 0x30);
    board.now += ticks(256 * 3);
    assert.equal(board.read(TTC + 0x18), 3, 'prescaler of 256');
    board.write(TTC + 0xc, 0x31);
    board.now += 1e6;
    assert.equal(board.read(TTC + 0x18), 0);
  });
});

describe('gic', () => {
  const DIST = 0xf8f01000;
  const CPU = 0xf8f00100;
  const open = (): TestBoard => {
    const board = new TestBoard();
    board.write(DIST, 1);
    board.write(CPU, 1);
    board.write(CPU + 4, 0xf8);
    return board;
  };

  it('delivers software-generated interrupts by priority and ends them', () => {
    const board = open();
    board.write(DIST + 0x400, 0x80, 1);
    board.write(DIST + 0x401, 0x40, 1);
    board.write(DIST + 0xf00, 0x00010000);
    board.write(DIST + 0xf00, 0x02000001);
    assert.equal(board.read(DIST + 0x200), 3);
    assert.equal(board.irq, true);
    assert.equal(board.read(CPU + 0x18), 1, 'highest pending');
    assert.equal(board.read(CPU + 0xc), 1);
    assert.equal(board.read(CPU + 0x14), 0x40);
    assert.equal(board.read(DIST + 0x300), 2, 'active');
    assert.equal(board.irq, false, 'lower priority waits');
    assert.equal(board.read(CPU + 0xc), 0x3ff);
    board.write(CPU + 0x10, 1);
    assert.equal(board.irq, true);
    assert.equal(board.read(CPU + 0xc), 0);
    board.write(CPU + 0x10, 0);
    assert.deepEqual([board.read(CPU + 0xc), board.read(CPU + 0x14), board.irq], [0x3ff, 0xff, false]);
  });

  it('nests by priority', () => {
    const board = open();
    board.write(DIST + 0x400, 0x00204080);
    board.write(DIST + 0xf00, 0x00010000);
    assert.equal(board.read(CPU + 0xc), 0);
    board.write(DIST + 0xf00, 0x00010002);
    assert.equal(board.irq, true);
    assert.equal(board.read(CPU + 0xc), 2);
    assert.equal(board.read(CPU + 0x14), 0x20);
    board.write(CPU + 0x10, 2);
    assert.equal(board.read(CPU + 0x14), 0x80);
    board.write(CPU + 0x10, 0);
    assert.equal(board.read(CPU + 0x14), 0xff);
  });

  it('ends those that are named, in any order; of one that is not handled, the innermost', () => {
    const board = open();
    board.write(DIST + 0x400, 0x20406080);
    for (let id = 0; id < 4; id++) {
      board.write(DIST + 0xf00, 0x02000000 | id);
      assert.equal(board.read(CPU + 0xc), id);
    }
    const after = (id: number): number[] => {
      board.write(CPU + 0x10, id);
      return [board.read(CPU + 0x14), board.read(DIST + 0x300)];
    };
    assert.deepEqual(after(1), [0x20, 0xd]);
    assert.deepEqual(after(3), [0x40, 0x5]);
    assert.deepEqual(after(9), [0x80, 0x5]);
    assert.deepEqual(after(0), [0xff, 0x4]);
    assert.deepEqual(after(2), [0xff, 0x4]);
  });

  it('masks by priority, by enable bits and by both switches', () => {
    const board = open();
    board.write(DIST + 0x408, 0x50, 1);
    board.write(DIST + 0xf00, 0x00010008);
    for (const [what, address, off, on] of [
      ['priority mask', CPU + 4, 0x50, 0x58],
      ['CPU interface', CPU, 0, 1],
      ['distributor', DIST, 0, 1],
    ] as const) {
      board.write(address, off);
      assert.deepEqual([board.irq, board.read(CPU + 0x18)], [false, 0x3ff], what);
      board.write(address, on);
      assert.equal(board.irq, true, what);
    }
    board.write(DIST + 0x204, 1 << 8);
    board.write(CPU + 0x10, 8);
    assert.equal(board.read(CPU + 0xc), 8);
    board.write(CPU + 0x10, 8);
    assert.equal(board.read(CPU + 0xc), 0x3ff, '40 is pending and not enabled');
    board.write(DIST + 0x104, 1 << 8);
    assert.equal(board.read(CPU + 0xc), 40);
  });

  it('latches edges and follows levels', () => {
    const board = open();
    board.write(DIST + 0x104, 1 << 27);
    const pulse = (): void => {
      board.write(0xe0000008, 8);
      board.write(0xe000000c, 8);
    };
    pulse();
    assert.equal(board.irq, false, 'a level that is gone');
    board.write(DIST + 0xc0c, 2 << 22);
    pulse();
    assert.equal(board.irq, true, 'an edge stays');
    assert.equal(board.read(CPU + 0xc), 59);
    board.write(CPU + 0x10, 59);
    assert.equal(board.irq, false);
  });
});

describe('joined interrupt wires', () => {
  it('are asserted while one is', () => {
    let level = false;
    const [a, b] = joinIrqs({ set: (value) => void (level = value) }, 2);
    a.set(true);
    b.set(true);
    a.set(false);
    assert.equal(level, true);
    b.set(false);
    assert.equal(level, false);
    UNCONNECTED.set(true);
  });
});

describe('other devices', () => {
  it('xadc: an answer comes with the next command', () => {
    const board = new TestBoard();
    const XADC = 0xf8007100;
    board.write(XADC + 0x10, 0);
    assert.match(board.messages[0], /held in reset/);
    board.write(XADC + 0x18, 0);
    board.write(XADC + 0x10, 0x08401234);
    board.write(XADC + 0x10, 0x04400000);
    assert.equal(board.read(XADC + 0xc), 0x2400);
    assert.deepEqual([board.read(XADC + 0x14), board.read(XADC + 0x14)], [0, 0]);
    board.write(XADC + 0x10, 0);
    assert.equal(board.read(XADC + 0x14), 0x1234);
    for (let i = 0; i < 18; i++) board.write(XADC + 0x10, 0);
    assert.equal(board.read(XADC + 0xc), 0xf600, 'full');
    assert.equal(board.read(XADC + 4), 0x300);
  });

  it('gem: reaches its PHY', () => {
    const board = new TestBoard();
    const GEM = 0xe000b000;
    const phy = (frame: number): number => {
      board.write(GEM + 0x34, frame);
      return board.read(GEM + 0x34);
    };
    assert.equal(phy(0x638a0000), 0x638a0141);
    assert.equal(phy(0x638e0000), 0x638e0cc2);
    assert.equal(phy(0x618a0000), 0x618affff, 'no PHY at this address');
    phy(0x53920123);
    assert.equal(phy(0x63920000), 0x63920123);
    phy(0x53828000);
    assert.equal(phy(0x63920000), 0x639201e1, 'PHY reset');
    board.write(GEM, 0x208);
    assert.match(board.messages[0], /nothing is sent/);
    board.write(GEM + 0x28, 0xff);
    assert.equal(board.read(GEM + 0x30), 0x7ffff00);
    board.write(GEM + 0x2c, 0xf);
    assert.equal(board.read(GEM + 0x30), 0x7ffff0f);
  });

  it('sdhci: commands to the empty slot time out', () => {
    const board = new TestBoard();
    const SD = 0xe0100000;
    board.write(SD + 0x34, 0xffffffff);
    board.write(SD + 0xe, 0x0000, 2);
    assert.equal(board.read(SD + 0x30), 0, 'no clock');
    board.write(SD + 0x2c, 0x4005, 2);
    assert.equal(board.read(SD + 0x2c), 0x4007);
    board.write(SD + 0xe, 0x0000, 2);
    assert.equal(board.read(SD + 0x30), 1);
    board.write(SD + 0xe, 0x081a, 2);
    assert.equal(board.read(SD + 0x30), 0x18001);
    board.write(SD + 0x30, 0xffffffff);
    assert.equal(board.read(SD + 0x30), 0);
    board.write(SD + 0x50, 5);
    assert.equal(board.read(SD + 0x30), 0x1008000);
    board.write(SD + 0x2f, 1, 1);
    assert.deepEqual(
      [0x2c, 0x30, 0x34].map((o) => board.read(SD + o)),
      [0, 0, 0],
    );
    board.write(SD + 0x60, 1);
    assert.match(board.messages[0], /sdhci: write to an unknown register at offset 0x60/);
  });

  it('spi: moves bytes when started, keeps FIFO levels', () => {
    const board = new TestBoard();
    const SPI = 0xe0006000;
    board.write(SPI + 0x14, 1);
    board.write(SPI, 0xfc05);
    for (let i = 0; i < 130; i++) board.write(SPI + 0x1c, i);
    assert.match(board.messages[0], /full FIFO/);
    assert.equal(board.read(SPI + 4), 0x8);
    board.write(SPI, 0x1fc05);
    assert.equal(board.read(SPI + 4), 0x134);
    board.read(SPI + 0x20);
    assert.equal(board.read(SPI + 4), 0x114);
    board.write(SPI + 8, 0x7f);
    board.write(SPI + 0xc, 3);
    assert.equal(board.read(SPI + 0x10), 0x7c);
  });

  it('qspi: reads the flash identification', () => {
    const board = new TestBoard();
    const QSPI = 0xe000d000;
    board.write(QSPI + 0x14, 1);
    board.write(QSPI, 0x80002005);
    board.write(QSPI + 0x1c, 0x9f);
    assert.equal(board.read(QSPI + 4), 0x114);
    assert.equal(board.read(QSPI + 0x20), 0x18ba2000);
    assert.equal(board.read(QSPI + 4), 0x104);
    assert.equal(board.read(0xfd000000), 0xffffffff);
    board.write(0xfc000000, 1);
    assert.match(board.messages[0], /can only be read/);
  });

  it('serial flash: programs and erases', () => {
    const flash = new SpiFlash();
    const command = (...bytes: number[]): number[] => {
      flash.select(true);
      const answers = bytes.map((byte) => flash.exchange(byte));
      flash.select(false);
      return answers;
    };
    command(0x02, 0, 1, 0, 0x12);
    assert.equal(flash.peek(0x100), 0xff, 'not enabled');
    command(0x06);
    assert.deepEqual(command(0x05, 0), [0, 2]);
    command(0x02, 0, 1, 0xff, 0x12, 0x34);
    assert.deepEqual(command(0x05, 0), [0, 0]);
    assert.deepEqual(command(0x03, 0, 1, 0xff, 0, 0).slice(4), [0x12, 0xff]);
    assert.equal(flash.peek(0x100), 0x34, 'wraps in its page');
    assert.deepEqual(command(0x0b, 0, 1, 0xff, 0, 0).slice(5), [0x12]);
    command(0x06);
    command(0x20, 0, 1, 0);
    assert.equal(flash.peek(0x1ff), 0xff);
    command(0x06);
    command(0x02, 1, 0, 0, 0);
    command(0x06);
    command(0xd8, 1, 0, 0);
    assert.equal(flash.peek(0x10000), 0xff);
    command(0x06);
    command(0x02, 1, 0, 0, 0);
    command(0x06);
    command(0xc7);
    assert.equal(flash.peek(0x10000), 0xff);
  });

  it('parallel flash: identifies itself, programs, erases', () => {
    const board = new TestBoard();
    const FLASH = 0xe2000000;
    const write = (...pairs: [number, number][]): void =>
      pairs.forEach(([offset, value]) => board.write(FLASH + offset, value, 1));
    assert.equal(board.read(FLASH), 0);
    write([0x555, 0xaa], [0x2aa, 0x55], [0x555, 0x90]);
    assert.deepEqual([board.read(FLASH, 1), board.read(FLASH + 1, 1)], [0x66, 0x22]);
    write([0, 0xf0], [0x55, 0x98]);
    assert.equal(String.fromCharCode(...[0x10, 0x11, 0x12].map((o) => board.read(FLASH + o, 1))), 'QRY');
    write([0, 0xf0], [0x555, 0xaa], [0x2aa, 0x55], [0x555, 0x80], [0x555, 0xaa], [0x2aa, 0x55], [0x20000, 0x30]);
    assert.deepEqual([board.read(FLASH + 0x1fffc), board.read(FLASH + 0x20000)], [0, 0xffffffff]);
    write([0x555, 0xaa], [0x2aa, 0x55], [0x555, 0xa0], [0x20001, 0x5a]);
    assert.equal(board.read(FLASH + 0x20000), 0xffff5aff);
    write([0x10, 0x77]);
    assert.match(board.messages[0], /pflash: unexpected command 0x77 at offset 0x10/);
  });

  it('usb: resets and runs', () => {
    const board = new TestBoard();
    const USB = 0xe0002140;
    board.write(USB + 8, 0x3f);
    board.write(USB, 2);
    assert.deepEqual(
      [0, 4, 8].map((o) => board.read(USB + o)),
      [0x80000, 0x1000, 0],
    );
    board.write(USB, 1);
    assert.equal(board.read(USB + 4), 0);
    assert.equal(board.read(USB, 1), 0, 'only whole words');
    assert.deepEqual([board.read(0xe0002100, 1), board.read(0xe0002102, 2)], [0x40, 0x100]);
  });
});

describe('L2C-310', () => {
  const L2C = 0xf8f02000;

  it('is there only when asked for', () => {
    assert.equal(new TestBoard().board.space.find(L2C), undefined);
  });

  it('answers as on QEMU: identification, control, operations that are done at once', () => {
    const board = new TestBoard({ l2c: true });
    const values = (...offsets: number[]): number[] => offsets.map((offset) => board.read(L2C + offset));
    assert.deepEqual(values(0, 4, 0x100, 0x104, 0x730, 0x77c), [0x410000c8, 0x1c100100, 0, 0x02020000, 0, 0]);
    for (let offset = 0; offset < 0x1000; offset += 4) board.write(L2C + offset, 0xffffffff);
    // Measured on realview-pbx-a9, which has the controller: all others read 0.
    const written = [0, 4, 0x100, 0x104, 0x108, 0x10c, 0xc00, 0xc04];
    const expected = [0x410000c8, 0x1c100100, 1, ...written.slice(3).map(() => 0xffffffff)];
    assert.deepEqual(values(...written), expected);
    for (let offset = 0; offset < 0x1000; offset += 4) {
      if (!written.includes(offset)) assert.equal(board.read(L2C + offset), 0, offset.toString(16));
    }
    assert.equal(board.read(L2C, 1), 0xc8);
    assert.deepEqual(board.maintenance, [
      'CacheSync',
      'InvalidateByPA',
      'InvalidateByWay',
      'CleanByPA',
      'CleanByIndexWay',
      'CleanByWay',
      'CleanInvalidateByPA',
      'CleanInvalidateByIndexWay',
      'CleanInvalidateByWay',
    ]);
  });
});
