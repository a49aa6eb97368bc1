import assert from 'node:assert/strict';
import { EXIT } from './plugin-source';
import { codeConfig, programConfig, Session } from './session';

/** The rows of the report's table that starts with the column. */
function table(log: string, column: string): string[][] {
  const lines = log.split('\n');
  const header = lines.findIndex((line) => line.startsWith(`${column}, `));
  const end = lines.indexOf('', header);
  return lines.slice(header + 1, end).map((line) => line.split(', '));
}

const sum = (rows: string[][], column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);

describe('libcachesim.so on a program', () => {
  let log: string;
  before(async function () {
    this.timeout(120_000);
    const same = 'icachesize=2048,iassoc=2,iblksize=32,dcachesize=2048,dassoc=4,dblksize=32,limit=1000';
    const plugins = [{ spec: `libcachesim.so,maintenance=off,${same}` }, { spec: `libcache.so,${same}` }];
    const session = await Session.start(programConfig('matmul', { plugins }));
    const ending = await session.run();
    assert.equal(ending.kind, 'exited');
    log = session.pluginLog;
  });

  it("counts what QEMU's plugin counts, and tells why", () => {
    const [l1i, l1d] = table(log, 'cache');
    const qemu = /^0 +(\d+) +(\d+) +\S+ +(\d+) +(\d+) /m.exec(log)!.slice(1);
    assert.deepEqual([l1d[2], l1d[3], l1i[2], l1i[3]], qemu);
    assert.ok(Number(l1d[3]) > 1000);
    for (const row of [l1i, l1d]) {
      assert.equal(
        row.slice(5, 9).reduce((total, count) => total + Number(count), 0),
        Number(row[3]),
      );
    }
  });

  it('obeys what the guest asks of its caches, unless told not to', async () => {
    const misses = async (options: string): Promise<number> => {
      const code = [
        0xe3a01601, // mov r1, #0x100000
        0xe5910000, // ldr r0, [r1]
        0xee071f36, // mcr p15, 0, r1, c7, c6, 1: DCIMVAC
        0xe5910000, // ldr r0, [r1]
        ...EXIT,
      ];
      const session = await Session.start(codeConfig(code, { plugins: [{ spec: `libcachesim.so${options}` }] }));
      await session.run();
      const [statistics] = await session.engine.statistics(0);
      assert.equal(statistics.maintenance, options ? 0 : 1);
      return statistics.levels.find(({ name }) => name === 'L1D')!.loads.misses;
    };
    assert.equal((await misses('')) - (await misses(',maintenance=off')), 1);
  });

  it('adds up by function and by source line', () => {
    const [l1i, l1d] = table(log, 'cache');
    const [[instructions, cycles]] = table(log, 'instructions');
    const [functions, lines] = [table(log, 'function'), table(log, 'line')];
    for (const rows of [functions, lines]) {
      assert.equal(sum(rows, 1), Number(instructions));
      assert.equal(sum(rows, 2) + sum(rows, 3), Number(l1d[2]));
      assert.deepEqual([sum(rows, 4), sum(rows, 5)], [Number(l1i[3]), Number(l1d[3])]);
      assert.equal(sum(rows, 8), Number(cycles));
    }
    assert.ok(functions.some(([name]) => name === 'main'));
    assert.ok(lines.some(([name]) => /main\.c:\d+$/.test(name)));
  });
});
