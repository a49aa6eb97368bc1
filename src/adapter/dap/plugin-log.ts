import type { DebugProtocol } from '@vscode/debugprotocol';
import { TextTail } from '../../common/text-tail';
import type { Client } from './client';
import type { LogFile } from './file-service';

/** Characters of one session that the client gets whole: about what a client keeps of them. Also most that waits for it. */
const WHOLE = 16 * 1024 * 1024;
/** Past these it gets the latest characters only, so many of them at a time, this often. */
const PORTION = 128 * 1024;
const INTERVAL_MS = 100;
/** Characters of one message. */
const PIECE = 32 * 1024;
/** Characters on their way to the client at most, so that an answer to the user is not far behind them. */
const UNDERWAY = 2 * PIECE;
/** How often a client that acknowledges nothing is looked at. */
const LOOK_MS = 5;

/**
 * What plugins print: verbatim and in order to the log file where there is one, and to the client. A flood goes to the
 * client at the client's own speed, and in part: neither its memory nor its answers to the user shall suffer. What is
 * left out there is said.
 */
export class PluginLog {
  /** Characters that may still be sent before only the latest are. */
  private whole = WHOLE;
  /** What is being sent, and how much of it was. */
  private text = '';
  private sent = 0;
  /** What comes after that. */
  private tail = new TextTail(WHOLE);
  private readonly way: Way;
  /** Runs while the next portion has to wait. */
  private rest: ReturnType<typeof setTimeout> | undefined;
  private look: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly file: LogFile | undefined,
  ) {
    this.way = client.isOurs ? new AcknowledgedWay(client) : new PlainWay(client);
  }

  write(text: string): void {
    this.file?.write(text);
    this.tail.push(text);
    this.pump();
  }

  /** The client has received a message that asked it to say so. */
  acknowledged(): void {
    this.way.acknowledged?.();
    this.pump();
  }

  /** Before a stop is reported: sends what waits if that is little. Else it follows the stop. */
  flush(): void {
    if (this.text.length - this.sent + this.tail.length <= UNDERWAY) this.end();
  }

  /** At the program's end: sends everything that waits. */
  end(): void {
    while (this.text || this.refill()) this.sendPiece();
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    this.end();
    clearTimeout(this.rest);
    await this.file?.close();
  }

  /** Sends what may be sent now. */
  private pump(): void {
    while (this.way.underway < UNDERWAY) {
      if (!this.text && (this.rest !== undefined || !this.refill())) return;
      this.sendPiece();
    }
    if (this.way.acknowledged) return;
    this.look ??= setTimeout(() => {
      this.look = undefined;
      this.pump();
    }, LOOK_MS);
  }

  /** Goes on with what came meanwhile. @returns false if nothing did */
  private refill(): boolean {
    const { text, dropped } = this.tail.take();
    const where = this.file ? 'the log file has them' : '"log.file" in launch.json keeps them';
    this.text = dropped ? `\n[TCG Scope: ${dropped} characters are left out here; ${where}.]\n${text}` : text;
    if (!this.text) return false;
    if (this.whole > 0) {
      this.whole -= this.text.length;
      if (this.whole <= 0) this.tail = new TextTail(PORTION);
    } else {
      clearTimeout(this.rest);
      this.rest = setTimeout(() => {
        this.rest = undefined;
        this.pump();
      }, INTERVAL_MS);
    }
    return true;
  }

  private sendPiece(): void {
    const piece = this.text.slice(this.sent, this.sent + PIECE);
    this.sent += piece.length;
    if (this.sent >= this.text.length) {
      this.text = '';
      this.sent = 0;
    }
    this.way.send(piece);
  }
}

/** How text gets to a client, and how much of it has not arrived. */
interface Way {
  send(text: string): void;
  /** Characters, or what comes near. */
  readonly underway: number;
  /** Absent: one has to look. */
  acknowledged?(): void;
}

/** A client that knows our events says when it has received so much that it was asked to. */
class AcknowledgedWay implements Way {
  private unasked = 0;
  private readonly asked: number[] = [];
  underway = 0;

  constructor(private readonly client: Client) {}

  send(text: string): void {
    this.underway += text.length;
    this.unasked += text.length;
    const ask = this.unasked >= PIECE;
    if (ask) {
      this.asked.push(this.unasked);
      this.unasked = 0;
    }
    this.client.custom('tcg/pluginLog', { text, ...(ask && { acknowledge: true }) });
  }

  acknowledged(): void {
    this.underway -= this.asked.shift() ?? 0;
  }
}

/** Of any other client one sees only what the system has not taken yet. */
class PlainWay implements Way {
  constructor(private readonly client: Client) {}

  send(text: string): void {
    this.client.event<DebugProtocol.OutputEvent>('output', { category: 'console', output: text });
  }

  get underway(): number {
    return this.client.unsent;
  }
}
