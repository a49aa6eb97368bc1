import { Worker } from 'node:worker_threads';
import type { TcgSocket } from 'qemu-plugin';

/** Bytes that may be under way in each direction. */
const RING = 1 << 16;
const HEADER = 64;

/** Words of the header: how far each side has written and read, modulo 2^32, and how the connection stands. */
enum Word {
  State,
  InWritten,
  InRead,
  OutWritten,
  OutRead,
}

enum State {
  Connecting,
  Open,
  Closed,
}

/**
 * The thread that owns the socket: connects to the path, or waits there for the other side where nobody listens. Text,
 * because it runs as a thread of its own beside a bundle.
 */
const BRIDGE = `
const net = require('node:net');
const fs = require('node:fs');
const { workerData: { path, shared, words, ring, header } } = require('node:worker_threads');
const control = new Int32Array(shared, 0, header / 4);
const input = new Uint8Array(shared, header, ring);
const output = new Uint8Array(shared, header + ring, ring);
const change = (word, value) => { Atomics.store(control, word, value); Atomics.notify(control, word); };
const changed = (word, value) => Promise.resolve(Atomics.waitAsync(control, word, value).value);
const closed = () => { for (const word of [words.InWritten, words.OutRead]) Atomics.notify(control, word); };
async function serve(socket) {
  let waiting = Promise.resolve();
  socket.on('data', (chunk) => { socket.pause(); waiting = waiting.then(() => take(chunk)).then(() => socket.resume()); });
  socket.on('close', () => { waiting.then(() => { change(words.State, 2); closed(); }); });
  change(words.State, 1);
  for (let read = 0;;) {
    const written = Atomics.load(control, words.OutWritten);
    if (written === read) { await changed(words.OutWritten, written); continue; }
    const bytes = Buffer.alloc((written - read) | 0);
    for (let i = 0; i < bytes.length; i++) bytes[i] = output[(read + i) & (ring - 1)];
    await new Promise((done) => socket.write(bytes, done));
    read = written;
    change(words.OutRead, read);
  }
}
async function take(chunk) {
  for (const byte of chunk) {
    let written = Atomics.load(control, words.InWritten);
    while (((written - Atomics.load(control, words.InRead)) | 0) >= ring) {
      Atomics.notify(control, words.InWritten);
      await changed(words.InRead, Atomics.load(control, words.InRead));
    }
    input[written & (ring - 1)] = byte;
    Atomics.store(control, words.InWritten, (written + 1) | 0);
  }
  Atomics.notify(control, words.InWritten);
}
const fail = () => { change(words.State, 2); closed(); };
function open(tries) {
  const first = net.connect(path);
  first.once('connect', () => serve(first));
  first.once('error', (error) => {
    if (error.code === 'ECONNREFUSED') fs.rmSync(path, { force: true });
    else if (error.code !== 'ENOENT') return fail();
    const server = net.createServer((socket) => { server.close(); serve(socket); });
    // Both came at once, and the other was quicker.
    server.once('error', (failure) => failure.code === 'EADDRINUSE' && tries > 0 ? setTimeout(open, 20, tries - 1) : fail());
    server.listen(path);
  });
}
open(50);
`;

/**
 * A stream socket whose calls block, for code that cannot wait otherwise: the thread that calls stands still meanwhile.
 *
 * @param path of a UNIX-domain socket; whoever comes second connects to who came first
 */
export function openSocket(path: string): TcgSocket {
  const shared = new SharedArrayBuffer(HEADER + 2 * RING);
  const control = new Int32Array(shared, 0, HEADER / 4);
  const input = new Uint8Array(shared, HEADER, RING);
  const output = new Uint8Array(shared, HEADER + RING, RING);
  const workerData = { path, shared, ring: RING, header: HEADER, words: { ...Word } };
  const thread = new Worker(BRIDGE, { eval: true, workerData });
  thread.unref();
  const isClosed = (): boolean => Atomics.load(control, Word.State) === Number(State.Closed);
  while (Atomics.load(control, Word.State) === Number(State.Connecting)) {
    Atomics.wait(control, Word.State, State.Connecting);
  }
  if (isClosed()) throw new Error(`${path}: no socket can be opened there`);
  return {
    send(data): void {
      for (const byte of data) {
        const written = Atomics.load(control, Word.OutWritten);
        for (;;) {
          const read = Atomics.load(control, Word.OutRead);
          if (((written - read) | 0) < RING || isClosed()) break;
          Atomics.notify(control, Word.OutWritten);
          Atomics.wait(control, Word.OutRead, read, 1000);
        }
        output[written & (RING - 1)] = byte;
        Atomics.store(control, Word.OutWritten, (written + 1) | 0);
      }
      Atomics.notify(control, Word.OutWritten);
    },
    receive(length): Uint8Array | null {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const read = Atomics.load(control, Word.InRead);
        const written = Atomics.load(control, Word.InWritten);
        const available = Math.min((written - read) | 0, length - done);
        if (available === 0) {
          if (isClosed()) return null;
          Atomics.wait(control, Word.InWritten, written, 1000);
          continue;
        }
        for (let i = 0; i < available; i++) bytes[done + i] = input[(read + i) & (RING - 1)];
        done += available;
        Atomics.store(control, Word.InRead, (read + available) | 0);
        Atomics.notify(control, Word.InRead);
      }
      return bytes;
    },
    close(): void {
      // What was sent goes out first.
      for (;;) {
        const read = Atomics.load(control, Word.OutRead);
        if (read === Atomics.load(control, Word.OutWritten) || isClosed()) break;
        Atomics.wait(control, Word.OutRead, read, 1000);
      }
      void thread.terminate();
    },
  };
}
