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
 * Reads DAP's hit condition: `5` is the fifth hit only, `>= 5` that and all after it, `% 10` every tenth. The result is
 * asked with the number of hits so far, the current one included. Throws an Error that names the text.
 */
export function parseHitCondition(text: string): (hits: number) => boolean {
  const match = /^\s*(={0,2}|!=|[<>]=?|%)\s*(\d+)\s*$/.exec(text);
  const operator = match && OPERATORS[match[1]];
  if (!match || !operator) {
    throw new Error(`hit condition "${text}": expected a number, or one of >, >=, <, <=, ==, !=, % and a number`);
  }
  const n = Number(match[2]);
  if (match[1] === '%' && n === 0) throw new Error(`hit condition "${text}": the divisor must not be 0`);
  return (hits) => operator(hits, n);
}
