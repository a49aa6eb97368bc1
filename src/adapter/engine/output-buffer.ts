/** A second copy of what is gathered and not sent yet, for when this thread does not live to send it. */
export interface OutputTail {
  /** False, and nothing kept, if it does not fit. */
  append(text: string): boolean;
  /** Everything appended has been sent, in one piece. */
  sent(): void;
}

const LARGE = 1 << 16;

/** Gathers the many small pieces that plugins and consoles print, so that they cross threads in few messages. */
export class OutputBuffer {
  private pieces: string[] = [];
  private length = 0;

  constructor(
    private readonly emit: (text: string) => void,
    private readonly tail?: OutputTail,
  ) {}

  write(text: string): void {
    if (this.tail && !this.tail.append(text)) {
      this.flush();
      // What is too large even so goes at once.
      if (!this.tail.append(text)) {
        this.pieces.push(text);
        this.length = text.length;
        return this.flush();
      }
    }
    this.pieces.push(text);
    this.length += text.length;
    if (this.length >= LARGE) this.flush();
  }

  flush(): void {
    if (!this.length) return;
    const text = this.pieces.length === 1 ? this.pieces[0] : this.pieces.join('');
    this.pieces = [];
    this.length = 0;
    this.emit(text);
    this.tail?.sent();
  }
}
