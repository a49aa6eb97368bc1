/** A function that is profiled: addresses of its first instruction and of those that leave it, unsigned. */
export interface ProfiledFunction {
  readonly name: string;
  readonly entry: number;
  /** Empty: nothing tells when it ends. */
  readonly exits: readonly number[];
}

/**
 * Reads lines `function - entry; exit, exit`, all addresses decimal; a function may have no exits.
 * @throws an Error that names the line which is none
 */
export function parseFunctions(text: string): ProfiledFunction[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const match = /^\s*(.+?)\s+-\s+(\d+)\s*;?\s*([\d,\s]*)$/.exec(line);
    if (!match) throw new Error(`line ${i + 1}: "function - entry; exit, exit" was expected, not "${line}"`);
    const exits = match[3].split(',').map((part) => part.trim());
    return [{ name: match[1], entry: Number(match[2]), exits: exits.filter(Boolean).map(Number) }];
  });
}

/** Whether the instruction returns from a function, by its disassembly. */
export function isReturn(disassembly: string): boolean {
  const condition = '(?:eq|ne|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?';
  return [
    `^bx${condition} lr`,
    `^(pop|ldm(ia|ib|da|db)?)${condition}(\\.w)? .*\\bpc\\b`,
    `^ldr${condition}(\\.w)? pc, \\[sp\\]`,
    `^(mov|movs|sub|subs)${condition} pc, lr`,
  ].some((pattern) => new RegExp(pattern).test(disassembly));
}
