import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';

const HEADER_END = Buffer.from('\r\n\r\n');
const PATIENCE_MS = 15_000;

type Listener = (message: DebugProtocol.ProtocolMessage) => void;

/** A response that says the request failed. */
export class RequestFailed extends Error {
  constructor(readonly response: DebugProtocol.Response) {
    super(String(response.message));
  }
}

interface Waiter {
  readonly accepts: (event: DebugProtocol.Event) => boolean;
  readonly resolve: (event: DebugProtocol.Event) => void;
}

/** A DAP client over a pair of streams. Every wait ends: with what was waited for, or with an error that says what was. */
export class DapClient {
  /** Everything that came and went, in order. */
  readonly messages: DebugProtocol.ProtocolMessage[] = [];
  private readonly pending = new Map<
    number,
    { resolve: (response: DebugProtocol.Response) => void; reject: (error: Error) => void }
  >();
  private readonly listeners: Listener[] = [];
  private readonly unseen: DebugProtocol.Event[] = [];
  private waiters: Waiter[] = [];
  private buffer = Buffer.alloc(0);
  private seq = 1;

  constructor(
    input: Readable,
    private readonly output: Writable,
  ) {
    input.on('data', (chunk: Buffer) => this.receive(chunk));
    input.on('close', () => this.lost());
    output.on('error', () => this.lost());
  }

  onMessage(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Sends a request; rejects with {@link RequestFailed} when the adapter refuses it. */
  async request<B = Record<string, never>>(command: string, args?: unknown): Promise<B> {
    const response = await this.raw({ command, arguments: args });
    if (!response.success) throw new RequestFailed(response);
    return response.body as B;
  }

  /** Sends a request as it is and gives the response, failed or not. */
  raw(request: { command: string; arguments?: unknown }): Promise<DebugProtocol.Response> {
    const seq = this.seq++;
    const message: DebugProtocol.Request = { seq, type: 'request', ...request };
    this.note(message);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no response to ${request.command} within ${PATIENCE_MS} ms`)),
        PATIENCE_MS,
      );
      const done = () => {
        clearTimeout(timer);
        this.pending.delete(seq);
      };
      this.pending.set(seq, {
        resolve: (response) => (done(), resolve(response)),
        reject: (error) => (done(), reject(error)),
      });
      this.send(JSON.stringify(message));
    });
  }

  /** Sends text with a header, whatever it is. */
  send(json: string): void {
    this.output.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  }

  /** The next event of that name (and for which `accepts` holds) that nobody has waited for yet. */
  event<E extends DebugProtocol.Event>(
    name: E['event'],
    accepts: (body: E['body']) => boolean = () => true,
  ): Promise<E> {
    const matches = (event: DebugProtocol.Event) => event.event === name && accepts(event.body);
    const index = this.unseen.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.unseen.splice(index, 1)[0] as E);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const last = this.messages.slice(-5).map((message) => JSON.stringify(message).slice(0, 300));
        reject(new Error(`no event ${name} within ${PATIENCE_MS} ms; the last messages:\n${last.join('\n')}`));
      }, PATIENCE_MS);
      this.waiters.push({
        accepts: matches,
        resolve: (event) => {
          clearTimeout(timer);
          resolve(event as E);
        },
      });
    });
  }

  /** All text of output events of a category so far. */
  outputOf(category: string): string {
    return this.messages
      .map((message) => message as DebugProtocol.OutputEvent)
      .filter(({ type, event, body }) => type === 'event' && event === 'output' && body.category === category)
      .map(({ body }) => body.output)
      .join('');
  }

  /** All bodies of events of that name so far. */
  bodiesOf<B>(name: string): B[] {
    return this.messages
      .map((message) => message as DebugProtocol.Event)
      .filter(({ type, event }) => type === 'event' && event === name)
      .map(({ body }) => body as B);
  }

  private receive(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const end = this.buffer.indexOf(HEADER_END);
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.buffer.toString('latin1', 0, end))?.[1]);
      const start = end + HEADER_END.length;
      if (!(this.buffer.length >= start + length)) return;
      const text = this.buffer.toString('utf8', start, start + length);
      this.buffer = this.buffer.subarray(start + length);
      this.dispatch(JSON.parse(text) as DebugProtocol.ProtocolMessage);
    }
  }

  private dispatch(message: DebugProtocol.ProtocolMessage): void {
    this.note(message);
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.pending.get(response.request_seq)?.resolve(response);
    } else if (message.type === 'event') {
      const event = message as DebugProtocol.Event;
      if ((event.body as { acknowledge?: true } | undefined)?.acknowledge) {
        this.send(JSON.stringify({ seq: this.seq++, type: 'request', command: 'tcg/acknowledge' }));
      }
      const waiter = this.waiters.find(({ accepts }) => accepts(event));
      if (!waiter) this.unseen.push(event);
      else {
        this.waiters = this.waiters.filter((other) => other !== waiter);
        waiter.resolve(event);
      }
    }
  }

  private note(message: DebugProtocol.ProtocolMessage): void {
    this.messages.push(message);
    for (const listener of this.listeners) listener(message);
  }

  private lost(): void {
    for (const { reject } of [...this.pending.values()]) reject(new Error('the adapter closed the connection'));
  }
}
