import { decodeA32, decodeT16, decodeT32, extractFields, isThumb32, type DecodeRow } from '../decode';
import { decodeExtraA32, decodeExtraT32 } from './extra-rows';
import { DATA_FORMS } from './forms-data';
import { MEMORY_FORMS } from './forms-memory';
import { NEON_FORMS } from './forms-neon';
import { SYSTEM_FORMS } from './forms-system';
import { VFP_FORMS } from './forms-vfp';
import type { Insn } from './insn';
import { isRefused } from './refused';
import { resolvePrinter } from './printers';
import { branchTarget, isCall, isReturn } from './targets';
import { compileForm, type Form, type Formatter } from './template';
import { byteDirective } from './text';
import { decodeVfpUnconditional } from './vfp-rows';

export interface DisassembleOptions {
  /**
   * ITSTATE as CPSR holds it when the instruction executes (DDI 0406C A2.5.2): condition in bits 7..4, 0 outside of an
   * IT block. The default, 0, gives what `qemu_plugin_insn_disas` says, which looks at each instruction alone.
   */
  readonly itState?: number;
  /** The name of the code at an address, for direct branches: appended as ` <name>`. */
  readonly symbols?: (address: number) => string | undefined;
}

export interface Disassembly {
  /** Mnemonic, a blank and the operands. The blank is there without operands too, as in the reference. */
  readonly text: string;
  readonly mnemonic: string;
  readonly operands: string;
  /** Bytes of the instruction: 2 or 4, or fewer where the data ends. */
  readonly size: number;
  /** Where a direct branch or call goes; unsigned. */
  readonly target?: number;
  /** Whether it is a branch with link. */
  readonly isCall: boolean;
  /** Whether it is the usual end of a function or of an exception handler. */
  readonly isReturn: boolean;
}

const FORMS: Readonly<Record<string, Form<Insn> | undefined>> = {
  ...DATA_FORMS,
  ...MEMORY_FORMS,
  ...SYSTEM_FORMS,
  ...VFP_FORMS,
  ...NEON_FORMS,
};
/** Each made when an instruction of its row is first met. */
const formatters = new Map<string, Formatter<Insn> | undefined>();

/** What prints the instructions of the decode table's row, if anything does. */
function formatterOf(row: string): Formatter<Insn> | undefined {
  if (!formatters.has(row)) {
    const form = FORMS[row];
    formatters.set(row, form === undefined ? undefined : compileForm(form, resolvePrinter));
  }
  return formatters.get(row);
}

/** Whether the disassembler has a form for the decode table's row. */
export const hasForm = (row: string): boolean => formatterOf(row) !== undefined;

const ALWAYS = 14;

/**
 * Disassembles the ARM (`thumb` false) or Thumb instruction at the start of `data`, little-endian, which lies at
 * `address`. The text is that of QEMU 7.2 with Capstone 4. Never throws: what is no instruction reads
 * `.byte 0x…, …`, all bytes of an A32 word, the first halfword in Thumb.
 */
export function disassembleArm(
  address: number,
  data: Uint8Array,
  thumb: boolean,
  options: DisassembleOptions = {},
): Disassembly {
  const half = (at: number): number => data[at] | (data[at + 1] << 8);
  const size = thumb && data.length >= 2 && !isThumb32(half(0)) ? 2 : 4;
  if (data.length < size) return bytes(data, data.length);
  const word = (size === 2 ? half(0) : thumb ? (half(0) << 16) | half(2) : half(0) | (half(2) << 16)) >>> 0;
  const row = decode(word, size, thumb);
  const formatter = row && formatterOf(row.name);
  if (!formatter || isRefused(row, word)) return bytes(data.subarray(0, thumb ? 2 : 4), size);
  const insn = describe(row, word, address >>> 0, size, thumb, options.itState ?? 0);
  const text = formatter(insn);
  if (text === undefined) return bytes(data.subarray(0, thumb ? 2 : 4), size);
  const target = branchTarget(insn);
  const symbol = target === undefined ? undefined : options.symbols?.(target);
  const blank = text.indexOf(' ');
  const mnemonic = blank < 0 ? text : text.slice(0, blank);
  const operands = (blank < 0 ? '' : text.slice(blank + 1)) + (symbol === undefined ? '' : ` <${symbol}>`);
  return {
    text: `${mnemonic} ${operands}`,
    mnemonic,
    operands,
    size,
    target,
    isCall: isCall(insn),
    isReturn: isReturn(insn),
  };
}

function decode(word: number, size: number, thumb: boolean): DecodeRow | undefined {
  if (!thumb) return decodeExtraA32(word) ?? decodeVfpUnconditional(word) ?? decodeA32(word);
  return size === 2 ? decodeT16(word) : (decodeExtraT32(word) ?? decodeVfpUnconditional(word) ?? decodeT32(word));
}

function describe(row: DecodeRow, word: number, address: number, size: number, thumb: boolean, itState: number): Insn {
  const fields = extractFields(word, row);
  const inItBlock = thumb && (itState & 0xf) !== 0;
  const cond = inItBlock ? itState >>> 4 : (fields.cond ?? ALWAYS);
  return { row: row.name, mnemonic: row.mnemonic, fields, address, size, thumb, cond, inItBlock };
}

function bytes(data: Uint8Array, size: number): Disassembly {
  const text = byteDirective(data);
  const [mnemonic] = text.split(' ', 1);
  const operands = text.slice(mnemonic.length + 1);
  return { text, mnemonic, operands, size, isCall: false, isReturn: false };
}
