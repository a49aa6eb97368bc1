import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

describe('board', function () {
  this.timeout(240_000);

  it("reads the same from every device register as QEMU's board, after the same accesses", () => {
    const script = path.join(process.cwd(), 'test/peer/board/compare.mjs');
    const run = spawnSync(process.execPath, [script, '--rounds', '1'], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    const [, compared, different] = /(\d+) values compared, (\d+) different/.exec(run.stdout) ?? [];
    assert.ok(Number(compared) > 20_000, run.stdout);
    assert.equal(different, '0');
  });
});
