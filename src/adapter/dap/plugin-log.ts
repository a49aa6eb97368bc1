import type { DebugProtocol } from '@vscode/debugprotocol';
import { TextTail } from '../../common/text-tail';
import type { Client } from './client';
import type { LogFile } from './file-service';

/** Characters of one session that the client gets as they come: about what a client keeps of them. */
const UNTHROTTLED = 16 * 1024 * 1024;
/** Past these it gets the latest characters only, so many of them at a time, this often. */
const PORTION = 128 * 1024;
const INTERVAL_MS = 100;

/**
 * What plugins print: verbatim and in order to the log file where there is one, and to the client. A flood goes to the
 * client in part: neither its memory nor its answers to the user shall suffer. What is left out there is said.
 */
export class PluginLog {
  private unthrottled = UNTHROTTLED;
  private readonly tail = new TextTail(PORTION);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly file: LogFile | undefined,
  ) {}

  write(text: string): void {
    this.file?.write(text);
    if (text.length <= this.unthrottled && this.tail.length === 0) {
      this.unthrottled -= text.length;
      this.send(text);
      return;
    }
    this.unthrottled = 0;
    this.tail.push(text);
    this.timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  /** Sends what waits: before a stop is reported and at the end. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { text, dropped } = this.tail.take();
    const where = this.file ? 'the log file has them' : '"log.file" in launch.json keeps them';
    if (dropped) this.send(`\n[TCG Scope: ${dropped} characters are left out here; ${where}.]\n`);
    if (text) this.send(text);
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    this.flush();
    await this.file?.close();
  }

  private send(text: string): void {
    if (this.client.isOurs) this.client.custom('tcg/pluginLog', { text });
    else this.client.event<DebugProtocol.OutputEvent>('output', { category: 'console', output: text });
  }
}
