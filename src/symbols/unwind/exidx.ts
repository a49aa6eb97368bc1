import { ByteReader, ElfError } from '../bytes';
import type { DwarfSections } from '../dwarf/sections';
import { LR, PC, preservedRegisters, readWord, SP } from './frame';
import type { CallerRegisters, StepInput } from './frame';

/**
 * Unwinding by the exception tables .ARM.exidx and .ARM.extab. They are exact at calls only, not in prologues.
 * Source: Exception Handling ABI for the Arm Architecture (EHABI32), sections 6, 7 and 10.
 */
export class ExceptionTable {
  /** Function starts, ascending, and the offset of their entries in .ARM.exidx. */
  private readonly starts: number[] = [];
  private readonly address: number;
  private readonly data: Uint8Array | undefined;

  constructor(private readonly sections: DwarfSections) {
    this.data = sections.data('.ARM.exidx');
    this.address = sections.elf.section('.ARM.exidx')?.address ?? 0;
    if (!this.data) return;
    const count = Math.floor(this.data.length / 8);
    for (let i = 0; i < count; i++) this.starts.push(this.prel31(i * 8));
  }

  /** One step; undefined when there is no entry for the address or it says that it cannot be unwound. */
  unwind(input: StepInput): CallerRegisters | undefined {
    const code = this.sections.guard('', undefined, () => this.instructions(input.frame.lookupPc));
    return code && execute(code, input);
  }

  private reader(offset: number): ByteReader {
    return new ByteReader(this.data!, '.ARM.exidx', this.sections.littleEndian, offset);
  }

  /** A place-relative 31-bit offset at an offset of .ARM.exidx, as an address. */
  private prel31(offset: number): number {
    return (this.address + offset + signed31(this.reader(offset).u32())) >>> 0;
  }

  private instructions(pc: number): number[] | undefined {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle] <= pc) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const offset = (low - 1) * 8 + 4;
    const word = this.reader(offset).u32();
    if (word === 1) return undefined;
    if (word & 0x80000000) return wordBytes(word).slice(1);
    return this.extab(this.prel31(offset));
  }

  private extab(address: number): number[] {
    const section = this.sections.elf.section('.ARM.extab');
    if (!section) throw new ElfError('.ARM.exidx refers to .ARM.extab, which is not in the file');
    const reader = this.sections.reader('.ARM.extab');
    reader.seek(address - section.address);
    const first = reader.u32();
    let bytes: number[];
    let more: number;
    if (first & 0x80000000) {
      const model = (first >>> 24) & 0x0f;
      bytes = wordBytes(first).slice(1);
      more = model === 0 ? 0 : bytes.shift()!;
    } else {
      // A personality routine of its own: by convention its data start like those of the standard ones.
      bytes = wordBytes(reader.u32());
      more = bytes.shift()!;
    }
    for (; more > 0; more--) bytes.push(...wordBytes(reader.u32()));
    return bytes;
  }
}

function signed31(word: number): number {
  return (word << 1) >> 1;
}

function wordBytes(word: number): number[] {
  return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff];
}

/** Runs unwinding instructions (EHABI32, section 10.3). */
function execute(code: readonly number[], input: StepInput): CallerRegisters | undefined {
  const registers = preservedRegisters(input.frame.registers);
  let vsp = input.frame.registers[SP];
  if (vsp === undefined) return undefined;
  let position = 0;
  const next = () => code[position++] ?? 0xb0;
  let ok = true;
  let popped = false;
  registers[LR] = input.innermost ? input.frame.registers[LR] : undefined;
  const pop = (register: number) => {
    const value = readWord(input.readMemory, vsp!);
    if (value === undefined) ok = false;
    if (register === PC) popped = true;
    registers[register] = value;
    vsp = (vsp! + 4) >>> 0;
  };
  let newSp: number | undefined;
  while (ok && position < code.length) {
    const op = next();
    if (op === 0xb0) break;
    if (op < 0x40) vsp += (op << 2) + 4;
    else if (op < 0x80) vsp -= ((op & 0x3f) << 2) + 4;
    else if (op < 0x90) {
      const mask = ((op & 0x0f) << 8) | next();
      if (mask === 0) return undefined;
      for (let bit = 0; bit < 12; bit++) {
        if (!(mask & (1 << bit))) continue;
        pop(4 + bit);
        if (4 + bit === SP) newSp = registers[SP];
      }
      if (newSp !== undefined) vsp = newSp;
      newSp = undefined;
    } else if (op < 0xa0) {
      const register = op & 0x0f;
      const value: number | undefined =
        register === SP || register === PC ? undefined : (registers[register] ?? input.frame.registers[register]);
      if (value === undefined) return undefined;
      vsp = value;
    } else if (op < 0xb0) {
      for (let register = 4; register <= 4 + (op & 7); register++) pop(register);
      if (op & 8) pop(LR);
    } else if (op === 0xb1) {
      const mask = next();
      if (mask === 0 || mask > 0x0f) return undefined;
      for (let register = 0; register < 4; register++) if (mask & (1 << register)) pop(register);
    } else if (op === 0xb2) {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = next();
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80 || shift > 28) break;
      }
      vsp += 0x204 + value * 4;
    } else if (op === 0xb3) vsp += ((next() & 0x0f) + 1) * 8 + 4;
    else if (op >= 0xb8 && op < 0xc0) vsp += ((op & 7) + 1) * 8 + 4;
    else if (op === 0xc8 || op === 0xc9) vsp += ((next() & 0x0f) + 1) * 8;
    else if (op >= 0xd0 && op < 0xd8) vsp += ((op & 7) + 1) * 8;
    else return undefined;
    vsp >>>= 0;
  }
  if (!ok) return undefined;
  registers[SP] = vsp;
  if (!popped) registers[PC] = registers[LR];
  return registers[PC] === undefined ? undefined : { registers };
}
