import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readElf } from './elf.mjs';
import { exitSymbol, parseTrace, programs, words, type Program, type TraceLine } from './expect.mjs';
import { firstDifference } from './first-difference';
import { runOurs, type OurRun } from './run-ours';
import { registersAtEnd, runQemu, type QemuRegisters, type QemuRun } from './run-qemu.mjs';

/*
 * Every program of test/programs and the sample, on QEMU and on our emulator, with the same plugins: a native one there
 * is one of ours here. Both machines are asked live; the record of what QEMU did before is checked against it, too.
 */

const SMALL_CACHES =
  'evict=fifo,l2=on,dcachesize=1024,dassoc=2,dblksize=32,icachesize=512,iassoc=1,l2cachesize=4096,l2assoc=4,limit=200';

/** The CPSR's bit for T32. */
const THUMB = 0x20;

/** Programs whose caches are compared in a second geometry and with another eviction as well. */
const IN_SMALL_CACHES = new Set([
  'sort-a32-O0',
  'sort-t32-O3',
  'strings-newlib-t32-O1',
  'exceptions-a32',
  'selfmod-a32',
]);

/** The arguments of the tutorial's cache model: where the program's code begins and ends. */
function textBounds(elf: string): string {
  const text = readElf(elf).section('.text');
  assert.ok(text, `${elf} has no .text`);
  return [text.address, text.address + text.size].map((at) => `arg=0x${at.toString(16)}`).join(',');
}

interface Output {
  readonly counts: string;
  readonly trace: TraceLine;
  readonly qemuCache: string;
  readonly tutorialCache: string;
}

/** The plugins' output of a session, or of two that together have all plugins. The last plugin loaded prints first. */
function parseLog(log: string): Output {
  const match = /^(tbs: inline.*?)^(trace: [^\n]*\n)(core #.*?)^(insn count:.*)$/ms.exec(log);
  assert.ok(match, `the plugins' output cannot be told apart: ${log}`);
  const [, counts, trace, qemuCache, tutorialCache] = match;
  return { counts, trace: parseTrace(trace), qemuCache, tutorialCache };
}

/** What counts.c prints, without the numbers of blocks. */
function withoutBlocks(counts: string): string {
  return counts.replaceAll(/^(?:tbs|translated):.*\n|, by block \d+/gm, '');
}

interface Both<T> {
  readonly qemu: T;
  readonly ours: T;
}

interface Session extends Both<Output> {
  readonly qemuRun: QemuRun;
  readonly qemuRegisters: QemuRegisters;
  readonly ourRun: OurRun;
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

let directory: string;
before(() => (directory = mkdtempSync(path.join(tmpdir(), 'programs-'))));
after(() => rmSync(directory, { recursive: true, force: true }));

/** A folder of its own for the guest's files. */
function folder(): { cwd: string } {
  const cwd = mkdtempSync(path.join(directory, 'run-'));
  mkdirSync(cwd, { recursive: true });
  return { cwd };
}

async function runSession(program: Program): Promise<Session> {
  const bounds = textBounds(program.elf);
  // Two sessions: with the callbacks of all plugins QEMU's code for a long block gets too large, and it cuts the block.
  const [qemuRun, qemuCaches, qemuRegisters, ourRun] = await Promise.all([
    runQemu({ ...program, ...folder(), plugins: ['trace,tb=on,values=on,hash=on', 'counts'] }),
    runQemu({ ...program, ...folder(), plugins: [`cache-tutorial,${bounds}`, 'cache-qemu'] }),
    registersAtEnd({ ...program, ...folder() }, exitSymbol(program.elf)),
    runOurs({
      ...program,
      ...folder(),
      plugins: [`libcache.so,${bounds}`, './libcache.so', 'trace.ts', 'counts.ts'],
    }),
  ]);
  assert.equal(qemuRun.timedOut || qemuCaches.timedOut, false, 'QEMU did not end');
  const qemu = parseLog(utf8(qemuRun.log + qemuCaches.log));
  return { qemuRun, qemuRegisters, ourRun, qemu, ours: parseLog(ourRun.log) };
}

type Recorded = Readonly<Record<'exit' | 'insns' | 'loads' | 'stores' | 'tbs' | 'execs', number>> &
  Readonly<Record<'trace' | 'blocks' | 'registers', string>>;
const recorded = JSON.parse(readFileSync('test/programs/expected.json', 'utf8')) as Readonly<Record<string, Recorded>>;

for (const program of programs()) {
  const { name } = program;
  describe(`${name}, on QEMU and here`, function () {
    this.timeout(180_000);
    let session: Session;
    before(async () => (session = await runSession(program)));

    it('exit code', () => assert.equal(session.ourRun.exit, session.qemuRun.code));

    it('console output', () => assert.equal(session.ourRun.output, session.qemuRun.stdout + session.qemuRun.stderr));

    it('executed instructions', async () => {
      const { qemu, ours } = session;
      const of = ({ trace: { insns, plain } }: Output): object => ({ insns, hash: plain });
      if (qemu.trace.plain !== ours.trace.plain) assert.deepEqual(of(ours), of(qemu), await firstDifference(program));
      assert.deepEqual(of(ours), of(qemu));
    });

    it('memory accesses and their values', () => {
      const of = ({ trace: { loads, stores, memory } }: Output): object => ({ loads, stores, hash: memory });
      assert.deepEqual(of(session.ours), of(session.qemu));
    });

    // With -icount QEMU runs each access to a device again in a block of its own, so that its blocks are not the guest's.
    if (!program.icount) {
      it('blocks translated and executed', () => {
        const of = ({ trace: { tbs, execs, hash } }: Output): object => ({ tbs, execs, hash });
        assert.deepEqual(of(session.ours), of(session.qemu));
      });
    }

    it('counts by callback and by inline addition', () => {
      const of = ({ counts }: Output): string => (program.icount ? withoutBlocks(counts) : counts);
      assert.equal(of(session.ours), of(session.qemu));
    });

    it("statistics of the tutorial's cache model", () =>
      assert.equal(session.ours.tutorialCache, session.qemu.tutorialCache));

    it("statistics of QEMU's cache model", () => assert.equal(session.ours.qemuCache, session.qemu.qemuCache));

    it('registers at the end', () => {
      // QEMU shows them before the call that ends the program, we behind it.
      const { pc, cpsr } = session.qemuRegisters;
      const size = cpsr & THUMB ? 2 : 4;
      assert.deepEqual(session.ourRun.registers, { ...session.qemuRegisters, pc: pc + size });
    });

    it('no warnings of ours', () => assert.deepEqual(session.ourRun.notices, []));

    if (IN_SMALL_CACHES.has(name)) {
      it("statistics of QEMU's cache model with small caches, first in first out", async () => {
        const [qemu, ours] = await Promise.all([
          runQemu({ ...program, ...folder(), plugins: [`cache-qemu,${SMALL_CACHES}`] }),
          runOurs({ ...program, ...folder(), plugins: [`libcache.so,${SMALL_CACHES}`] }),
        ]);
        assert.notEqual(qemu.log, '');
        assert.equal(ours.log, utf8(qemu.log));
      });
    }

    it('QEMU does what it was recorded to do', () => {
      const { code, stdout, stderr } = session.qemuRun;
      const { insns, loads, stores, tbs, execs, plain, hash } = session.qemu.trace;
      const registers = words(session.qemuRegisters);
      assert.deepEqual(
        { exit: code, insns, loads, stores, tbs, execs, trace: plain, blocks: hash, registers },
        recorded[name],
      );
      assert.equal(stdout + stderr, readFileSync(`test/programs/${name}.out`, 'latin1'));
    });
  });
}
