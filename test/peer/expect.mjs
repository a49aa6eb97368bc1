// Records what QEMU does with every program of test/programs/programs.json: `node test/peer/expect.mjs [name...]`.
// Beside each ELF a .out file (what UART1 and the semihosting console printed), and in test/programs/expected.json its exit
// code, its registers at its last instruction, its counts, and hashes of its whole trace (format: trace.c): `trace` with
// instructions and memory accesses and their values, `blocks` with blocks too. The tests ask QEMU itself; the record shows
// in a commit what changes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';
import { registersAtEnd, runQemu } from './run-qemu.mjs';
import { readElf } from './elf.mjs';

const directory = join(root, 'test', 'programs');
const file = join(directory, 'expected.json');

export function programs() {
  const listed = JSON.parse(readFileSync(join(directory, 'programs.json'), 'utf8'));
  return Object.entries(listed).map(([name, options]) => ({
    name,
    ...options,
    elf: join(directory, options.elf ?? `${name}.elf`),
  }));
}

export function parseTrace(log) {
  const match = /^trace: (.*)$/m.exec(log);
  if (!match) throw new Error(`no trace line in the plugin log: ${log}`);
  return Object.fromEntries(
    match[1].split(' ').map((item) => {
      const [name, value] = item.split('=');
      return [name, /^[0-9]+$/.test(value) && value.length < 16 ? Number(value) : value];
    }),
  );
}

/** Registers in the order of their names, as `0x…` words. */
export function words(registers) {
  return Object.values(registers)
    .map((value) => `0x${value.toString(16).padStart(8, '0')}`)
    .join(' ');
}

/** The symbol where a program's exit begins, whichever C library it was linked with. */
export function exitSymbol(elf) {
  const { symbols } = readElf(elf);
  return ['semihosting_exit', '_exit', 'exit'].find((name) => symbols.has(name));
}

async function record(program) {
  const cwd = mkdtempSync(join(tmpdir(), 'peer-'));
  try {
    const options = { ...program, cwd, timeoutMs: 20_000 };
    const run = await runQemu({ ...options, plugins: ['trace,hash=on,values=on,tb=on'] });
    if (run.timedOut || run.code === null) throw new Error(`${program.name} did not end`);
    const { insns, loads, stores, tbs, execs, plain, hash } = parseTrace(run.log);
    const registers = await registersAtEnd(options, exitSymbol(program.elf));
    writeFileSync(join(directory, `${program.name}.out`), run.stdout + run.stderr, 'latin1');
    return {
      exit: run.code,
      insns,
      loads,
      stores,
      tbs,
      execs,
      trace: plain,
      blocks: hash,
      registers: words(registers),
    };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function main(wanted) {
  let expected = {};
  try {
    expected = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // the first time
  }
  for (const program of programs()) {
    if (wanted.length && !wanted.includes(program.name)) continue;
    expected[program.name] = await record(program);
    console.log(program.name, JSON.stringify(expected[program.name]));
  }
  const known = new Set(programs().map(({ name }) => name));
  const kept = Object.entries(expected).filter(([name]) => known.has(name));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(kept.sort()), undefined, 2)}\n`);
}

if (process.argv[1]?.endsWith('expect.mjs')) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
