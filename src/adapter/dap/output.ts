import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from './client';

export type ConsoleChannel = 'uart0' | 'uart1' | 'semihosting';

/** A line without its end waits this long (ms) for the rest of it. */
const PATIENCE_MS = 40;
/** Characters after which a line is shown without its end. */
const LONG_LINE = 8192;

/**
 * The guest's console: bytes become text line by line, so that a program that prints single characters does not cause an
 * event for each. A UTF-8 sequence that is split over writes stays whole.
 */
export class GuestConsole {
  private readonly channels = new Map<ConsoleChannel, ChannelBuffer>();
  private recent: ConsoleChannel = 'uart0';

  /**
   * @param mode `terminal` sends everything at once and unchanged as a custom event
   */
  constructor(
    private readonly client: Client,
    private readonly mode: 'debugConsole' | 'terminal',
  ) {}

  /** The channel that printed last: where the user's answer belongs. */
  get recentChannel(): ConsoleChannel {
    return this.recent;
  }

  write(channel: ConsoleChannel, bytes: Uint8Array): void {
    this.recent = channel;
    if (this.mode === 'terminal') {
      this.client.custom('tcg/console', { channel, text: Buffer.from(bytes).toString('latin1') });
      return;
    }
    let buffer = this.channels.get(channel);
    if (!buffer) {
      buffer = new ChannelBuffer((text) => {
        this.client.event<DebugProtocol.OutputEvent>('output', { category: 'stdout', output: text });
      });
      this.channels.set(channel, buffer);
    }
    buffer.write(bytes);
  }

  /** Shows what waits: before a stop is reported and at the end. */
  flush(): void {
    for (const buffer of this.channels.values()) buffer.flush();
  }
}

class ChannelBuffer {
  private readonly decoder = new TextDecoder('utf-8');
  private pending = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly emit: (text: string) => void) {}

  write(bytes: Uint8Array): void {
    this.pending += this.decoder.decode(bytes, { stream: true });
    const end = this.pending.length > LONG_LINE ? this.pending.length : this.pending.lastIndexOf('\n') + 1;
    if (end > 0) {
      const text = this.pending.slice(0, end);
      this.pending = this.pending.slice(end);
      this.emit(text);
    }
    clearTimeout(this.timer);
    this.timer = this.pending ? setTimeout(() => this.flush(), PATIENCE_MS) : undefined;
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.pending) return;
    const text = this.pending;
    this.pending = '';
    this.emit(text);
  }
}
