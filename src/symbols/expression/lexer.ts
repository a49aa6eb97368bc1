/** An expression that cannot be parsed or evaluated; the message ends with the column. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  /** @param column from 1 */
  constructor(
    message: string,
    readonly column: number,
  ) {
    super(`${message} (column ${column})`);
  }
}

export type Token =
  | { readonly kind: 'number'; readonly value: number | bigint; readonly type: NumberType; readonly column: number }
  | { readonly kind: 'character'; readonly value: number; readonly column: number }
  | { readonly kind: 'string'; readonly value: string; readonly column: number }
  | { readonly kind: 'name'; readonly text: string; readonly column: number }
  | { readonly kind: 'operator'; readonly text: string; readonly column: number }
  | { readonly kind: 'end'; readonly column: number };

export type NumberType =
  'int' | 'unsignedInt' | 'long' | 'unsignedLong' | 'longLong' | 'unsignedLongLong' | 'float' | 'double';

const OPERATORS = [
  '<<=', '>>=', '...',
  '->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=',
  '+', '-', '*', '/', '%', '=', '<', '>', '!', '~', '&', '|', '^', '?', ':', '(', ')', '[', ']', '.', ',',
]; // prettier-ignore

const NAME = /[A-Za-z_$][\w$]*(?:::~?[A-Za-z_]\w*)*/y;
const FLOAT = /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y;
const INTEGER = /0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y;
const SUFFIX = /[A-Za-z]*/y;

/**
 * Splits an expression in the C language into tokens.
 * @throws ExpressionError with the column
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const column = at + 1;
    if (/\s/.test(text[at])) {
      at++;
      continue;
    }
    const name = match(NAME);
    if (name) {
      tokens.push({ kind: 'name', text: name, column });
      at += name.length;
      continue;
    }
    const float = match(FLOAT);
    const integer = float === undefined ? match(INTEGER) : undefined;
    if (float !== undefined || integer !== undefined) {
      at += (float ?? integer)!.length;
      const suffix = match(SUFFIX) ?? '';
      at += suffix.length;
      tokens.push(float === undefined ? integerToken(integer!, suffix, column) : floatToken(float, suffix, column));
      continue;
    }
    if (text[at] === "'" || text[at] === '"') {
      const { value, end } = quoted(text, at);
      if (text[at] === '"') tokens.push({ kind: 'string', value, column });
      else {
        if (value.length !== 1) throw new ExpressionError('a character literal needs one character', column);
        tokens.push({ kind: 'character', value: value.charCodeAt(0), column });
      }
      at = end;
      continue;
    }
    const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
    if (!operator)
      throw new ExpressionError(`unexpected character '${String.fromCodePoint(text.codePointAt(at)!)}'`, column);
    tokens.push({ kind: 'operator', text: operator, column });
    at += operator.length;
  }
  tokens.push({ kind: 'end', column: text.length + 1 });
  return tokens;
}

function floatToken(text: string, suffix: string, column: number): Token {
  if (!/^[fFlL]?$/.test(suffix))
    throw new ExpressionError(`unexpected '${suffix}' after a number`, column + text.length);
  const single = suffix.toLowerCase() === 'f';
  const value = Number(text);
  return { kind: 'number', value: single ? Math.fround(value) : value, type: single ? 'float' : 'double', column };
}

/** The type of an integer literal (C11, section 6.4.4.1, for 32-bit int and long). */
function integerToken(text: string, suffix: string, column: number): Token {
  if (!/^([uU]?(l|L|ll|LL)?|(l|L|ll|LL)[uU])$/.test(suffix)) {
    throw new ExpressionError(`unexpected '${suffix}' after a number`, column + text.length);
  }
  const prefixed = /^0[xXbB]/.test(text);
  const octal = !prefixed && text.length > 1 && text[0] === '0';
  if (octal && /[89]/.test(text)) throw new ExpressionError(`'${text}' is no octal number`, column);
  const value = BigInt(octal ? `0o${text.slice(1)}` : text);
  if (value >= 1n << 64n) throw new ExpressionError(`${text} does not fit 64 bits`, column);
  const unsigned = /u/i.test(suffix);
  const longs = (suffix.match(/l/gi) ?? []).length;
  const mayBeUnsigned = unsigned || prefixed || octal;
  if (longs < 2 && value < 1n << 32n && (value < 1n << 31n || mayBeUnsigned)) {
    const type = unsigned || value >= 1n << 31n ? (longs ? 'unsignedLong' : 'unsignedInt') : longs ? 'long' : 'int';
    return { kind: 'number', value: Number(value), type, column };
  }
  return { kind: 'number', value, type: unsigned || value >= 1n << 63n ? 'unsignedLongLong' : 'longLong', column };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', "'": "'", '"': '"', '?': '?', e: '\x1b',
}; // prettier-ignore

function quoted(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  let value = '';
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (text[at] !== '\\') {
      value += text[at++];
      continue;
    }
    const number = /^\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(text.slice(at));
    if (number) {
      value += String.fromCharCode((number[1] ? parseInt(number[1], 16) : parseInt(number[2], 8)) & 0xff);
      at += number[0].length;
      continue;
    }
    const escape = ESCAPES[text[at + 1]];
    if (escape === undefined) throw new ExpressionError(`unknown escape '\\${text[at + 1] ?? ''}'`, at + 1);
    value += escape;
    at += 2;
  }
  if (at >= text.length) throw new ExpressionError(`the literal has no closing ${quote}`, start + 1);
  return { value, end: at + 1 };
}
