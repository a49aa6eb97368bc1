import type { TierPolicy } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';
import type { Random } from './random';

/*
 * Random programs with loops, calls, conditions, accesses to memory in either byte order and stores into code, for comparing tiers.
 */

export const CODE = 0x1000;
export const DATA = 0x8000;

const AL = 14;

/** A data-processing instruction on r0..r7. */
function dataProcessing(r: Random, cond: number): number {
  const opcode = r.below(16);
  const compares = opcode >= 8 && opcode < 12;
  const s = compares || r.below(2) === 0 ? 1 : 0;
  const rn = opcode === 13 || opcode === 15 ? 0 : r.below(8);
  const fields = (cond << 28) | (opcode << 21) | (s << 20) | (rn << 16) | ((compares ? 0 : r.below(8)) << 12);
  if (r.below(2)) return (fields | (1 << 25) | r.below(0x1000)) >>> 0;
  const shift = r.below(3) ? (r.below(32) << 7) | (r.below(4) << 5) : (r.below(8) << 8) | (r.below(4) << 5) | 0x10;
  return (fields | shift | r.below(8)) >>> 0;
}

const SETEND_LE = 0xf1010000;
const SETEND_BE = 0xf1010200;

/** `and r9, rX, #mask`, then a load or store of r0..r7 at [r8, r9]; unaligned ones, too. */
function access(r: Random, cond: number): number[] {
  const masked = (cond << 28) | 0x02009000 | (r.below(8) << 16) | (r.below(2) ? 0x0ff : 0xeff);
  const bytes = r.below(2) << 22;
  const move = (cond << 28) | 0x07880009 | bytes | (r.below(2) << 20) | (r.below(8) << 12);
  return [masked >>> 0, move >>> 0];
}

function body(r: Random, length: number): number[] {
  return Array.from({ length }, () => {
    const cond = r.below(3) === 0 ? r.below(15) : AL;
    if (r.below(30) === 0) return [r.one([SETEND_LE, SETEND_BE])];
    switch (r.below(8)) {
      case 0:
      case 1:
        return access(r, cond);
      case 2:
        // mul r4, umull and smlal r5:r4
        return [((cond << 28) | r.one([0x00040090, 0x00845090, 0x00e45090]) | (r.below(4) << 8) | r.below(4)) >>> 0];
      default:
        return [dataProcessing(r, cond)];
    }
  }).flat();
}

const branch = (from: number, to: number, cond = AL, link = 0): number =>
  ((cond << 28) | 0x0a000000 | (link << 24) | (((to - from - 8) >> 2) & 0xffffff)) >>> 0;

/**
 * Appends a loop around a jump by a table, of addresses or of branches: some entries lead back to its start, and a table of
 * addresses is written to now and then.
 */
function switchLoop(r: Random, words: number[]): void {
  const at = (): number => CODE + 4 * words.length;
  words.push(0xe3a0b000 | (1 + r.below(40))); // mov r11, #n
  const start = at();
  const leave = words.length + 1;
  words.push(0xe25bb001, 0); // subs r11, r11, #1; bmi end
  words.push(...body(r, 1 + r.below(3)));
  const entries = 2 + r.below(6);
  const loads = r.below(2) === 0;
  if (loads) words.push(SETEND_LE);
  words.push(0xe2009007 | (r.below(8) << 16), 0xe3590000 | (entries - 1)); // and r9, rX, #7; cmp r9, #entries-1
  words.push(loads ? 0x979ff109 : 0x908ff109); // ldrls pc, [pc, r9, lsl #2]; addls pc, pc, r9, lsl #2
  words.push(branch(at(), start));
  const table = words.length;
  for (let i = 0; i < entries; i++) words.push(0);
  for (let i = 0; i < entries; i++) {
    const target = r.below(4) === 0 ? start : at();
    words[table + i] = loads ? target : branch(CODE + 4 * (table + i), target);
    if (target === start) continue;
    words.push(...body(r, 1 + r.below(3)));
    if (loads && r.below(3) === 0) {
      const distance = (from: number, to: number): number => from + 8 - to;
      const [one, other] = [CODE + 4 * table, CODE + 4 * (table + r.below(entries))];
      words.push(0xe51f9000 | distance(at(), one)); // ldr r9, [pc, #-…]
      words.push(0xe50f9000 | distance(at(), other)); // str r9, [pc, #-…]
    }
    words.push(branch(at(), start));
  }
  words[leave] = branch(CODE + 4 * leave, at(), 4);
}

/** Appends parts that lead to each other as it happens (irreducible flow), until a counter ends that; any may be the first. */
function tangle(r: Random, words: number[]): void {
  const at = (): number => CODE + 4 * words.length;
  const jumps: { readonly at: number; readonly cond: number; readonly isExit?: boolean }[] = [];
  const jump = (cond: number, isExit?: boolean): void => {
    jumps.push({ at: words.length, cond, isExit });
    words.push(0);
  };
  words.push(0xe3a0b000 | (1 + r.below(200))); // mov r11, #n
  for (let entries = 1 + r.below(3); entries > 0; entries--) jump(r.below(14));
  const parts: number[] = [];
  for (let count = 3 + r.below(5); count > 0; count--) {
    parts.push(at());
    words.push(...body(r, 1 + r.below(3)), 0xe25bb001); // subs r11, r11, #1
    jump(4, true);
    for (let more = r.below(3); more > 0; more--) {
      words.push(...body(r, r.below(2)));
      jump(r.below(4) ? r.below(14) : AL);
    }
  }
  jump(AL);
  for (const { at: place, cond, isExit } of jumps)
    words[place] = branch(CODE + 4 * place, isExit ? at() : r.one(parts), cond);
}

/** An endless program: loops, nested or not, and calls of functions behind it. */
export function program(r: Random): number[] {
  const words: number[] = [];
  const at = (): number => CODE + 4 * words.length;
  const calls: number[] = [];
  words.push(0xe3a08902); // mov r8, #DATA
  const start = at();
  for (let loops = 0; loops < 4; loops++) {
    words.push(0xe3a0a000 | (1 + r.below(30))); // mov r10, #n
    const outer = at();
    words.push(...body(r, 2 + r.below(6)));
    words.push(0xe3a0b000 | (1 + r.below(20))); // mov r11, #n
    const inner = at();
    words.push(...body(r, 1 + r.below(5)));
    if (r.below(2)) {
      calls.push(words.length);
      words.push(0);
    }
    const skip = words.length;
    words.push(0);
    words.push(...body(r, 1 + r.below(3)));
    words[skip] = branch(CODE + 4 * skip, at(), r.below(14));
    words.push(0xe25bb001, branch(at() + 4, inner, 1)); // subs r11, r11, #1; bne
    words.push(0xe25aa001, branch(at() + 4, outer, 1)); // subs r10, r10, #1; bne
    switchLoop(r, words);
    tangle(r, words);
  }
  // Stores an instruction over the one that follows two later, the same one: code is written, and means the same.
  words.push(0xe51f9000, 0xe50f9004); // ldr r9, [pc, #-0]; str r9, [pc, #-4]
  words.push(0xe1a00000, branch(at() + 4, start));
  for (const call of calls) {
    words[call] = branch(CODE + 4 * call, at(), AL, 1);
    words.push(...body(r, 1 + r.below(6)), 0xe12fff1e); // bx lr
  }
  return words;
}

/** All that must be the same. */
export function state({ env, machine }: ArmMachine): unknown {
  return {
    words: [...env.subarray(0, 64)],
    instructions: machine.execs[0].instructions,
    memory: Buffer.from(machine.readPhysical(DATA, 0x1000)).toString('base64'),
  };
}

/** A machine that begins the program. `now`: what the tier takes for the time. */
export function machine(words: readonly number[], policy?: TierPolicy, now?: () => number): ArmMachine {
  const made = new ArmMachine({}, policy, undefined, undefined, now).words(CODE, ...words);
  made.cpu.reset(CODE);
  return made;
}
