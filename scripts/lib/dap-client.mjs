// A small client of the Debug Adapter Protocol over an adapter's standard input and output.
import { spawn } from 'node:child_process';

export class DapClient {
  #process;
  #buffer = Buffer.alloc(0);
  #next = 1;
  #pending = new Map();
  #listeners = [];

  /** @param {string} adapter path of the adapter's bundle */
  constructor(adapter) {
    this.#process = spawn(process.execPath, [adapter], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout.on('data', (data) => this.#receive(data));
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#pending.values()) reject(new Error(`the adapter ended with code ${code}`));
    });
  }

  /** The adapter's process. */
  get pid() {
    return this.#process.pid;
  }

  /** Calls `listener(name, body)` for every event. */
  onEvent(listener) {
    this.#listeners.push(listener);
  }

  /** Resolves with the body of the next event of that name. */
  event(name) {
    return new Promise((resolve) => {
      const listener = (event, body) => {
        if (event !== name) return;
        this.#listeners.splice(this.#listeners.indexOf(listener), 1);
        resolve(body);
      };
      this.#listeners.push(listener);
    });
  }

  /** Sends a request; resolves with the response's body, rejects with its message. */
  request(command, args = {}) {
    const seq = this.#next++;
    const json = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
    return new Promise((resolve, reject) => this.#pending.set(seq, { resolve, reject }));
  }

  close() {
    this.#process.stdin.end();
  }

  #receive(data) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: *(\d+)/i.exec(this.#buffer.toString('latin1', 0, end))?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.toString('utf8', end + 4, end + 4 + length));
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#dispatch(message);
    }
  }

  #dispatch(message) {
    if (message.type === 'event') {
      for (const listener of [...this.#listeners]) listener(message.event, message.body ?? {});
    } else if (message.type === 'response') {
      const { resolve, reject } = this.#pending.get(message.request_seq) ?? {};
      this.#pending.delete(message.request_seq);
      if (message.success) resolve?.(message.body ?? {});
      else reject?.(new Error(`${message.command}: ${message.body?.error?.variables?.message ?? message.message}`));
    }
  }
}
