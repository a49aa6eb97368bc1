/**
 * DAP's hit condition: a number (`5`: the fifth hit only), or a comparison (`>= 5`, `== 5`, `< 3`, `% 10`: every tenth).
 */
export function parseHitCondition(text: string): (hits: number) => boolean {
  const match = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d+)\s*$/.exec(text);
  if (!match) throw new Error(`hit condition "${text}": expected a number, or >, >=, <, <=, ==, % and a number`);
  const n = Number(match[2]);
  switch (match[1]) {
    case '>=':
      return (hits) => hits >= n;
    case '>':
      return (hits) => hits > n;
    case '<=':
      return (hits) => hits <= n;
    case '<':
      return (hits) => hits < n;
    case '%':
      if (n === 0) throw new Error(`hit condition "${text}": the divisor must not be 0`);
      return (hits) => hits % n === 0;
    default:
      return (hits) => hits === n;
  }
}
