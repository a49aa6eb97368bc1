/** `count` line numbers below `lines` with some locality, the same for the same arguments. */
export function randomLines(count: number, lines: number, seed = 1): number[] {
  let state = seed;
  const random = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  let at = 0;
  return Array.from({ length: count }, () => {
    at = random(4) === 0 ? random(lines) : (at + random(8)) % lines;
    return at;
  });
}
