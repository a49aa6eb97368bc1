import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOurs } from './run-ours';

/*
 * The statistics that plugins print, ours against native ones in QEMU, byte by byte: both cache models, and counts by
 * inline addition and by callback. Several plugins run at once, so that the order of their output is compared, too.
 */

const TEXT = 'arg=0x100000,arg=0x108000';
const SMALL_CACHES =
  'evict=fifo,l2=on,dcachesize=1024,dassoc=2,dblksize=32,icachesize=512,iassoc=1,l2cachesize=4096,l2assoc=4,limit=200';

/** Plugins of one session, in QEMU and here. A library can be in a QEMU process once only. */
const SESSIONS: { readonly native: string[]; readonly ours: string[] }[] = [
  {
    native: [`cache-tutorial,${TEXT}`, 'cache-qemu', 'counts'],
    ours: [`libcache.so,${TEXT}`, './libcache.so', 'counts.ts'],
  },
  { native: [`cache-qemu,${SMALL_CACHES}`], ours: [`libcache.so,${SMALL_CACHES}`] },
];

/** Not startup-a32, whose DCISWs empty lines: a native plugin of this API version cannot read their register. */
const PROGRAMS = [
  'samples/matmul/matmul.elf',
  'test/programs/sort-a32-O0.elf',
  'test/programs/sort-t32-O3.elf',
  'test/programs/strings-newlib-t32-O1.elf',
  'test/programs/exceptions-a32.elf',
  'test/programs/unaligned-t32-O2.elf',
  'test/programs/interwork-O2.elf',
  'test/programs/selfmod-a32.elf',
];

/** The plugin log of QEMU's run. */
function nativeLog(options: { elf: string; cwd: string; plugins: readonly string[] }): string {
  const script = `
    import { runQemu } from './test/peer/run-qemu.mjs';
    const { log, timedOut, stderr } = await runQemu(JSON.parse(process.argv[1]));
    console.log(JSON.stringify({ log, timedOut, stderr }));`;
  const command = ['--input-type=module', '-e', script, JSON.stringify({ ...options, elf: path.resolve(options.elf) })];
  const text = execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const result = JSON.parse(text) as { log: string; timedOut: boolean; stderr: string };
  assert.equal(result.timedOut, false, result.stderr);
  assert.notEqual(result.log, '', result.stderr);
  return Buffer.from(result.log, 'latin1').toString('utf8');
}

describe('plugins print what their native peers print in QEMU', function () {
  this.timeout(180_000);
  for (const elf of PROGRAMS) {
    it(path.basename(elf), async () => {
      const cwd = mkdtempSync(path.join(tmpdir(), 'ours-'));
      try {
        for (const { native, ours } of SESSIONS) {
          const expected = nativeLog({ elf, cwd, plugins: native });
          const run = await runOurs({ elf, cwd, plugins: ours });
          assert.deepEqual(run.notices, []);
          assert.equal(run.log, expected);
        }
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    });
  }
});
