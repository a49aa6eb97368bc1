/** How far a long command is. */
export interface Progress {
  /** A line that stays. */
  line(text: string): void;
  /** Shown until the next one comes; only on a terminal. */
  live(text: string): void;
}

const ERASE_LINE = '\r\u001b[K';

/** Progress on a stream: standard error, unless a test has another. */
export function stderrProgress(
  stream: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr,
): Progress {
  let live = false;
  return {
    line: (text) => {
      stream.write(`${live ? ERASE_LINE : ''}${text}\n`);
      live = false;
    },
    live: (text) => {
      if (!stream.isTTY) return;
      stream.write(`${ERASE_LINE}${text}`);
      live = true;
    },
  };
}

/** A count of instructions in words. */
export const millions = (count: number): string => `${(count / 1e6).toFixed(1)} million instructions`;
