/** One end of a message channel between two threads, as worker_threads and web workers both offer it. */
export interface MessageEndpoint {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

type Handlers = Record<string, (...args: never[]) => unknown>;

interface CallMessage {
  readonly type: 'call';
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
interface ReplyMessage {
  readonly type: 'reply';
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}
interface EventMessage {
  readonly type: 'event';
  readonly name: string;
  readonly args: readonly unknown[];
}
type Message = CallMessage | ReplyMessage | EventMessage;

/** Serves the methods of `target` to the other end, in order of arrival. */
export function serve(endpoint: MessageEndpoint, target: object): void {
  endpoint.onMessage((raw) => {
    const message = raw as Message;
    if (message.type !== 'call') return;
    void answer(endpoint, target as Handlers, message);
  });
}

async function answer(endpoint: MessageEndpoint, target: Handlers, { id, method, args }: CallMessage): Promise<void> {
  try {
    if (typeof target[method] !== 'function') throw new Error(`no such engine call: ${method}`);
    const value = await target[method](...(args as never[]));
    endpoint.post({ type: 'reply', id, value } satisfies ReplyMessage);
  } catch (error) {
    endpoint.post({ type: 'reply', id, error: error instanceof Error ? error.message : String(error) });
  }
}

/** Sends an event to the other end. */
export function sendEvent(endpoint: MessageEndpoint, name: string, args: readonly unknown[]): void {
  endpoint.post({ type: 'event', name, args } satisfies EventMessage);
}

/** The calling end: turns method calls into messages and hands events to `onEvent`. */
export class RpcClient {
  private nextId = 1;
  private failure: Error | undefined;
  private readonly pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  constructor(
    private readonly endpoint: MessageEndpoint,
    onEvent: (name: string, args: readonly unknown[]) => void,
  ) {
    endpoint.onMessage((raw) => {
      const message = raw as Message;
      if (message.type === 'event') onEvent(message.name, message.args);
      else if (message.type === 'reply') this.settle(message);
    });
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.failure) return Promise.reject(this.failure);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.endpoint.post({ type: 'call', id, method, args } satisfies CallMessage);
    });
  }

  /** The other end is gone: every pending and later call rejects with `message`. */
  fail(message: string): void {
    this.failure = new Error(message);
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }

  private settle({ id, value, error }: ReplyMessage): void {
    const call = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  }
}
