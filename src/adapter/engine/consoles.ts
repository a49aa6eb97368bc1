import { OutputBuffer, type OutputTail } from './output-buffer';
import type { CharBackend } from '../../emulator/device';
import type { SemihostingConsole } from '../../emulator/semihosting/host';

export type ConsoleChannel = 'uart0' | 'uart1' | 'semihosting';

/** Bytes of input that wait for the guest before {@link Consoles.isFull}. */
const ENOUGH_QUEUED = 1 << 14;
/** Bytes after which a channel that nobody reads takes no more. */
const MAX_QUEUED = 1 << 20;

/** Bytes in the order they came. */
class InputQueue {
  ended = false;
  private chunks: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  /** At most `max` of them, without waiting for more. */
  take(max: number): Uint8Array {
    const [first] = this.chunks;
    if (!first) return new Uint8Array();
    const taken = first.subarray(0, max);
    if (taken.length < first.length) this.chunks[0] = first.subarray(taken.length);
    else this.chunks.shift();
    this.length -= taken.length;
    return taken;
  }
}

/** What the guest's serial lines and semihosting console send and receive: output is gathered, input is queued. */
export class Consoles {
  private readonly queues: Readonly<Record<ConsoleChannel, InputQueue>> = {
    uart0: new InputQueue(),
    uart1: new InputQueue(),
    semihosting: new InputQueue(),
  };
  private readonly outputs: Readonly<Record<ConsoleChannel, OutputBuffer>>;

  constructor(
    emit: (channel: ConsoleChannel, bytes: Uint8Array) => void,
    tail?: (channel: ConsoleChannel) => OutputTail,
    private readonly silent: readonly ConsoleChannel[] = [],
  ) {
    const output = (channel: ConsoleChannel): OutputBuffer =>
      new OutputBuffer((text) => emit(channel, bytesOf(text)), tail?.(channel));
    this.outputs = { uart0: output('uart0'), uart1: output('uart1'), semihosting: output('semihosting') };
  }

  /** Queues input for the guest; no bytes mean that the input has ended. */
  input(channel: ConsoleChannel, bytes: Uint8Array): void {
    const queue = this.queues[channel];
    if (!bytes.length) queue.ended = true;
    else if (queue.length < MAX_QUEUED) queue.add(bytes);
  }

  /** Whether so much input of the channel waits for the guest that more should not be sent yet. */
  isFull(channel: ConsoleChannel): boolean {
    return this.queues[channel].length >= ENOUGH_QUEUED;
  }

  /** Sends on what has been gathered. */
  flush(): void {
    for (const output of Object.values(this.outputs)) output.flush();
  }

  uart(channel: 'uart0' | 'uart1'): CharBackend {
    const output = this.outputs[channel];
    return {
      transmit: this.silent.includes(channel) ? () => undefined : (byte) => output.write(String.fromCharCode(byte)),
      receive: () => (this.queues[channel].length ? this.queues[channel].take(1)[0] : -1),
    };
  }

  semihosting(isTty: boolean): SemihostingConsole {
    return {
      write: (_stream, data) => this.outputs.semihosting.write(textOf(data)),
      read: (max) => {
        const queue = this.queues.semihosting;
        return queue.length || queue.ended ? queue.take(max) : undefined;
      },
      isTty,
    };
  }
}

/** Bytes travel as text of one unit each. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}
