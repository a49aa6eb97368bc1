import type { ReadMemory } from '../memory';
import { LR, PC, preservedRegisters, readWord, SP } from './frame';
import type { CallerRegisters, StepInput } from './frame';

/**
 * Unwinding by reading a function's first instructions: what they push and how they move the stack pointer. The
 * encodings are of the Arm Architecture Reference Manual, ARMv7-A (DDI 0406C), chapters A6 and A8.
 */

/** Registers as offsets from the stack pointer at entry; those not in the map are unknown. */
interface State {
  readonly values: Map<number, number>;
  /** Register → offset from the entry's stack pointer where it was saved. */
  readonly saved: Map<number, number>;
}

const LIMIT = 256;
/** Bytes a frame may have for a frame pointer to be believed. */
const FRAME_LIMIT = 0x1000000;

/**
 * One step.
 * @param start of the function
 * @param thumb whether it is Thumb code
 * @param isCode whether an address is code: tells a return address from something else
 * @returns undefined when the stack pointer cannot be followed or the return address is not known
 */
export function unwindByPrologue(
  input: StepInput,
  start: number,
  thumb: boolean,
  isCode: (address: number) => boolean,
): CallerRegisters | undefined {
  const { frame, readMemory, innermost } = input;
  const end = Math.min(frame.pc, start + LIMIT);
  const state: State = { values: new Map([[SP, 0]]), saved: new Map() };
  const complete = thumb ? scanThumb(readMemory, start, end, state) : scanArm(readMemory, start, end, state);
  if (!complete) return undefined;
  for (const sp of entryStackPointers(state, frame.registers)) {
    const registers = preservedRegisters(frame.registers);
    for (const [register, offset] of state.saved) {
      // A call does not keep r0–r3 and r12, whatever was pushed; the pushed PC of an APCS frame is no return address.
      if ((register >= 4 && register <= 11) || register === LR) registers[register] = readWord(readMemory, sp + offset);
    }
    if (!state.saved.has(LR)) registers[LR] = innermost ? frame.registers[LR] : undefined;
    registers[SP] = sp;
    const target = (registers[PC] = registers[LR]);
    if (target !== undefined && ((target & ~1) === 0 || isCode(target & ~1))) return { registers };
  }
  return undefined;
}

/**
 * The stack pointer at entry, from each register that had a known distance to it: a frame pointer first, as the stack
 * pointer may have moved after the prologue. It lies above the present one.
 */
function entryStackPointers(state: State, registers: readonly (number | undefined)[]): number[] {
  const present = registers[SP];
  const result: number[] = [];
  for (const register of [11, 7, SP]) {
    const offset = state.values.get(register);
    const value = registers[register];
    if (offset === undefined || value === undefined || present === undefined) continue;
    const sp = (value - offset) >>> 0;
    if (sp >= present && sp - present <= FRAME_LIMIT) result.push(sp);
  }
  return result;
}

function push(state: State, list: number): boolean {
  let sp = state.values.get(SP);
  if (sp === undefined) return false;
  for (let register = 15; register >= 0; register--) {
    if (!(list & (1 << register))) continue;
    sp -= 4;
    if (!state.saved.has(register)) state.saved.set(register, sp);
  }
  state.values.set(SP, sp);
  return true;
}

function pop(state: State, list: number): void {
  let sp = state.values.get(SP);
  if (sp === undefined) return;
  for (let register = 0; register < 16; register++) {
    if (!(list & (1 << register))) continue;
    if (state.saved.get(register) === sp) state.saved.delete(register);
    sp += 4;
    if (register !== SP) state.values.delete(register);
  }
  state.values.set(SP, sp);
}

/** Rd := Rn + delta, or unknown. */
function move(state: State, target: number, source: number, delta: number): void {
  const value = state.values.get(source);
  if (value === undefined) state.values.delete(target);
  else state.values.set(target, value + delta);
}

/** @returns false when the code cannot be read; it stops at the first branch, after which nothing is prologue */
function scanArm(readMemory: ReadMemory, start: number, end: number, state: State): boolean {
  for (let pc = start; pc < end; pc += 4) {
    const insn = readWord(readMemory, pc);
    if (insn === undefined) return false;
    const target = (insn >>> 12) & 15;
    const base = (insn >>> 16) & 15;
    if (insn >>> 28 !== 0xe) {
      if ((insn & 0x0e000000) === 0x0a000000) return true;
      continue;
    }
    if ((insn & 0x0fff0000) === 0x092d0000) push(state, insn & 0xffff);
    else if ((insn & 0x0fff0000) === 0x08bd0000) {
      if (insn & 0x8000) return true;
      pop(state, insn & 0xffff);
    } else if ((insn & 0x0fff0fff) === 0x052d0004) push(state, 1 << target);
    else if ((insn & 0x0fff0fff) === 0x016d00f8) push(state, 3 << target);
    else if ((insn & 0x0fff0fff) === 0x00cd00d8) pop(state, 3 << target);
    else if ((insn & 0x0fff0fff) === 0x049d0004) {
      if (target === PC) return true;
      pop(state, 1 << target);
    } else if ((insn & 0x0fbf0e00) === 0x0d2d0a00) move(state, SP, SP, -4 * (insn & 0xff));
    else if ((insn & 0x0fbf0e00) === 0x0cbd0a00) move(state, SP, SP, 4 * (insn & 0xff));
    else if ((insn & 0x0ff00000) === 0x02400000) move(state, target, base, -armImmediate(insn));
    else if ((insn & 0x0ff00000) === 0x02800000) move(state, target, base, armImmediate(insn));
    else if ((insn & 0x0fff0ff0) === 0x01a00000) move(state, target, insn & 15, 0);
    else if ((insn & 0x0e000000) === 0x0a000000 || (insn & 0x0fffffd0) === 0x012fff10) return true;
    else if ((insn & 0x0c000000) === 0) {
      // Another data-processing instruction; compares write nothing.
      if (((insn >>> 23) & 3) !== 2) state.values.delete(target);
    } else if ((insn & 0x0c100000) === 0x04100000) state.values.delete(target);
  }
  return true;
}

function armImmediate(insn: number): number {
  const rotate = ((insn >>> 8) & 15) * 2;
  const value = insn & 0xff;
  return ((value >>> rotate) | (rotate ? value << (32 - rotate) : 0)) >>> 0;
}

function scanThumb(readMemory: ReadMemory, start: number, end: number, state: State): boolean {
  for (let pc = start; pc < end;) {
    const bytes = readMemory(pc, 2);
    if (!bytes) return false;
    const first = bytes[0] | (bytes[1] << 8);
    if (first >>> 11 < 0x1d) {
      if (!thumb16(first, state)) return true;
      pc += 2;
      continue;
    }
    const more = readMemory(pc + 2, 2);
    if (!more) return false;
    if (!thumb32(first, more[0] | (more[1] << 8), state)) return true;
    pc += 4;
  }
  return true;
}

/** @returns false at a branch */
function thumb16(insn: number, state: State): boolean {
  const top = insn >>> 8;
  if ((insn & 0xfe00) === 0xb400) push(state, (insn & 0xff) | (insn & 0x100 ? 1 << LR : 0));
  else if (top === 0xbd) return false;
  else if (top === 0xbc) pop(state, insn & 0xff);
  else if ((insn & 0xff80) === 0xb080) move(state, SP, SP, -4 * (insn & 0x7f));
  else if ((insn & 0xff80) === 0xb000) move(state, SP, SP, 4 * (insn & 0x7f));
  else if ((insn & 0xf800) === 0xa800) move(state, top & 7, SP, 4 * (insn & 0xff));
  else if (top === 0x46) move(state, (insn & 7) | ((insn >>> 4) & 8), (insn >>> 3) & 15, 0);
  else if (top === 0x47 || (insn & 0xf000) === 0xd000 || (insn & 0xf800) === 0xe000 || (insn & 0xf500) === 0xb100)
    return false;
  else if (insn < 0x4000) {
    // Shifts, adds, moves: the low register they write; CMP immediate writes none. ADD/SUB #imm8 is followed.
    const group = insn >>> 11;
    const target = group >= 4 ? (insn >>> 8) & 7 : insn & 7;
    if (group === 6) move(state, target, target, insn & 0xff);
    else if (group === 7) move(state, target, target, -(insn & 0xff));
    else if (group !== 5) state.values.delete(target);
  } else if ((insn & 0xfc00) === 0x4000) state.values.delete(insn & 7);
  else if ((insn & 0xf800) === 0x4800) state.values.delete(top & 7);
  else if ((insn & 0xf000) >= 0x5000 && (insn & 0xf000) <= 0x8000) {
    const load = (insn & 0xf000) === 0x5000 ? ((insn >>> 9) & 7) >= 3 : (insn & 0x0800) !== 0;
    if (load) state.values.delete(insn & 7);
  } else if ((insn & 0xf800) === 0x9800) state.values.delete(top & 7);
  return true;
}

/** @returns false at a branch */
function thumb32(first: number, second: number, state: State): boolean {
  const base = first & 15;
  const target = (second >>> 8) & 15;
  if (first === 0xe92d) push(state, second & 0x5fff);
  else if (first === 0xe8bd) {
    if (second & 0x8000) return false;
    pop(state, second & 0x5fff);
  } else if (first === 0xf84d && (second & 0x0fff) === 0x0d04) push(state, 1 << (second >>> 12));
  else if (first === 0xe96d && (second & 0xff) === 2) push(state, (1 << (second >>> 12)) | (1 << target));
  else if (first === 0xe8fd && (second & 0xff) === 2) pop(state, (1 << (second >>> 12)) | (1 << target));
  else if (first === 0xf85d && (second & 0x0fff) === 0x0b04) {
    if (second >>> 12 === PC) return false;
    pop(state, 1 << (second >>> 12));
  } else if ((first & 0xffbf) === 0xed2d && (second & 0x0e00) === 0x0a00) move(state, SP, SP, -4 * (second & 0xff));
  else if ((first & 0xffbf) === 0xecbd && (second & 0x0e00) === 0x0a00) move(state, SP, SP, 4 * (second & 0xff));
  else if ((first & 0xfbe0) === 0xf1a0 && !(second & 0x8000)) move(state, target, base, -thumbImmediate(first, second));
  else if ((first & 0xfbe0) === 0xf100 && !(second & 0x8000)) move(state, target, base, thumbImmediate(first, second));
  else if ((first & 0xfbf0) === 0xf2a0 && !(second & 0x8000)) move(state, target, base, -plainImmediate(first, second));
  else if ((first & 0xfbf0) === 0xf200 && !(second & 0x8000)) move(state, target, base, plainImmediate(first, second));
  else if ((first & 0xf800) === 0xf000 && second & 0x8000) {
    // Branches and calls; the miscellaneous ones (barriers, hints, MSR) go on.
    const misc = (second & 0x5000) === 0 && (first & 0x0380) === 0x0380;
    return misc;
  } else if ((first & 0xfff0) === 0xe8d0 && (second & 0xffe0) === 0xf000) return false;
  else if ((first & 0xfe00) === 0xf200 || (first & 0xfe00) === 0xf000 || (first & 0xfe00) === 0xea00)
    state.values.delete(target);
  else if ((first & 0xfe10) === 0xf810) state.values.delete(second >>> 12);
  return true;
}

function plainImmediate(first: number, second: number): number {
  return ((first & 0x400) << 1) | ((second >>> 4) & 0x700) | (second & 0xff);
}

/** ThumbExpandImm (DDI 0406C, section A6.3.2). */
function thumbImmediate(first: number, second: number): number {
  const bits = plainImmediate(first, second);
  const low = bits & 0xff;
  if (bits >>> 10 === 0) {
    switch ((bits >>> 8) & 3) {
      case 0:
        return low;
      case 1:
        return low | (low << 16);
      case 2:
        return ((low << 8) | (low << 24)) >>> 0;
      default:
        return (low * 0x01010101) >>> 0;
    }
  }
  const value = 0x80 | (bits & 0x7f);
  const rotate = bits >>> 7;
  return ((value >>> rotate) | (value << (32 - rotate))) >>> 0;
}
