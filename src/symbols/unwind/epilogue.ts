import type { ReadMemory } from '../memory';
import { LR, PC, preservedRegisters, readWord, SP } from './frame';
import type { CallerRegisters, StepInput } from './frame';

/**
 * Unwinding from a function's last instructions: when from the pc on there is nothing but moves of the stack pointer,
 * pops and a return, they say exactly what the caller will see. Encodings: Arm Architecture Reference Manual, ARMv7-A
 * (DDI 0406C), chapters A6 and A8.
 */

const LIMIT = 12;

/** The registers as the epilogue leaves them so far; undefined: not known. */
type Registers = (number | undefined)[];

/** What an instruction did: it was part of an epilogue, it returned, or it was something else. */
type Outcome = 'continue' | 'return' | 'other';

/** One step, for the innermost frame only; undefined when the pc is not in an epilogue. */
export function unwindByEpilogue(input: StepInput, thumb: boolean): CallerRegisters | undefined {
  const { frame, readMemory } = input;
  const registers: Registers = [...frame.registers];
  let pc = frame.pc;
  for (let count = 0; count < LIMIT; count++) {
    const bytes = readMemory(pc, 2);
    const first = bytes && bytes[0] | (bytes[1] << 8);
    const wide = !thumb || (first !== undefined && first >>> 11 >= 0x1d);
    const word = wide ? readWord(readMemory, pc) : first;
    if (word === undefined) return undefined;
    const outcome = !thumb
      ? arm(word, registers, readMemory)
      : wide
        ? thumb32(word & 0xffff, word >>> 16, registers, readMemory)
        : thumb16(word, registers, readMemory);
    if (outcome === 'other') return undefined;
    if (outcome === 'return') return finish(registers);
    pc += wide ? 4 : 2;
  }
  return undefined;
}

function finish(registers: Registers): CallerRegisters | undefined {
  if (registers[PC] === undefined || registers[SP] === undefined) return undefined;
  const result = preservedRegisters(registers);
  result[SP] = registers[SP];
  result[LR] = result[PC] = registers[PC];
  return { registers: result };
}

function add(registers: Registers, target: number, source: number, delta: number): Outcome {
  const value = registers[source];
  registers[target] = value === undefined ? undefined : (value + delta) >>> 0;
  return 'continue';
}

/** Loads a list from the stack; the stack pointer moves past it unless the list has it. */
function pop(list: number, registers: Registers, readMemory: ReadMemory, writeBack = true): Outcome {
  let sp = registers[SP];
  if (sp === undefined) return 'other';
  for (let register = 0; register < 16; register++) {
    if (!(list & (1 << register))) continue;
    registers[register] = readWord(readMemory, sp);
    sp = (sp + 4) >>> 0;
  }
  if (writeBack) registers[SP] = sp;
  return list & (1 << PC) ? 'return' : 'continue';
}

function returnTo(register: number, registers: Registers): Outcome {
  if (register !== LR) return 'other';
  registers[PC] = registers[LR];
  return 'return';
}

function arm(insn: number, registers: Registers, readMemory: ReadMemory): Outcome {
  if (insn >>> 28 !== 0xe) return 'other';
  const target = (insn >>> 12) & 15;
  const source = (insn >>> 16) & 15;
  if ((insn & 0x0ffffff0) === 0x012fff10) return returnTo(insn & 15, registers);
  if ((insn & 0x0fff0000) === 0x08bd0000) return pop(insn & 0xffff, registers, readMemory);
  if ((insn & 0x0fff0000) === 0x089d0000) return pop(insn & 0xffff, registers, readMemory, false);
  if ((insn & 0x0fff0fff) === 0x049d0004) return pop(1 << target, registers, readMemory);
  if ((insn & 0x0fff0fff) === 0x00cd00d8) return pop(3 << target, registers, readMemory);
  if ((insn & 0x0fbf0e00) === 0x0cbd0a00) return add(registers, SP, SP, 4 * (insn & 0xff));
  if ((insn & 0x0fef0ff0) === 0x01a00000) {
    if (target === PC) return returnTo(insn & 15, registers);
    return add(registers, target, insn & 15, 0);
  }
  const immediate = (insn & 0x0ff00000) === 0x02800000 ? 1 : (insn & 0x0ff00000) === 0x02400000 ? -1 : 0;
  if (immediate === 0 || target !== SP) return 'other';
  const rotate = ((insn >>> 8) & 15) * 2;
  const value = insn & 0xff;
  return add(registers, SP, source, immediate * (((value >>> rotate) | (rotate ? value << (32 - rotate) : 0)) >>> 0));
}

function thumb16(insn: number, registers: Registers, readMemory: ReadMemory): Outcome {
  if ((insn & 0xff87) === 0x4700) return returnTo((insn >>> 3) & 15, registers);
  if ((insn & 0xfe00) === 0xbc00) return pop((insn & 0xff) | (insn & 0x100 ? 1 << PC : 0), registers, readMemory);
  if ((insn & 0xff80) === 0xb000) return add(registers, SP, SP, 4 * (insn & 0x7f));
  if (insn >>> 8 === 0x37) return add(registers, 7, 7, insn & 0xff);
  if (insn >>> 8 === 0x46) {
    const target = (insn & 7) | ((insn >>> 4) & 8);
    const source = (insn >>> 3) & 15;
    return target === PC ? returnTo(source, registers) : add(registers, target, source, 0);
  }
  return 'other';
}

function thumb32(first: number, second: number, registers: Registers, readMemory: ReadMemory): Outcome {
  if (first === 0xe8bd) return pop(second & 0xdfff, registers, readMemory);
  if (first === 0xf85d && (second & 0x0fff) === 0x0b04) return pop(1 << (second >>> 12), registers, readMemory);
  if (first === 0xe8fd && (second & 0xff) === 2)
    return pop((1 << (second >>> 12)) | (1 << ((second >>> 8) & 15)), registers, readMemory);
  if ((first & 0xffbf) === 0xecbd && (second & 0x0e00) === 0x0a00) return add(registers, SP, SP, 4 * (second & 0xff));
  // ADDW and ADD.W with a plain immediate below 256, to SP from SP or r7.
  const source = first & 15;
  const plain = (first & 0xfff0) === 0xf200 || ((first & 0xfff0) === 0xf100 && (second & 0x7700) === 0);
  if (plain && (second & 0x8f00) === 0x0d00 && (source === SP || source === 7)) {
    return add(registers, SP, source, ((first & 0x400) << 1) | ((second >>> 4) & 0x700) | (second & 0xff));
  }
  return 'other';
}
