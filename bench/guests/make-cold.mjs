// Writes the source of the cold guest to standard output: a megabyte of different functions, each of which runs once in a
// repetition. The numbers come from a generator with a fixed seed, so that every run gives the same text.
const FUNCTIONS = 5700;

let state = 0x2545f491;
function random(n) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}

const operators = ['+', '-', '^', '|', '&', '*'];
const variable = () => 'xyz'[random(3)];

function statement() {
  const [p, q, r] = [variable(), variable(), variable()];
  switch (random(8)) {
    case 0:
      return `${p} = ${q} ${operators[random(6)]} ${random(60000)}u;`;
    case 1:
      return `if (${p} > ${q}) ${r} ^= ${random(256)}u; else ${q} += ${random(99)}u;`;
    case 2:
      return `${p} = memory[(${q} >> ${random(12)}) & 1023];`;
    case 3:
      return `memory[(${p} + ${random(1024)}u) & 1023] = ${q};`;
    case 4:
      return `${p} = ${q} << ${1 + random(15)} | ${r} >> ${1 + random(15)};`;
    case 5:
      return `${p} ${operators[random(3)]}= ${q} ${operators[random(5)]} ${r};`;
    case 6:
      return `${p} += (${q} & ${1 << random(8)}u) ? ${r} : ${random(1000)}u;`;
    default:
      return `${p} = ${q} / ${3 + random(60)}u + ${r};`;
  }
}

const lines = ['#include "guest.h"', 'static u32 memory[1024];'];
for (let i = 0; i < FUNCTIONS; i++) {
  const body = Array.from({ length: 16 }, statement).join(' ');
  lines.push(
    `static NOINLINE u32 f${i}(u32 x) { u32 y = x ^ ${random(1 << 30)}u, z = x + ${i}u; ${body} return x + y + z; }`,
  );
}
lines.push('static u32 cold(void) { u32 x = 1; for (int i = 0; i < 1024; i++) memory[i] = (u32)i * 77u;');
for (let i = 0; i < FUNCTIONS; i++) lines.push(`x = f${i}(x);`);
lines.push('return x; }', 'const struct kernel kernels[] = {{"cold", cold}, {0, 0}};');
console.log(lines.join('\n'));
