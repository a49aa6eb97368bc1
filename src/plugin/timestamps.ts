/** Puts the count of executed instructions before each line of a text that comes in pieces. */
export class Timestamps {
  private atLineStart = true;

  constructor(private readonly instructions: () => number) {}

  /** `[       123] text`; the count is that of the line's beginning. */
  stamp(text: string): string {
    if (text === '') return text;
    const mark = `[${String(this.instructions()).padStart(12)}] `;
    const isOpen = !text.endsWith('\n');
    const lines = (isOpen ? text : text.slice(0, -1)).replaceAll('\n', `\n${mark}`);
    const stamped = (this.atLineStart ? mark : '') + lines + (isOpen ? '' : '\n');
    this.atLineStart = !isOpen;
    return stamped;
  }
}
