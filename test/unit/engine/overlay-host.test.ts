import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OverlayHost } from '../../../src/adapter/engine/overlay-host';
import { NodeSemihostingHost } from '../../../src/adapter/node/semihosting-host';
import { ERRNO, HostError } from '../../../src/emulator/semihosting/errno';

const READ = { read: true, write: false, create: false, truncate: false };
const WRITE = { read: false, write: true, create: true, truncate: true };
const APPEND = { read: true, write: true, create: true, truncate: false };

describe('files of an isolated guest', () => {
  let folder: string;
  let host: OverlayHost;
  const at = (name: string): string => path.join(folder, name);
  const fails = (errno: number, action: () => unknown): void => {
    assert.throws(action, (error) => error instanceof HostError && error.errno === errno);
  };
  const put = (name: string, flags: typeof READ, position: number, text: string): void => {
    const file = host.open(at(name), flags);
    assert.equal(host.write(file, position, Buffer.from(text)), text.length);
    host.close(file);
  };
  const get = (name: string): string => {
    const file = host.open(host.realpath(at(name)), READ);
    const bytes = new Uint8Array(host.length(file));
    assert.equal(host.read(file, 0, bytes), bytes.length);
    host.close(file);
    return Buffer.from(bytes).toString();
  };
  const changes = () =>
    host.changes.map((one) => [path.basename(one.path), one.bytes && String(Buffer.from(one.bytes))]);

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tcgscope-overlay-')));
    writeFileSync(at('there'), 'was there before');
    host = new OverlayHost(new NodeSemihostingHost(), 1234, 100_000);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('what is there is read; what is written is for the guest alone', () => {
    assert.equal(get('there'), 'was there before');
    assert.deepEqual(changes(), []);
    put('new', WRITE, 3, 'abc');
    put('there', APPEND, 4, 'IS');
    assert.equal(get('new'), '\0\0\0abc');
    assert.equal(get('there'), 'was ISere before');
    put('there', WRITE, 0, 'x');
    assert.deepEqual(changes(), [
      ['new', '\0\0\0abc'],
      ['there', 'x'],
    ]);
    assert.equal(readFileSync(at('there'), 'utf8'), 'was there before');
    assert.ok(!existsSync(at('new')));
  });

  it('who has a file open sees what another handle writes', () => {
    const reader = host.open(at('there'), READ);
    put('there', APPEND, 0, 'now');
    const bytes = new Uint8Array(3);
    host.read(reader, 0, bytes);
    assert.equal(String(Buffer.from(bytes)), 'now');
    fails(ERRNO.EBADF, () =>
      host.write(host.open(at('missing-then'), { ...READ, create: true, write: false }), 0, bytes),
    );
  });

  it('removes and renames', () => {
    put('new', WRITE, 0, 'abc');
    host.rename(at('new'), at('other'));
    fails(ERRNO.ENOENT, () => host.realpath(at('new')));
    assert.equal(get('other'), 'abc');
    host.rename(at('there'), at('other'));
    assert.equal(get('other'), 'was there before');
    fails(ERRNO.ENOENT, () => host.open(at('there'), READ));
    fails(ERRNO.ENOENT, () => host.remove(at('there')));
    assert.deepEqual(changes(), [
      ['other', 'was there before'],
      ['there', null],
    ]);
    host.remove(at('other'));
    put('there', { ...WRITE }, 0, 'again');
    assert.deepEqual(changes(), [['there', 'again']]);
    assert.equal(readFileSync(at('there'), 'utf8'), 'was there before');
  });

  it('refuses what folders are for, and too much', () => {
    mkdirSync(at('folder'));
    fails(ERRNO.EISDIR, () => host.remove(at('folder')));
    fails(ERRNO.EISDIR, () => host.rename(at('there'), at('folder')));
    fails(ERRNO.EISDIR, () => host.open(at('folder'), WRITE));
    fails(ERRNO.ENOENT, () => host.open(at('nowhere/file'), READ));
    fails(ERRNO.ENOSPC, () => put('new', WRITE, 99_999, 'ab'));
    put('new', WRITE, 99_900, 'ab');
    fails(ERRNO.ENOSPC, () => put('more', WRITE, 0, 'abc'.repeat(2000)));
  });

  it('finds a new file through a link to its folder', () => {
    mkdirSync(at('folder'));
    symlinkSync(at('folder'), at('link'));
    put('folder/new', WRITE, 0, 'abc');
    assert.equal(host.realpath(at('link/new')), at('folder/new'));
    assert.equal(get('link/new'), 'abc');
  });

  it('has one time', () => assert.equal(host.timeSeconds(), 1234));
});
