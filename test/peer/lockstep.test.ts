import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lockstep } from '../fidelity/lockstep';
import { readElf } from './elf.mjs';
import type { Program } from './expect.mjs';
import { runOurs } from './run-ours';

/*
 * Lockstep finds what is wrong on our side: a register or a word of memory changed behind its back, an instruction that is
 * another one. In programs that behave alike it finds nothing.
 */

const program = (name: string): Program => ({ name, elf: `test/programs/${name}.elf` });

/** The instructions and stores of a program's first `events` events, in order. */
async function eventsOf(of: Program, events: number): Promise<string[]> {
  const { log } = await runOurs({ ...of, plugins: [`trace.ts,text=on,limit=${events}`] });
  return log.split('\n').filter((line) => /^[IS] /.test(line));
}

const VICTIM = 'crc-a32-O1';

describe('lockstep with QEMU', function () {
  this.timeout(180_000);

  it('finds nothing in a program that does the same', async () => {
    const same = program('nothing-a32');
    const { stepped, skipped, difference } = await lockstep({ qemu: same, ours: same, everyStep: true });
    assert.equal(difference, undefined);
    assert.equal(skipped, 0);
    assert.ok(stepped > 100);
  });

  it('finds nothing in floating point that does the same', async () => {
    const same = program('vfp-system-a32');
    const { difference, stepped } = await lockstep({ qemu: same, ours: same, everyStep: true, limit: 1500 });
    assert.equal(difference, undefined);
    assert.equal(stepped, 1500);
  });

  it('stops at the instruction behind which a register is wrong', async () => {
    const same = program(VICTIM);
    const { stepped, difference } = await lockstep({
      qemu: same,
      ours: same,
      everyStep: true,
      disturb: async (step, engine) => {
        if (step === 100) await engine.writeRegister(0, 'r11', 0x12345678);
      },
    });
    assert.equal(stepped, 101);
    assert.match(difference ?? '', /^instruction 100 differs: [0-9a-f]{8} [0-9a-f]{8} \w/);
    assert.match(difference ?? '', /^ {4}r11 +[0-9a-f]{8} +12345678$/m);
  });

  it('stops at the store behind which memory is wrong', async () => {
    const same = program(VICTIM);
    const events = await eventsOf(same, 5000);
    const store = events.findIndex((line) => line.startsWith('S '));
    const step = events.slice(0, store).length - 1;
    const address = parseInt(events[store].split(' ')[1], 16);
    const { difference } = await lockstep({
      qemu: same,
      ours: same,
      everyStep: true,
      disturb: async (at, engine) => {
        if (at !== step) return;
        const [byte] = await engine.readMemory(address, 1);
        await engine.writeMemory(address, Uint8Array.of(byte ^ 1));
      },
    });
    assert.match(difference ?? '', new RegExp(`^instruction ${step} differs: `));
    assert.match(difference ?? '', new RegExp(`^ {4}\\[${address.toString(16).padStart(8, '0')}\\], bytes `, 'm'));
  });

  it('runs freely to shortly before an instruction that is another one', async () => {
    const same = program(VICTIM);
    const events = (await eventsOf(same, 200_000)).filter((line) => line.startsWith('I '));
    const first = new Map<string, number>();
    events.forEach((line, n) => first.has(line) || first.set(line, n));
    // The ADD of an immediate that is first executed last, made a SUB.
    const additions = [...first].filter(([line]) => /^I [0-9a-f]{8} e28[0-9a-f]{5}$/.test(line));
    const [line, index] = additions.reduce((a, b) => (b[1] > a[1] ? b : a));
    const address = parseInt(line.split(' ')[1], 16);
    const bytes = readFileSync(same.elf);
    const segment = readElf(same.elf).segments.find(
      (s) => address >= s.address && address < s.address + s.bytes.length,
    );
    assert.ok(segment);
    const folder = mkdtempSync(path.join(tmpdir(), 'wrong-'));
    try {
      const where = bytes.indexOf(segment.bytes) + address - segment.address;
      bytes.writeUInt32LE((0xe2400000 | (parseInt(line.split(' ')[2], 16) & 0xfffff)) >>> 0, where);
      const elf = path.join(folder, 'wrong.elf');
      writeFileSync(elf, bytes);
      const { difference, skipped, stepped } = await lockstep({ qemu: same, ours: { ...same, elf } });
      assert.match(difference ?? '', new RegExp(`^instruction ${index} differs: ${line.split(' ')[1]} `));
      assert.ok(skipped > 0 && stepped < 4000, `${skipped} instructions skipped, ${stepped} stepped`);
      assert.equal(skipped + stepped, index + 1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
