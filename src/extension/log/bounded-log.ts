/** Carries a plugin's text to where it is shown, in bounded portions and a bounded whole, so that none can flood the host. */
import { TextTail } from '../../common/text-tail';

export interface LogSink {
  append(text: string): void;
  /** In place of everything that is there. */
  replace(text: string): void;
}

export interface BoundedLogOptions {
  /** Characters of one session that are shown at most, but for the line that says what is not. */
  readonly limit: number;
  /** Calls `flush` once after `delayMs`; the platform's timer. */
  readonly schedule: (flush: () => void, delayMs: number) => void;
}

const FLUSH_MS = 50;
/** Characters given to the sink at once: what VS Code appends without a visible delay. */
const PORTION = 256 * 1024;

/**
 * Text in, the same text out: nothing is changed or reordered, and what comes in small pieces goes out together. Once
 * there is more than the limit only the latest half of it stays, with a line that says how much is missing.
 */
export class BoundedLog {
  /** What was not given out yet. */
  private waiting: string[] = [];
  private waitingLength = 0;
  /** The latest text, given out or not. */
  private readonly tail: TextTail;
  /** Characters that the sink has of this log. */
  private shown = 0;
  private omitted = 0;
  private scheduled = false;

  constructor(
    private readonly sink: LogSink,
    private readonly options: BoundedLogOptions,
  ) {
    this.tail = new TextTail(Math.max(1, Math.floor(options.limit / 2)));
  }

  /** Takes the next piece. */
  write(text: string): void {
    if (!text) return;
    this.tail.push(text);
    if (this.waitingLength + text.length > this.options.limit) {
      // A flood that comes faster than it can be shown: the tail has what matters of it.
      this.shown += this.waitingLength + text.length;
      this.waiting = [];
      this.waitingLength = 0;
    } else {
      this.waiting.push(text);
      this.waitingLength += text.length;
    }
    this.plan();
  }

  /** Gives out everything that waits. */
  close(): void {
    while (this.waitingLength || this.shown > this.options.limit) this.flush();
  }

  private plan(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.options.schedule(() => {
      this.scheduled = false;
      this.flush();
      if (this.waitingLength) this.plan();
    }, FLUSH_MS);
  }

  private flush(): void {
    let pieces = 0;
    let length = 0;
    while (pieces < this.waiting.length && length < PORTION) length += this.waiting[pieces++]?.length ?? 0;
    if (this.shown + length > this.options.limit) {
      this.restart();
      return;
    }
    if (!length) return;
    this.sink.append(this.waiting.splice(0, pieces).join(''));
    this.waitingLength -= length;
    this.shown += length;
  }

  /** Shows the tail in place of everything. */
  private restart(): void {
    const all = this.shown + this.waitingLength + this.omitted;
    const { text } = this.tail.take();
    this.tail.push(text);
    this.omitted = all - text.length;
    this.waiting = [];
    this.waitingLength = 0;
    this.shown = text.length;
    this.sink.replace(
      `[TCG Scope: ${this.omitted} characters before this are not shown here. ` +
        `Set "log.file" in launch.json to keep everything, or raise "tcgscope.pluginLog.limit".]\n${text}`,
    );
  }
}
