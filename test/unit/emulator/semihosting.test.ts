import assert from 'node:assert/strict';
import { ERRNO, HostError } from '../../../src/emulator/semihosting/errno';
import type { OpenFlags, SemihostingHost, SemihostingMemory } from '../../../src/emulator/semihosting/host';
import { Sandbox } from '../../../src/emulator/semihosting/sandbox';
import { Semihosting, SemihostingOp as Op } from '../../../src/emulator/semihosting/semihosting';

/** Files in a map; no links, no folders but the root. */
class MemoryHost implements SemihostingHost {
  readonly files = new Map<string, Uint8Array>();
  private readonly open_: string[] = [];
  links: Record<string, string> = {};
  realpath(path: string): string {
    for (const [from, to] of Object.entries(this.links))
      if (path === from || path.startsWith(`${from}/`)) return to + path.slice(from.length);
    if (this.files.has(path) || path === '/work dir' || path === '/work dir/sub') return path;
    throw new HostError(ERRNO.ENOENT);
  }
  open(path: string, flags: OpenFlags): number {
    if (!this.files.has(path)) {
      if (!flags.create) throw new HostError(ERRNO.ENOENT);
      this.files.set(path, new Uint8Array());
    }
    if (flags.truncate) this.files.set(path, new Uint8Array());
    return this.open_.push(path) - 1;
  }
  close(): void {}
  private path(file: number): string {
    return this.open_[file];
  }
  private bytes(file: number): Uint8Array {
    return this.files.get(this.path(file)) ?? new Uint8Array();
  }
  read(file: number, position: number, into: Uint8Array): number {
    const part = this.bytes(file).subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }
  write(file: number, position: number, data: Uint8Array): number {
    const old = this.bytes(file);
    const grown = new Uint8Array(Math.max(old.length, position + data.length));
    grown.set(old);
    grown.set(data, position);
    this.files.set(this.path(file), grown);
    return data.length;
  }
  length(file: number): number {
    return this.bytes(file).length;
  }
  remove(path: string): void {
    if (!this.files.delete(path)) throw new HostError(ERRNO.ENOENT);
  }
  rename(from: string, to: string): void {
    const bytes = this.files.get(from);
    if (!bytes) throw new HostError(ERRNO.ENOENT);
    this.files.delete(from);
    this.files.set(to, bytes);
  }
  timeSeconds(): number {
    return 1_700_000_000.9;
  }
}

/** A guest with 64 KiB of RAM at 0x200000. */
class Guest implements SemihostingMemory {
  static readonly base = 0x200000;
  readonly ram = new Uint8Array(0x10000);
  readonly host = new MemoryHost();
  readonly warnings: string[] = [];
  readonly output: string[] = [];
  input: (Uint8Array | undefined)[] = [];
  now = 0;
  isTty = false;
  private next = Guest.base;
  readonly semihosting: Semihosting;

  constructor(args: string[] = []) {
    const console = {
      write: (stream: string, data: Uint8Array) => void this.output.push(`${stream}:${Buffer.from(data).toString()}`),
      read: (max: number) => {
        const head = this.input.shift();
        if (head && head.length > max) this.input.unshift(head.subarray(max));
        return head?.subarray(0, max);
      },
      isTty: this.isTty,
    };
    this.semihosting = new Semihosting({
      host: this.host,
      console,
      clock: { nowNs: () => this.now },
      root: '/work dir',
      args,
      heap: () => ({ base: 0x101184, limit: 0x8000000 }),
      warn: (m) => void this.warnings.push(m),
    });
  }
  read(address: number, length: number): Uint8Array | undefined {
    const start = address - Guest.base;
    return start < 0 || start + length > this.ram.length ? undefined : this.ram.slice(start, start + length);
  }
  write(address: number, data: Uint8Array): void {
    const start = address - Guest.base;
    if (start >= 0 && start + data.length <= this.ram.length) this.ram.set(data, start);
  }
  put(data: string | Uint8Array): number {
    const bytes = Buffer.from(data);
    const address = this.next;
    this.write(address, bytes);
    this.next = (address + bytes.length + 19) & ~15;
    return address;
  }
  words(address: number, count: number): number[] {
    const view = new DataView(this.ram.buffer);
    return Array.from({ length: count }, (_, i) => view.getUint32(address - Guest.base + i * 4, true));
  }
  block(...args: (number | string)[]): number {
    const values = args.map((a) => (typeof a === 'string' ? this.put(a) : a >>> 0));
    return this.put(new Uint8Array(Uint32Array.from(values).buffer));
  }
  /** r0 of a call with an argument block; fails when the call did not finish. */
  call(op: Op, ...args: (number | string)[]): number {
    return this.raw(op, this.block(...args));
  }
  raw(op: number, r1: number): number {
    const outcome = this.semihosting.call(op, r1, this);
    assert.equal(outcome.kind, 'done');
    return outcome.kind === 'done' ? outcome.r0 : NaN;
  }
  open(name: string, mode: number): number {
    return this.call(Op.OPEN, `${name}\0`, mode, Buffer.byteLength(name));
  }
  errno(): number {
    return this.raw(Op.ERRNO, 0);
  }
}

const NOWHERE = 0x50000000;

// Every figure here was measured on qemu-system-arm 7.2.
describe('semihosting', () => {
  it('opens, writes, seeks, reads and closes a file', () => {
    const g = new Guest();
    const file = g.open('a.txt', 7);
    assert.equal(file, 1);
    assert.equal(g.call(Op.WRITE, file, 'hello', 5), 0);
    assert.equal(g.call(Op.FLEN, file), 5);
    assert.equal(g.call(Op.SEEK, file, 1), 0);
    const buffer = g.put(new Uint8Array(16));
    assert.equal(g.call(Op.READ, file, buffer, 3), 0);
    assert.equal(Buffer.from(g.read(buffer, 4) ?? []).toString(), 'ell\0');
    assert.equal(g.call(Op.READ, file, buffer, 8), 7);
    assert.equal(g.call(Op.READ, file, buffer, 8), 8);
    assert.equal(g.call(Op.READ, file, buffer, 0), 0);
    assert.equal(g.errno(), 0);
    assert.equal(g.call(Op.SEEK, file, 100), 0);
    assert.equal(g.call(Op.FLEN, file), 5);
    assert.equal(g.call(Op.WRITE, file, 'x', 1), 0);
    assert.equal(g.call(Op.FLEN, file), 101);
    assert.equal(g.call(Op.CLOSE, file), 0);
    assert.equal(g.call(Op.CLOSE, file), -1);
    assert.equal(g.errno(), ERRNO.EBADF);
    assert.equal(g.host.files.get('/work dir/a.txt')?.length, 101);
  });

  it('gives the lowest free handle', () => {
    const g = new Guest();
    assert.deepEqual([g.open('a', 4), g.open('b', 4), g.open('c', 4)], [1, 2, 3]);
    g.call(Op.CLOSE, 2);
    assert.deepEqual([g.open('d', 4), g.open('e', 4)], [2, 4]);
  });

  const modes: [number, string, { before: string; after: string; readable: boolean }][] = [
    [0, 'r', { before: 'old', after: 'old', readable: true }],
    [3, 'r+b', { before: 'old', after: 'Xld', readable: true }],
    [4, 'w', { before: 'old', after: 'X', readable: false }],
    [7, 'w+b', { before: 'old', after: 'X', readable: true }],
    [8, 'a', { before: 'old', after: 'Xld', readable: false }],
    [11, 'a+b', { before: 'old', after: 'Xld', readable: true }],
  ];
  for (const [mode, name, { before, after, readable }] of modes) {
    it(`mode ${mode} is fopen's "${name}"`, () => {
      const g = new Guest();
      g.host.files.set('/work dir/f', Buffer.from(before));
      const file = g.open('f', mode);
      assert.equal(g.call(Op.WRITE, file, 'X', 1), mode < 2 ? 1 : 0);
      assert.equal(Buffer.from(g.host.files.get('/work dir/f') ?? []).toString(), after);
      g.call(Op.SEEK, file, 0);
      assert.equal(g.call(Op.READ, file, g.put(new Uint8Array(4)), 1), readable ? 0 : 1);
      assert.equal(g.errno(), 0, 'a failed transfer leaves errno alone');
    });
  }

  it('answers a bad open with the error number', () => {
    const g = new Guest();
    assert.equal(g.open('missing', 1), -1);
    assert.equal(g.errno(), ERRNO.ENOENT);
    assert.equal(g.open('a', 12), -1);
    assert.equal(g.errno(), ERRNO.EINVAL);
    assert.equal(g.call(Op.OPEN, NOWHERE, 1, 5), -1);
    assert.equal(g.errno(), ERRNO.EFAULT);
    assert.equal(g.call(Op.OPEN, 'a.txt\0\0\0', 4, 3), -1);
    assert.equal(g.errno(), ERRNO.EINVAL, 'no zero byte at the length given');
    assert.equal(g.call(Op.OPEN, 'a.txt\0\0\0', 4, 7), 1, 'a zero byte at the length, another before');
    assert.equal(g.call(Op.OPEN, '\0', 4, 0), -1);
    assert.equal(g.errno(), ERRNO.ENOENT);
    assert.equal(g.raw(Op.OPEN, NOWHERE), -1);
    assert.equal(g.errno(), ERRNO.EFAULT);
  });

  it('reports handles that are not open', () => {
    for (const op of [Op.CLOSE, Op.ISTTY, Op.FLEN, Op.SEEK]) {
      const g = new Guest();
      assert.equal(g.call(op, 99, 0), -1, Op[op]);
      assert.equal(g.errno(), ERRNO.EBADF, Op[op]);
    }
    for (const op of [Op.READ, Op.WRITE]) {
      const g = new Guest();
      assert.equal(g.call(op, 99, Guest.base, 3), 3, Op[op]);
      assert.equal(g.errno(), ERRNO.EBADF, Op[op]);
    }
  });

  it('transfers nothing through a bad pointer', () => {
    const g = new Guest();
    const file = g.open('f', 7);
    assert.equal(g.call(Op.WRITE, file, NOWHERE, 4), 4);
    assert.equal(g.call(Op.READ, file, NOWHERE, 4), 4);
    assert.equal(g.call(Op.READ, file, 0x20fffe, 4), 4);
    assert.equal(g.errno(), 0);
  });

  it('leads :tt to standard input, output and error', () => {
    const g = new Guest();
    const [input, output, error] = [g.open(':tt', 0), g.open(':tt', 4), g.open(':tt', 8)];
    assert.equal(g.call(Op.WRITE, output, 'OUT', 3), 0);
    assert.equal(g.call(Op.WRITE, error, 'ERR', 3), 0);
    assert.equal(g.call(Op.WRITE, input, 'IN!', 3), 3);
    assert.deepEqual(g.output, ['stdout:OUT', 'stderr:ERR']);
    assert.equal(g.call(Op.FLEN, input), 0);
    assert.equal(g.call(Op.ISTTY, input), 0);
    assert.equal(g.errno(), ERRNO.ENOTTY);
    assert.equal(g.call(Op.SEEK, input, 0), -1);
    assert.equal(g.errno(), ERRNO.ESPIPE);
    const buffer = g.put(new Uint8Array(16));
    g.input = [Buffer.from('abcdefgh\nijk'), new Uint8Array()];
    assert.equal(g.call(Op.READ, input, buffer, 4), 0);
    assert.equal(g.call(Op.READ, input, buffer, 16), 8);
    assert.equal(g.call(Op.READ, input, buffer, 16), 16, 'end of input');
    assert.equal(g.call(Op.READ, output, buffer, 16), 16);
  });

  it('waits for input without blocking', () => {
    const g = new Guest();
    const input = g.open(':tt', 0);
    const block = g.block(input, g.put(new Uint8Array(8)), 8);
    g.input = [undefined, undefined, Buffer.from('ok'), undefined, Buffer.from('!')];
    assert.deepEqual(g.semihosting.call(Op.READ, block, g), { kind: 'wait' });
    assert.deepEqual(g.semihosting.call(Op.READ, block, g), { kind: 'wait' });
    assert.deepEqual(g.semihosting.call(Op.READ, block, g), { kind: 'done', r0: 6 });
    assert.deepEqual(g.semihosting.call(Op.READC, 0, g), { kind: 'wait' });
    assert.deepEqual(g.semihosting.call(Op.READC, 0, g), { kind: 'done', r0: 0x21 });
    g.input = [new Uint8Array()];
    assert.deepEqual(g.semihosting.call(Op.READC, 0, g), { kind: 'done', r0: -1 });
  });

  it('writes characters and strings to the debug console', () => {
    const g = new Guest();
    assert.equal(g.raw(Op.WRITEC, g.put('Q')) >>> 0, 0xdeadbeef);
    assert.equal(g.raw(Op.WRITE0, g.put('str0\n\0no')) >>> 0, 0xdeadbeef);
    assert.equal(g.raw(Op.WRITEC, NOWHERE) >>> 0, 0xdeadbeef);
    assert.equal(g.raw(Op.WRITE0, NOWHERE) >>> 0, 0xdeadbeef);
    assert.deepEqual(g.output, ['console:Q', 'console:str0\n']);
    const end = Guest.base + g.ram.length - 2;
    g.write(end, Buffer.from('z\0'));
    g.raw(Op.WRITE0, end);
    assert.equal(g.output[2], 'console:z');
  });

  it('has the features file', () => {
    const g = new Guest();
    const file = g.open(':semihosting-features', 0);
    assert.equal(g.call(Op.FLEN, file), 5);
    const buffer = g.put(new Uint8Array(16));
    assert.equal(g.call(Op.READ, file, buffer, 16), 11);
    assert.equal(Buffer.from(g.read(buffer, 5) ?? []).toString('latin1'), 'SHFB\x03');
    assert.equal(g.call(Op.SEEK, file, 4), 0);
    assert.equal(g.call(Op.READ, file, buffer, 16), 15);
    assert.equal(g.call(Op.SEEK, file, 6), -1);
    assert.equal(g.errno(), ERRNO.EINVAL);
    assert.equal(g.call(Op.WRITE, file, 'a', 1), 1);
    assert.equal(g.open(':semihosting-features', 2), -1);
    assert.equal(g.errno(), ERRNO.EACCES);
    assert.equal(g.open(':semihosting-features', 1), 2);
  });

  it('removes, renames, and makes up names', () => {
    const g = new Guest();
    g.open('a', 4);
    assert.equal(g.call(Op.RENAME, 'a\0', 1, 'b\0', 1), 0);
    assert.deepEqual([...g.host.files.keys()], ['/work dir/b']);
    assert.equal(g.call(Op.RENAME, 'a\0', 1, 'b\0', 1), -1);
    assert.equal(g.errno(), ERRNO.ENOENT);
    assert.equal(g.call(Op.REMOVE, 'b\0', 1), 0);
    assert.equal(g.call(Op.REMOVE, 'b\0', 1), -1);
    const buffer = g.put(new Uint8Array(16));
    assert.equal(g.call(Op.TMPNAM, buffer, 5, 16), 0);
    assert.equal(Buffer.from(g.read(buffer, 7) ?? []).toString(), 'tmp-05\0');
    assert.equal(g.call(Op.TMPNAM, buffer, 5, 6), -1);
    assert.equal(g.call(Op.TMPNAM, buffer, 256, 16), -1);
  });

  it('tells the time', () => {
    const g = new Guest();
    g.now = 5 * 2 ** 32 + 123_456_789;
    assert.equal(g.raw(Op.CLOCK, 0), Math.floor(g.now / 1e7));
    assert.equal(g.raw(Op.TIME, 0), 1_700_000_000);
    assert.equal(g.raw(Op.TICKFREQ, 0), 1e9);
    const block = g.block(0, 0);
    assert.equal(g.raw(Op.ELAPSED, block), 0);
    assert.deepEqual(g.words(block, 2), [123_456_789, 5]);
  });

  it('passes the command line', () => {
    const g = new Guest(['foo', 'b ar', 'x']);
    const buffer = g.put(new Uint8Array(32).fill(0xaa));
    const block = g.block(buffer, 32);
    assert.equal(g.raw(Op.GET_CMDLINE, block), 0);
    assert.deepEqual(g.words(block, 2), [buffer, 10]);
    assert.equal(Buffer.from(g.read(buffer, 12) ?? []).toString('latin1'), 'foo b ar x\0\xaa');
    assert.equal(g.call(Op.GET_CMDLINE, buffer, 10), -1);
    assert.equal(g.errno(), ERRNO.E2BIG);
    const none = new Guest();
    const empty = none.block(Guest.base + 0x100, 1);
    assert.equal(none.raw(Op.GET_CMDLINE, empty), 0);
    assert.deepEqual(none.words(empty, 2), [Guest.base + 0x100, 0]);
  });

  it('says where heap and stack may be', () => {
    const g = new Guest();
    const block = g.put(new Uint8Array(16));
    assert.equal(g.call(Op.HEAPINFO, block), 0);
    assert.deepEqual(g.words(block, 4), [0x101184, 0x8000000, 0x8000000, 0x101184]);
  });

  it('ends the program', () => {
    const g = new Guest();
    const exit = (op: Op, r1: number) => g.semihosting.call(op, r1, g);
    assert.deepEqual(exit(Op.EXIT, 0x20026), { kind: 'exit', code: 0 });
    assert.deepEqual(exit(Op.EXIT, 0x20023), { kind: 'exit', code: 1 });
    assert.deepEqual(exit(Op.EXIT_EXTENDED, g.block(0x20026, 7)), { kind: 'exit', code: 7 });
    assert.deepEqual(exit(Op.EXIT_EXTENDED, g.block(0x20026, 256)), { kind: 'exit', code: 0 });
    assert.deepEqual(exit(Op.EXIT_EXTENDED, g.block(0x20026, -1)), { kind: 'exit', code: 255 });
    assert.deepEqual(exit(Op.EXIT_EXTENDED, g.block(0x20024, 7)), { kind: 'exit', code: 1 });
    assert.deepEqual(exit(Op.EXIT_EXTENDED, NOWHERE), { kind: 'done', r0: -1 });
  });

  it('refuses to run commands and unknown operations', () => {
    const g = new Guest();
    assert.equal(g.call(Op.SYSTEM, 'rm -r /\0', 7), -1);
    assert.equal(g.errno(), ERRNO.EACCES);
    assert.match(g.warnings[0], /rm -r \//);
    const outcome = g.semihosting.call(0x19, 0x1234, g);
    assert.deepEqual(outcome, {
      kind: 'unsupported',
      message: 'unsupported semihosting operation 0x19 (r1 = 0x00001234)',
    });
  });

  it('ISERROR looks at the sign', () => {
    const g = new Guest();
    assert.deepEqual(
      [0, -1, 5].map((v) => g.call(Op.ISERROR, v)),
      [0, 1, 0],
    );
  });

  it('keeps files inside the root and tells the user of what it refused', () => {
    const g = new Guest();
    g.host.links['/work dir/link'] = '/etc';
    for (const name of ['/etc/passwd', '../x', 'sub/../../x', '/work dir/../x', '/work dirx/y', 'link/passwd']) {
      assert.equal(g.open(name, 4), -1, name);
      assert.equal(g.errno(), ERRNO.EACCES, name);
      assert.match(g.warnings.at(-1) ?? '', /lies outside of "\/work dir"/);
    }
    assert.equal(g.warnings.length, 6);
    assert.equal(g.call(Op.REMOVE, '../x\0', 4), -1);
    assert.equal(g.call(Op.RENAME, 'a\0', 1, '../x\0', 4), -1);
    assert.equal(g.warnings.length, 8);
    assert.ok(g.open('sub/../ok', 4) > 0);
    assert.ok(g.open('/work dir/sub/ok', 4) > 0);
    assert.deepEqual([...g.host.files.keys()], ['/work dir/ok', '/work dir/sub/ok']);
  });

  it('closes everything on reset', () => {
    const g = new Guest();
    g.open('a', 4);
    g.call(Op.CLOSE, 77);
    g.semihosting.reset();
    assert.equal(g.errno(), 0);
    assert.equal(g.open('b', 4), 1);
  });
});

describe('sandbox on Windows', () => {
  const box = new Sandbox('C:\\Users\\me\\prog', { realpath: (path) => path });
  for (const [name, result] of [
    ['out.txt', 'C:\\Users\\me\\prog\\out.txt'],
    ['sub/out.txt', 'C:\\Users\\me\\prog\\sub\\out.txt'],
    ['c:\\users\\ME\\prog\\x', 'c:\\users\\ME\\prog\\x'],
  ] as const) {
    it(`takes ${name}`, () => assert.equal(box.resolve(name), result));
  }
  for (const name of [
    'D:\\x',
    'C:\\Users\\me\\progx\\y',
    '..\\x',
    '\\x',
    '\\\\server\\share\\x',
    'a:stream',
    'C:x',
    'sub\\..\\..\\x',
  ]) {
    it(`refuses ${name}`, () =>
      assert.throws(
        () => box.resolve(name),
        (e: HostError) => e.errno === ERRNO.EACCES,
      ));
  }
  it('demands an absolute root', () =>
    assert.throws(() => new Sandbox('prog', { realpath: (p) => p }), /not an absolute path/));
});
