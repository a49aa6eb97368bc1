/** Decides from the number of hits so far (the current one included) whether a breakpoint acts. */
export type HitCondition = (hits: number) => boolean;

const OPERATORS: Readonly<Record<string, (hits: number, n: number) => boolean>> = {
  '': (hits, n) => hits === n,
  '=': (hits, n) => hits === n,
  '==': (hits, n) => hits === n,
  '!=': (hits, n) => hits !== n,
  '>': (hits, n) => hits > n,
  '>=': (hits, n) => hits >= n,
  '<': (hits, n) => hits < n,
  '<=': (hits, n) => hits <= n,
  '%': (hits, n) => hits % n === 0,
};

/**
 * Reads DAP's hit condition: `5` is the fifth hit, `>= 5` that and all after it, `% 10` every tenth.
 * @throws Error that names the text
 */
export function parseHitCondition(text: string): HitCondition {
  const match = /^\s*(={0,2}|!=|[<>]=?|%)\s*(\d+)\s*$/.exec(text);
  const operator = match && OPERATORS[match[1]];
  if (!match || !operator) {
    throw new Error(`not a hit condition: '${text}' (a number, or one of >, >=, <, <=, ==, !=, % and a number)`);
  }
  const n = Number(match[2]);
  if (match[1] === '%' && n === 0) throw new Error(`not a hit condition: '${text}' (every 0th hit)`);
  return (hits) => operator(hits, n);
}
