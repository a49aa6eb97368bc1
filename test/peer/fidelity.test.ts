import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { classOf, CLASS_NAMES } from './stream/classes';
import { compare, describeDifference } from './stream/compare';
import { ROWS, streamRows, take } from './stream/generate';
import { EXCLUDED } from './stream/recipes';

/*
 * The fidelity harness itself: that it finds an instruction which does something else here, knows every decode row, and says
 * what it found in the form that others read. What it finds on the product is the stage `fidelity` of npm test.
 */

describe('the fidelity harness', function () {
  this.timeout(180_000);

  for (const [name, index] of [
    ['integer', 77],
    ['system', 90],
  ] as const) {
    it(`names the ${name} instruction that is another one on our side`, async () => {
      const items = take('a32', 5, 128, { class: name });
      const one = { isa: 'a32', row: 'ADD_imm_A1', base: 15, index: 15, align: 0, writes: false, mode: 0x1f } as const;
      const [right, wrong] = [0xe2833001, 0xe2833002].map((word) => ({ ...one, words: [{ word, size: 4 as const }] }));
      const [qemuItems, ourItems] = [right, wrong].map((item) => items.with(index, item));
      const options = { seed: 5, rounds: 2, system: name === 'system', ourItems };
      const { differing, differences } = await compare(qemuItems, options);
      assert.equal(differing, 2);
      assert.equal(differences.length, 1);
      const [difference] = differences;
      assert.equal(64 * Math.floor(difference.round / 2) + difference.item, index);
      assert.equal(difference.row, 'ADD_imm_A1');
      const { qemu, ours } = difference.words.find((word) => word.name === 'r3')!;
      assert.equal((parseInt(ours, 16) - parseInt(qemu, 16)) >>> 0, 1);
      const text = describeDifference(difference, 'command');
      assert.match(text, /^ {4}add r3, r3, #1$/m);
      assert.match(text, /again: command --round \d+$/m);
    });
  }

  it('has a class for every row, and rows for every class', () => {
    for (const isa of ['a32', 't32'] as const) {
      for (const name of CLASS_NAMES) assert.ok(streamRows(isa, { class: name }).length >= 16, `${isa} ${name}`);
      const inClasses = CLASS_NAMES.reduce((sum, name) => sum + streamRows(isa, { class: name }).length, 0);
      assert.equal(inClasses, ROWS[isa].filter((row) => !(row.name in EXCLUDED)).length);
    }
  });

  it('leaves out only rows that exist', () => {
    const names = new Set(Object.values(ROWS).flatMap((rows) => rows.map(({ name }) => name)));
    const unknown = Object.keys(EXCLUDED).filter((name) => !names.has(name));
    assert.deepEqual(unknown, []);
    const systemOnly = Object.values(ROWS).flatMap((rows) => rows.filter((row) => row.name in EXCLUDED).map(classOf));
    assert.deepEqual([...new Set(systemOnly)], ['system']);
  });

  it('prints one object of JSON, and all else on standard error', () => {
    const args = ['scripts/fidelity.mjs', '--json', '--cases', '2000', '--class', 'media', '--class', 'neon-data'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const { classes } = JSON.parse(stdout) as { classes: { name: string; cases: number; differences: number }[] };
    assert.deepEqual(
      classes.map(({ name, differences }) => [name, differences]),
      [
        ['media', 0],
        ['neon-data', 0],
      ],
    );
    for (const { cases } of classes) assert.ok(cases >= 2000);
    assert.match(stderr, /^media: \d+ cases, 0 differences, \d+ different instructions, rows A32 \d+\/84/m);
  });

  it('says what is wrong with its options', () => {
    const failed = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/fidelity.mjs', ...args], {
        encoding: 'utf8',
      });
      assert.equal(status, 2);
      assert.equal(stdout, '');
      return stderr;
    };
    assert.match(failed('--class', 'integers'), /^--class integers: there is no such class\nusage: /);
    assert.match(failed('--cases', '1.5'), /^--cases 1\.5: not a positive whole number\nusage: /);
    assert.match(failed('lockstep', 'missing.elf'), /^missing\.elf: there is no such file\n/);
    assert.match(failed('lockstep'), /^usage: /);
  });
});
