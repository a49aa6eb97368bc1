import assert from 'node:assert/strict';
import { LogOptionError, QemuLog, logFileName, parseLogItems, type LogOptions } from '../../../src/plugin/log';

function run(options: Omit<LogOptions, 'pid'>) {
  const files = new Map<string, string>([['old', 'text of an earlier run']]);
  let stderr = '';
  const log = new QemuLog(
    { ...options, pid: 42 },
    {
      stderr: (text) => (stderr += text),
      openFile(path) {
        if (path.startsWith('/no/')) throw new Error('No such file or directory');
        files.set(path, '');
        return {
          write: (text) => files.set(path, files.get(path) + text),
          close: () => files.set(path, `${files.get(path)}|`),
        };
      },
    },
  );
  log.write('plugin', 'a\n');
  log.write('unimp', 'U');
  log.write('plugin', 'b');
  log.close();
  return { stderr, files: Object.fromEntries(files) };
}

const old = 'text of an earlier run';

describe('the log', () => {
  it('drops plugin output without -d plugin', () => assert.deepEqual(run({}), { stderr: '', files: { old } }));
  it('goes to stderr, verbatim', () => assert.equal(run({ items: 'plugin' }).stderr, 'a\nb'));
  it('goes to the -D file alone, which is truncated', () =>
    assert.deepEqual(run({ items: 'plugin', file: 'old' }), { stderr: '', files: { old: 'a\nb|' } }));
  it('makes the -D file even without -d', () => assert.deepEqual(run({ file: 'f' }).files, { old, f: '|' }));
  it('shows only the items asked for', () => assert.equal(run({ items: 'unimp,guest_errors' }).stderr, 'U'));
  it('puts the process id for %d', () =>
    assert.equal(run({ items: 'plugin', file: 'l-%d.txt' }).files['l-42.txt'], 'a\nb|'));

  it('refuses what QEMU refuses', () => {
    for (const template of ['a%d%d', 'a%x', 'a%%', '%']) {
      assert.throws(() => logFileName(template, 1), { message: `Bad logfile template: ${template}` });
    }
    assert.throws(() => run({ items: 'plugin', file: '/no/f' }), {
      message: 'Error opening logfile /no/f: No such file or directory',
    });
    assert.throws(
      () => parseLogItems('plugin,bogus'),
      (error: Error) => {
        assert(error instanceof LogOptionError);
        return (
          error.message.startsWith("-d plugin,bogus: no log item 'bogus'. Log items") &&
          error.message.includes('plugin ')
        );
      },
    );
  });
});
