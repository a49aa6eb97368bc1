import type { OutputTail } from './output-buffer';

/** What is printed, by where it goes. */
export const OUTPUT_STREAMS = ['pluginLog', 'uart0', 'uart1', 'semihosting'] as const;
export type OutputStream = (typeof OUTPUT_STREAMS)[number];

/** Events that may be on their way before the sender waits for the receiver. */
const MAX_EVENTS_UNDERWAY = 64;
const WAIT_MS = 100;

const HANDLED = 0;
const HEADER_WORDS = 4;
const TAIL_UNITS = 1 << 16;
const TAIL_HEADER_WORDS = 2;
const TAIL_BYTES = 4 * TAIL_HEADER_WORDS + 2 * TAIL_UNITS;

/**
 * Memory that the engine's thread and the one that listens to it share: how many events were handled, so that a flood of
 * them does not pile up, and what was printed and not sent, so that it survives the engine's thread.
 */
export class Journal {
  private readonly header: Int32Array;
  private posted = 0;

  constructor(readonly buffer = new SharedArrayBuffer(4 * HEADER_WORDS + OUTPUT_STREAMS.length * TAIL_BYTES)) {
    this.header = new Int32Array(buffer, 0, HEADER_WORDS);
  }

  tail(stream: OutputStream): SharedTail {
    return new SharedTail(this.buffer, 4 * HEADER_WORDS + OUTPUT_STREAMS.indexOf(stream) * TAIL_BYTES);
  }

  /** The engine's side, before each event that it sends: waits while too many are on their way. */
  willPost(): void {
    this.posted = (this.posted + 1) | 0;
    for (;;) {
      const handled = Atomics.load(this.header, HANDLED);
      if (((this.posted - handled) | 0) <= MAX_EVENTS_UNDERWAY) return;
      Atomics.wait(this.header, HANDLED, handled, WAIT_MS);
    }
  }

  /** The listener's side, after each event. */
  handled(): void {
    Atomics.add(this.header, HANDLED, 1);
    Atomics.notify(this.header, HANDLED);
  }
}

/** The part of one stream that was not sent: UTF-16 units behind a count of messages sent and a length. */
export class SharedTail implements OutputTail {
  private readonly header: Int32Array;
  private readonly units: Uint16Array;

  constructor(buffer: SharedArrayBuffer, offset: number) {
    this.header = new Int32Array(buffer, offset, TAIL_HEADER_WORDS);
    this.units = new Uint16Array(buffer, offset + 4 * TAIL_HEADER_WORDS, TAIL_UNITS);
  }

  append(text: string): boolean {
    const start = this.header[1];
    if (start + text.length > TAIL_UNITS) return false;
    for (let i = 0; i < text.length; i++) this.units[start + i] = text.charCodeAt(i);
    Atomics.store(this.header, 1, start + text.length);
    return true;
  }

  sent(): void {
    Atomics.add(this.header, 0, 1);
    Atomics.store(this.header, 1, 0);
  }

  /** The listener's side, when the sender is gone: what it has not sent, `received` messages having arrived. */
  rest(received: number): string {
    // Between the message and its note the sender may have died: then all of it has arrived.
    if (received > this.header[0]) return '';
    let text = '';
    for (let i = 0; i < this.header[1]; i++) text += String.fromCharCode(this.units[i]);
    return text;
  }
}
