/** An output channel that goes on where VS Code's own would stop showing anything. */
import type { LogSink } from './bounded-log';

/** What is needed of VS Code's output channel. */
export interface Channel {
  append(text: string): void;
  show(preserveFocus?: boolean): void;
  dispose(): void;
}

export interface ChannelHost {
  /** Makes an empty channel; the one before it is disposed of. */
  readonly create: () => Channel;
  /** Whether the user looks at the channel now. */
  readonly inSight: () => boolean;
}

/**
 * Bytes that one channel is given at most. VS Code keeps a channel's text in a file of 30 MiB and begins that file anew
 * when it is full, of which the view knows nothing: it shows an empty channel from then on. "Replace" only appends there.
 */
export const CHANNEL_CAPACITY = 28 * 1024 * 1024;

const RENEWED =
  '[TCG Scope: what was here before is no longer shown: an output channel of VS Code holds no more. ' +
  'Set "log.file" in launch.json to keep everything.]\n';

/** Takes any amount of text: another channel takes the place of one that is full. */
export class RenewedChannel implements LogSink {
  private channel: Channel;
  /** Bytes that the channel was given, those that it does not show any more included. */
  private written = 0;

  constructor(
    private readonly host: ChannelHost,
    private readonly capacity = CHANNEL_CAPACITY,
  ) {
    this.channel = host.create();
  }

  append(text: string): void {
    let bytes = utf8Length(text);
    if (this.written + bytes > this.capacity) {
      this.renew();
      this.channel.append(RENEWED);
      bytes += RENEWED.length;
    }
    this.channel.append(text);
    this.written += bytes;
  }

  replace(text: string): void {
    this.renew();
    this.channel.append(text);
    this.written = utf8Length(text);
  }

  /** Makes room for `length` characters that follow: what earlier sessions printed gives way where there is none. */
  reserve(length: number): void {
    if (this.written > 0 && this.written + length > this.capacity) this.renew();
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }

  private renew(): void {
    const wasInSight = this.host.inSight();
    this.channel.dispose();
    this.channel = this.host.create();
    this.written = 0;
    if (wasInSight) this.channel.show(true);
  }
}

/** Bytes of a text in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return bytes;
}
