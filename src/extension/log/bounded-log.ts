/** Carries a plugin's text to where it is shown, in bounded portions and a bounded whole, so that none can flood the host. */

export interface LogSink {
  append(text: string): void;
}

export interface BoundedLogOptions {
  /** Characters of one session that are shown at most. */
  readonly limit: number;
  /** Calls `flush` once after `delayMs`; the platform's timer. */
  readonly schedule: (flush: () => void, delayMs: number) => void;
}

const FLUSH_MS = 50;
/** Characters (and the rest of a piece) given to the sink at once: what VS Code appends without a visible delay. */
const PORTION = 256 * 1024;

/**
 * Text in, the same text out: nothing is changed or reordered, and what comes in small pieces goes out together. Past
 * the limit text is counted instead of shown; {@link BoundedLog.close} says how much that was.
 */
export class BoundedLog {
  private pending: string[] = [];
  private accepted = 0;
  private omitted = 0;
  private scheduled = false;

  constructor(
    private readonly sink: LogSink,
    private readonly options: BoundedLogOptions,
  ) {}

  /** Takes the next piece. */
  write(text: string): void {
    const room = Math.max(0, this.options.limit - this.accepted);
    const shown = text.length <= room ? text : text.slice(0, room);
    this.omitted += text.length - shown.length;
    if (!shown) return;
    this.accepted += shown.length;
    this.pending.push(shown);
    this.plan();
  }

  /** Gives out everything that waits, and a line about what was left out. */
  close(): void {
    for (const text of this.pending) this.sink.append(text);
    this.pending = [];
    if (this.omitted) {
      this.sink.append(
        `\n[TCG Scope: ${this.omitted} more characters are not shown here. ` +
          'Set "log.file" in launch.json to keep everything, or raise "tcgscope.pluginLog.limit".]\n',
      );
    }
    this.omitted = 0;
  }

  private plan(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.options.schedule(() => {
      this.scheduled = false;
      this.flush();
    }, FLUSH_MS);
  }

  private flush(): void {
    let pieces = 0;
    for (let length = 0; pieces < this.pending.length && length < PORTION; pieces++) {
      length += this.pending[pieces]?.length ?? 0;
    }
    if (!pieces) return;
    this.sink.append(this.pending.splice(0, pieces).join(''));
    if (this.pending.length) this.plan();
  }
}
