import type { CallFrameInfo } from '../dwarf/cfi';
import type { ReadMemory } from '../memory';
import type { SymbolTable } from '../symbol-table';
import type { ExceptionTable } from './exidx';
import { LR, PC, preservedRegisters, readWord, SP } from './frame';
import type { CallerRegisters, Frame, StepInput, UnwindMethod } from './frame';
import { unwindByEpilogue } from './epilogue';
import { unwindByPrologue } from './prologue';

/** What one symbol file offers for unwinding. */
export interface UnwindSource {
  readonly symbols: SymbolTable;
  readonly cfi: CallFrameInfo;
  readonly exidx: ExceptionTable;
  /** Of the ELF file: the function there has no caller. */
  readonly entry: number;
}

export const DEPTH_LIMIT = 1024;

type Step = readonly [UnwindMethod, () => CallerRegisters | undefined];

/**
 * Finds callers. For each frame the first of these that gives a return address in code is taken:
 * 1. call frame information;
 * 2. the exception table, for a caller (it is exact at calls only; for the innermost frame it comes after 3);
 * 3. the function's code, read from memory: for the innermost frame the epilogue it may be in, else the prologue;
 * 4. the frame pointer r11, by the frame layouts of GCC and of Clang;
 * 5. for the innermost frame the link register: a leaf function.
 * It ends at the function of the entry point, at a return address of 0 or outside the code, at a frame that does not
 * lie above its callee on the stack, and at a depth limit.
 */
export class Unwinder {
  /** @param sourceAt the symbol file whose code contains an address */
  constructor(
    private readonly sourceAt: (address: number) => UnwindSource | undefined,
    private readonly isCode: (address: number) => boolean,
  ) {}

  /** The innermost frame. @param registers r0 to r15 */
  innermost(registers: ArrayLike<number>): Frame {
    const values = Array.from({ length: 16 }, (_, index) => registers[index] >>> 0);
    // A fetch is from an even address whatever the state.
    const pc = (values[PC] & ~1) >>> 0;
    return { pc, lookupPc: pc, registers: values, method: 'registers' };
  }

  /** All frames, innermost first. */
  backtrace(registers: ArrayLike<number>, readMemory: ReadMemory, limit = DEPTH_LIMIT): Frame[] {
    const frames = [this.innermost(registers)];
    while (frames.length < Math.min(limit, DEPTH_LIMIT)) {
      const caller = this.caller(frames[frames.length - 1], readMemory);
      if (!caller) break;
      frames.push(caller);
    }
    return frames;
  }

  /** The caller of a frame; undefined when it is the outermost or cannot be unwound. */
  caller(frame: Frame, readMemory: ReadMemory): Frame | undefined {
    const source = this.sourceAt(frame.lookupPc);
    const symbol = source?.symbols.lookup(frame.lookupPc);
    if (source && symbol && inside(source.entry & ~1, symbol.address, symbol.size)) return undefined;
    const innermost = frame.method === 'registers';
    const input: StepInput = { frame, innermost, readMemory };
    const exidx: Step = ['exception table', () => source?.exidx.unwind(input)];
    const thumb = (symbol && source?.symbols.isThumb(symbol.address)) ?? false;
    const epilogue: Step = ['epilogue', () => (symbol ? unwindByEpilogue(input, thumb) : undefined)];
    const prologue: Step = [
      'prologue',
      () => (symbol ? unwindByPrologue(input, symbol.address, thumb, this.isCode) : undefined),
    ];
    const steps: Step[] = [
      ['call frame information', () => (source ? unwindByCfi(source.cfi, input) : undefined)],
      ...(innermost ? [epilogue, prologue, exidx] : [exidx, prologue]),
      ['frame pointer', () => this.byFramePointer(input)],
      ['link register', () => (innermost ? byLinkRegister(frame) : undefined)],
    ];
    for (const [method, step] of steps) {
      const found = step();
      if (!found) continue;
      const { registers } = found;
      const target = registers[PC];
      // The method is right about a return address of 0: this is the end.
      if (target === undefined || (target & ~1) === 0) return undefined;
      if (!this.isCode(target & ~1) || !above(frame, registers)) continue;
      const pc = (target & ~1) >>> 0;
      registers[PC] = pc;
      return { pc, lookupPc: pc - 1, registers, method };
    }
    return undefined;
  }

  /**
   * By r11. GCC leaves it on the saved link register with the caller's r11 below (`push {fp, lr}; add fp, sp, #4`),
   * Clang on the saved r11 with the link register above (`push {r11, lr}; mov r11, sp`).
   */
  private byFramePointer({ frame, readMemory }: StepInput): CallerRegisters | undefined {
    const fp = frame.registers[11];
    const sp = frame.registers[SP];
    if (fp === undefined || sp === undefined || fp % 4 !== 0 || fp < sp || fp - sp > 0x100000) return undefined;
    for (const [returnAt, savedAt] of [
      [fp, fp - 4],
      [fp + 4, fp],
    ]) {
      const target = readWord(readMemory, returnAt);
      const saved = readWord(readMemory, savedAt);
      if (target === undefined || saved === undefined || !this.isCode(target & ~1)) continue;
      const registers: (number | undefined)[] = new Array<undefined>(16).fill(undefined);
      registers[11] = saved;
      registers[SP] = returnAt + 4;
      registers[LR] = target;
      registers[PC] = target;
      return { registers };
    }
    return undefined;
  }
}

function inside(address: number, start: number, size: number): boolean {
  return address >= start && address < start + size;
}

/** A caller's stack pointer is at or above its callee's, and something changes: no loop is possible. */
function above(frame: Frame, caller: readonly (number | undefined)[]): boolean {
  const sp = frame.registers[SP];
  const callerSp = caller[SP];
  if (sp === undefined || callerSp === undefined) return false;
  return callerSp > sp || (callerSp === sp && frame.method === 'registers');
}

function unwindByCfi(cfi: CallFrameInfo, { frame, readMemory }: StepInput): CallerRegisters | undefined {
  const result = cfi.unwind({ registers: frame.registers, readMemory, pc: frame.lookupPc });
  if (!result) return undefined;
  const registers = preservedRegisters(frame.registers);
  for (const [register, value] of result.registers) if (register < PC) registers[register] = value;
  registers[SP] = result.registers.has(SP) ? registers[SP] : result.cfa;
  registers[LR] = result.returnAddress;
  registers[PC] = result.returnAddress;
  return { registers };
}

function byLinkRegister(frame: Frame): CallerRegisters | undefined {
  const registers = preservedRegisters(frame.registers);
  registers[SP] = frame.registers[SP];
  registers[LR] = registers[PC] = frame.registers[LR];
  return registers[PC] === undefined ? undefined : { registers };
}
