import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ClassReport } from './tally';

/*
 * docs/fidelity.md, made from the last run of each class with --write-docs; their figures are kept in results.json.
 */

const RESULTS = 'test/fidelity/results.json';
const DOCUMENT = 'docs/fidelity.md';

const grouped = (value: number): string => value.toLocaleString('en-US');

const INTRODUCTION = `# Fidelity

What runs on \`qemu-system-arm\` 7.2 runs here with the same result: this page shows how that is measured, and what came of it.
It is made by \`npm run fidelity -- --write-docs\`; do not edit it.

\`\`\`sh
npm run fidelity                          # every class, ten million instructions each
npm run fidelity -- --quick               # within two minutes
npm run fidelity -- --class vfp --cases 1000000 --seed 7 --json
npm run fidelity -- lockstep program.elf  # instruction by instruction through QEMU's gdbstub, up to the first difference
\`\`\`
`;

const EXPLANATION = `
A **case** is one executed random instruction: registers, flags, memory around the base register, and with floating point
d0–d31 and FPSCR are random before it (corner values among them), and everything is compared behind it, with exceptions and
their syndrome. Each drawn instruction is executed several times with other values; **different** counts the drawn ones.
Instructions are drawn from the rows of our decode tables, each row as often as the others; **rows** says how many rows of a
class had at least one. Where hashes differ, the harness runs that part again on both machines and prints the first
instruction that differs, its input and both outputs. How it works is told in \`test/peer/stream/README.md\`.

In the class \`programs\` whole programs are compared, of our own and with newlib, picolibc and libgcc from Debian's packages:
console output, exit status, every instruction and every memory access with its value. Its cases are executed instructions.
A **difference** is a program, or a run of 64 instructions, that differs.
`;

function row({ name, cases, differences, encodings, coverage, sets, seed, tier, date, commit }: ClassReport): string {
  const rows = Object.entries(coverage).map(([set, { rows: all, covered, excluded }]) => {
    const left = Object.keys(excluded).length;
    return `${set} ${covered}/${all - left}${left ? ` (+${left} that cannot run)` : ''}`;
  });
  const what = sets.programs === undefined ? rows.join(', ') : `${sets.programs} programs`;
  const repeat = name === 'programs' ? '' : `\`--class ${name} --cases ${cases} --seed ${seed}\``;
  return `| ${[name, grouped(cases), differences, encodings ? grouped(encodings) : '', what, tier, `${date}, ${commit}`, repeat].join(' | ')} |`;
}

function details(reports: readonly ClassReport[]): string {
  const lines: string[] = [];
  for (const { name, sets, coverage } of reports) {
    const counts = Object.entries(sets).filter(([set]) => set !== 'programs');
    if (counts.length) lines.push(`- ${name}: ${counts.map(([set, count]) => `${set} ${grouped(count)}`).join(', ')}`);
    for (const [set, { uncovered }] of Object.entries(coverage)) {
      if (uncovered.length) lines.push(`  - ${set} rows without an instruction: ${uncovered.join(' ')}`);
    }
  }
  return lines.join('\n');
}

function exclusions(reports: readonly ClassReport[]): string {
  const why = new Map<string, string[]>();
  for (const { coverage } of reports) {
    for (const { excluded } of Object.values(coverage)) {
      for (const [name, reason] of Object.entries(excluded)) why.set(reason, [...(why.get(reason) ?? []), name]);
    }
  }
  return [...why].map(([reason, names]) => `- ${reason}: ${names.join(' ')}`).join('\n');
}

function render(reports: readonly ClassReport[]): string {
  return [
    INTRODUCTION,
    '| class | cases | differences | different | rows | tier | run | again |',
    '|---|---:|---:|---:|---|---|---|---|',
    ...reports.map(row),
    EXPLANATION,
    '## Cases by instruction set\n',
    details(reports),
    '\n## Rows that are left out\n',
    exclusions(reports) || 'None.',
    '',
  ].join('\n');
}

/** Replaces the reports of these classes, keeps the others, and writes the document. */
export function updateDocument(reports: readonly ClassReport[]): void {
  const before = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as ClassReport[]) : [];
  const kept = before.filter(({ name }) => !reports.some((report) => report.name === name));
  const order = (name: string): number => ORDER.indexOf(name);
  const all = [...kept, ...reports].sort((a, b) => order(a.name) - order(b.name));
  writeFileSync(RESULTS, `${JSON.stringify(all, undefined, 2)}\n`);
  writeFileSync(DOCUMENT, render(all));
}

const ORDER = ['integer', 'media', 'load-store', 'vfp', 'neon-data', 'neon-load-store', 'system', 'programs'];
