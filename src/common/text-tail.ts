/** Pieces dropped until their places are given back. */
const COMPACT_AT = 1024;

/** The last characters of a text that comes in pieces; the earlier ones are counted and dropped. */
export class TextTail {
  private pieces: string[] = [];
  private head = 0;
  private kept = 0;
  private lost = 0;

  /** @param limit characters that are kept at most */
  constructor(private readonly limit: number) {}

  /** Characters that are kept. */
  get length(): number {
    return this.kept;
  }

  /** Characters that were dropped since the last {@link take}. */
  get dropped(): number {
    return this.lost;
  }

  /** Takes the next piece. */
  push(text: string): void {
    const piece = text.length > this.limit ? text.slice(text.length - this.limit) : text;
    this.lost += text.length - piece.length;
    if (!piece) return;
    this.pieces.push(piece);
    this.kept += piece.length;
    while (this.kept > this.limit) this.dropOldest(this.kept - this.limit);
  }

  /** What is kept; the tail goes on with it. */
  get text(): string {
    return this.pieces.slice(this.head).join('');
  }

  /**
   * What is kept, from the start of a line if something before it was dropped, and how many characters those are; begins
   * anew.
   */
  take(): { readonly text: string; readonly dropped: number } {
    let { text } = this;
    if (this.lost) {
      const line = text.indexOf('\n') + 1;
      text = text.slice(line);
      this.lost += line;
    }
    const dropped = this.lost;
    this.pieces = [];
    this.head = this.kept = this.lost = 0;
    return { text, dropped };
  }

  private dropOldest(count: number): void {
    const oldest = this.pieces[this.head] ?? '';
    const gone = Math.min(count, oldest.length);
    if (gone === oldest.length) this.pieces[this.head++] = '';
    else this.pieces[this.head] = oldest.slice(gone);
    this.kept -= gone;
    this.lost += gone;
    if (this.head < COMPACT_AT) return;
    this.pieces = this.pieces.slice(this.head);
    this.head = 0;
  }
}
