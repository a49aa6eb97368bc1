import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { NodeSemihostingHost } from '../../../../src/adapter/node/semihosting-host';
import { ERRNO, type HostError } from '../../../../src/emulator/semihosting/errno';
import { Sandbox } from '../../../../src/emulator/semihosting/sandbox';

const READ = { read: true, write: false, create: false, truncate: false };
const CREATE = { read: true, write: true, create: true, truncate: true };
const UPDATE = { read: true, write: true, create: true, truncate: false };

describe('semihosting on Node', () => {
  let top: string;
  let root: string;
  const host = new NodeSemihostingHost();
  const fails = (errno: number, call: () => unknown) =>
    assert.throws(call, (error: HostError) => error.errno === errno);

  beforeEach(() => {
    top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'semihosting-')));
    root = path.join(top, 'root');
    fs.mkdirSync(path.join(root, 'sub'), { recursive: true });
    fs.writeFileSync(path.join(top, 'secret'), 'secret');
  });
  afterEach(() => fs.rmSync(top, { recursive: true }));

  it('reads, writes, truncates', () => {
    const name = path.join(root, 'f');
    let file = host.open(name, CREATE);
    assert.equal(host.write(file, 0, Buffer.from('hello')), 5);
    assert.equal(host.write(file, 7, Buffer.from('x')), 1);
    assert.equal(host.length(file), 8);
    const buffer = new Uint8Array(10);
    assert.equal(host.read(file, 1, buffer), 7);
    assert.equal(Buffer.from(buffer.subarray(0, 4)).toString(), 'ello');
    host.close(file);
    file = host.open(name, UPDATE);
    host.write(file, 8, Buffer.from('!'));
    assert.equal(host.length(file), 9);
    host.close(file);
    file = host.open(name, CREATE);
    assert.equal(host.length(file), 0);
    host.close(file);
    fails(ERRNO.EBADF, () => host.close(file));
  });

  it('gives error numbers', () => {
    fails(ERRNO.ENOENT, () => host.open(path.join(root, 'none'), READ));
    fails(ERRNO.EISDIR, () => host.open(root, CREATE));
    fails(ERRNO.ENOTDIR, () => host.open(path.join(top, 'secret', 'x'), READ));
    fails(ERRNO.ENOENT, () => host.remove(path.join(root, 'none')));
    fails(ERRNO.ENOENT, () => host.rename(path.join(root, 'none'), path.join(root, 'x')));
    fails(ERRNO.ENOENT, () => host.realpath(path.join(root, 'none')));
    fs.writeFileSync(path.join(root, 'sub', 'x'), '');
    fails(ERRNO.ENOTEMPTY, () => host.remove(path.join(root, 'sub')));
  });

  it('does not hang on a pipe', function () {
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    fails(ERRNO.EACCES, () => host.open(path.join(root, 'pipe'), READ));
  });

  it('does not leave the sandbox through a symbolic link', () => {
    const box = new Sandbox(root, host);
    fs.symlinkSync(path.join(top, 'secret'), path.join(root, 'file-link'));
    fs.symlinkSync(top, path.join(root, 'folder-link'));
    fs.symlinkSync(path.join(root, 'sub'), path.join(root, 'inner-link'));
    fs.symlinkSync(path.join(top, 'not-yet'), path.join(root, 'dangling'));
    fails(ERRNO.EACCES, () => box.resolve('file-link'));
    fails(ERRNO.EACCES, () => box.resolve('folder-link/secret'));
    fails(ERRNO.EACCES, () => box.resolve('folder-link/new'));
    fails(ERRNO.EACCES, () => box.resolveEntry('folder-link/secret'));
    assert.equal(box.resolve('inner-link/new'), path.join(root, 'sub', 'new'));
    assert.throws(() => host.open(box.resolve('dangling'), CREATE));
    assert.equal(fs.existsSync(path.join(top, 'not-yet')), false);
    host.remove(box.resolveEntry('file-link'));
    assert.equal(fs.readFileSync(path.join(top, 'secret'), 'utf8'), 'secret');
    assert.equal(fs.existsSync(path.join(root, 'file-link')), false);
  });

  it('works under a root that is itself a link', () => {
    const alias = path.join(top, 'alias');
    fs.symlinkSync(root, alias);
    assert.equal(new Sandbox(alias, host).resolve('new'), path.join(root, 'new'));
  });
});
