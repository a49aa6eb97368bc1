const LARGE = 1 << 16;

/** Gathers the many small pieces that plugins print, so that they cross threads in few messages. */
export class LogBuffer {
  private pieces: string[] = [];
  private length = 0;

  constructor(private readonly emit: (text: string) => void) {}

  write(text: string): void {
    this.pieces.push(text);
    this.length += text.length;
    if (this.length >= 16 * LARGE) this.flush();
  }

  flush(): void {
    if (!this.length) return;
    const text = this.pieces.join('');
    this.pieces = [];
    this.length = 0;
    this.emit(text);
  }

  flushIfLarge(): void {
    if (this.length >= LARGE) this.flush();
  }
}
