import { hex } from '../../common/bits';
import { parseUnsigned } from './qemu-options';

/** Addresses, unsigned; the end is exclusive and may be 2^32. */
export interface AddressSpan {
  readonly start: number;
  readonly end: number;
}

/** A callback's condition taken apart: where, and what must hold there. */
export interface CallbackCondition {
  readonly ranges?: readonly AddressSpan[];
  readonly expression?: string;
}

export type FindSymbol = (name: string) => { readonly address: number; readonly size: number } | undefined;

const LIMIT = 2 ** 32;
const NUMBER = '(?:0x[0-9a-f]+|\\d+)';
const RANGE = new RegExp(`^(${NUMBER})(?:\\s*([-+])\\s*(${NUMBER}))?$`, 'i');
const SYMBOL = /^[A-Za-z_.$][\w.$:~]*$/;

/**
 * Parses the condition of a callback breakpoint: empty, an address, `first-last`, `start+length`, a symbol, an
 * expression, or a place and an expression joined by `&&`.
 * @throws Error that says what is wrong
 */
export function parseCallbackCondition(text: string | undefined, findSymbol: FindSymbol): CallbackCondition {
  const condition = text?.trim() ?? '';
  if (condition === '') return {};
  const [first, rest] = splitAtAnd(condition);
  const span = parseSpan(first, findSymbol);
  if (!span) return { expression: condition };
  if (rest === undefined) return { ranges: [span] };
  if (rest === '') throw new Error(`after "&&" in "${condition}" an expression was expected`);
  return { ranges: [span], expression: rest };
}

function parseSpan(text: string, findSymbol: FindSymbol): AddressSpan | undefined {
  const match = RANGE.exec(text);
  if (match) {
    const start = addressOf(match[1]);
    if (match[2] === undefined) return { start, end: start + 1 };
    if (match[2] === '+') {
      const length = addressOf(match[3]);
      if (length === 0) throw new Error(`the range ${text} is empty`);
      return { start, end: Math.min(start + length, LIMIT) };
    }
    const last = addressOf(match[3]);
    if (last < start) throw new Error(`the range ${text} ends before it starts`);
    return { start, end: last + 1 };
  }
  if (!SYMBOL.test(text)) return undefined;
  const symbol = findSymbol(text);
  return symbol && { start: symbol.address, end: symbol.address + Math.max(symbol.size, 1) };
}

function addressOf(text: string): number {
  const value = parseUnsigned(text);
  if (value === undefined || value >= BigInt(LIMIT)) throw new Error(`${text} is no 32-bit address`);
  return Number(value);
}

/** Splits at the first `&&` outside of parentheses, brackets and quotes. */
function splitAtAnd(text: string): [first: string, rest: string | undefined] {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote) {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (c === '&' && text[i + 1] === '&' && depth === 0)
      return [text.slice(0, i).trim(), text.slice(i + 2).trim()];
  }
  return [text, undefined];
}

/** A span as messages show it. */
export function spanText({ start, end }: AddressSpan): string {
  return end - start <= 1 ? hex(start, 8) : `${hex(start, 8)}-${hex(end - 1, 8)}`;
}
