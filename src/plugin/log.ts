/** Where the log goes, as the platform provides it. */
export interface LogSink {
  stderr(text: string): void;
  /** Creates or truncates the file. Throws an Error with the system's reason. */
  openFile(path: string): LogFile;
}

export interface LogFile {
  write(text: string): void;
  close(): void;
}

export interface LogOptions {
  /** Items of `-d`, e.g. `plugin,guest_errors`. */
  readonly items?: string;
  /** The value of `-D`; `%d` in it is the process id. */
  readonly file?: string;
  readonly pid: number;
}

/** The log items that exist here, with what they show. */
export const LOG_ITEMS: ReadonlyMap<string, string> = new Map([
  ['plugin', 'output from TCG plugins'],
  ['guest_errors', 'log when the guest does something invalid, such as touching a register that is not there'],
  ['unimp', 'log what the guest uses and is not emulated'],
  ['timestamps', "the count of executed instructions before each line of plugins' output"],
]);

/** A `-d` or `-D` that cannot be used; the message names it. */
export class LogOptionError extends Error {
  override readonly name = 'LogOptionError';
}

/** The items of a `-d` value. @throws {@link LogOptionError} for one that does not exist. */
export function parseLogItems(text: string): ReadonlySet<string> {
  const items = new Set(text.split(',').filter((item) => item));
  for (const item of items) {
    if (LOG_ITEMS.has(item)) continue;
    const known = [...LOG_ITEMS].map(([name, what]) => `${name.padEnd(15)} ${what}`).join('\n');
    throw new LogOptionError(`-d ${text}: no log item '${item}'. Log items (comma separated):\n${known}`);
  }
  return items;
}

/** The file that a `-D` value names: at most one `%`, as `%d`. @throws {@link LogOptionError} */
export function logFileName(template: string, pid: number): string {
  if ((template.match(/%/g)?.length ?? 0) > 1 || /%(?!d)/.test(template)) {
    throw new LogOptionError(`Bad logfile template: ${template}`);
  }
  return template.replace('%d', String(pid));
}

/**
 * QEMU's log: items that `-d` names go to the `-D` file, or to stderr without one; the others are dropped. A `-D` file is
 * truncated at the start even if nothing is ever written to it.
 */
export class QemuLog {
  private readonly items: ReadonlySet<string>;
  private readonly file: LogFile | undefined;

  /** @throws {@link LogOptionError} */
  constructor(
    options: LogOptions,
    private readonly sink: LogSink,
  ) {
    this.items = parseLogItems(options.items ?? '');
    if (options.file === undefined) return;
    const path = logFileName(options.file, options.pid);
    try {
      this.file = sink.openFile(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LogOptionError(`Error opening logfile ${path}: ${reason}`, { cause: error });
    }
  }

  enabled(item: string): boolean {
    return this.items.has(item);
  }

  /** Writes `text` verbatim if `item` is enabled. */
  write(item: string, text: string): void {
    if (!this.items.has(item)) return;
    if (this.file) this.file.write(text);
    else this.sink.stderr(text);
  }

  close(): void {
    this.file?.close();
  }
}
