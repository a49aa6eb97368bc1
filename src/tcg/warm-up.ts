import { Bytecode } from './bytecode';
import type { GuestCpu } from './guest-cpu';
import { HostMemory, Interpreter } from './interp';
import type { PluginRuntime } from './instrument';
import { ENV_LOCALS, ENV_TLB, PAGE_SIZE, TLB_WORDS } from './layout';
import type { SoftMmu } from './softmmu';
import type { TranslationBlock } from './tb';

/** Enough for a JavaScript engine to have gathered what types each operation meets. */
const ROUNDS = 64;

const [D, E, A, B, C, X] = [0, 1, 2, 3, 4, 5].map((n) => ENV_LOCALS + n);
const PC_SLOT = ENV_LOCALS + 6;
const ENV_BYTES = 4 * (ENV_TLB + TLB_WORDS);

/** Every operation that needs nothing but the environment and memory that the TLB knows, with operands. */
function everyOperation(): number[][] {
  const from = (first: Bytecode, last: Bytecode): Bytecode[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const memory = (op: Bytecode): number[] => [op, D, X, 0, ENV_TLB];
  return [
    ...from(Bytecode.add, Bytecode.sub).map((op) => [op, D, A, B]),
    ...[Bytecode.mul, Bytecode.and, Bytecode.or, Bytecode.xor, Bytecode.andc].map((op) => [op, D, A, B]),
    ...[Bytecode.shl, Bytecode.shr, Bytecode.sar, Bytecode.rotr].map((op) => [op, D, A, B]),
    ...[Bytecode.mov, Bytecode.neg, Bytecode.not].map((op) => [op, D, A]),
    [Bytecode.movi, D, -1],
    ...from(Bytecode.clz, Bytecode.ext16u).map((op) => [op, D, A]),
    ...[Bytecode.extract, Bytecode.sextract].map((op) => [op, D, A, 3, 7]),
    [Bytecode.deposit, D, A, B, 3, 7],
    ...from(Bytecode.setcond_eq, Bytecode.setcond_gtu).map((op) => [op, D, A, B]),
    ...from(Bytecode.movcond_eq, Bytecode.movcond_gtu).map((op) => [op, D, A, B, C, A]),
    ...[Bytecode.add2, Bytecode.sub2].map((op) => [op, D, E, A, B, C, A]),
    [Bytecode.sub_flags, D, E, D, E, D, A, B],
    ...[Bytecode.mulu2, Bytecode.muls2].map((op) => [op, D, E, A, B]),
    ...from(Bytecode.ld8u, Bytecode.ld32).map(memory),
    ...from(Bytecode.st8, Bytecode.st32).map(memory),
  ];
}

/** One block of all operations; comparisons branch to what follows them in either case. */
function everything(): TranslationBlock {
  const code: number[] = [Bytecode.insn_start, 0, 0];
  for (const words of everyOperation()) code.push(...words);
  for (let op = Bytecode.brcond_eq; op <= Bytecode.brcond_gtu; op++) code.push(op, A, B, code.length + 4);
  code.push(Bytecode.br, code.length + 2);
  code.push(Bytecode.goto_tb, 0, 0);
  return {
    pc: 0,
    flags: 0,
    size: 4,
    insnAddresses: [0],
    code: Int32Array.from(code),
    insnStarts: [0],
    next0: null,
    next1: null,
    valid: true,
    instrumentation: undefined,
    pages: [],
    physical: 0,
  };
}

/**
 * Runs every operation of the interpreter a few times. A JavaScript engine that compiles the interpreter then knows all of
 * it, and does not throw its code away each time that a guest first uses another operation. Takes about a millisecond.
 */
export function warmUpInterpreter(): void {
  const memory = new HostMemory(new SharedArrayBuffer(ENV_BYTES + PAGE_SIZE));
  const env = new Int32Array(memory.buffer, 0, ENV_BYTES / 4);
  const nothing = (): never => {
    throw new Error('the warm-up reaches nothing outside of the interpreter');
  };
  const cpu = { index: 0, env, helpers: [], pcSlot: PC_SLOT, auxSlot: PC_SLOT } as unknown as GuestCpu;
  const mmu: SoftMmu = { load: nothing, store: nothing };
  const runtime: PluginRuntime = {
    execCallback: nothing,
    memCallback: nothing,
    vcpuIdle: nothing,
    vcpuResume: nothing,
  };
  const interpreter = new Interpreter(cpu, memory, mmu, runtime, { findBlock: nothing });
  const block = everything();
  // The page at 0 answers from behind the environment.
  env[ENV_TLB] = env[ENV_TLB + 1] = 0;
  env[ENV_TLB + 2] = ENV_BYTES;
  for (let round = 0; round < ROUNDS; round++) {
    // Operands of every sign and size; the address is aligned and in the page.
    env[A] = Math.imul(round, 0x9e3779b1);
    env[B] = round % 5 ? round - 32 : env[A];
    env[C] = ~round << 16;
    env[X] = 4 * round;
    interpreter.left = 1;
    interpreter.execute(block, 0, false);
  }
}
