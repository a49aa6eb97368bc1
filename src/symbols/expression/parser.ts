import type { NumberFormat } from '../format';
import type { BinaryOperator, Node, TypeNode, UnaryOperator } from './ast';
import { ExpressionError, tokenize } from './lexer';
import type { Token } from './lexer';

/** Parser of C expressions (C11, section 6.5) without calls and the comma operator. */

export interface ParseOptions {
  /** Whether a name is a type: decides whether `(name) x` is a cast. Keywords of base types always are. */
  readonly isTypeName?: (name: string) => boolean;
}

export interface ParsedExpression {
  readonly root: Node;
  /** From a trailing `,x` and the like. */
  readonly format: NumberFormat;
}

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const BASE_WORDS = new Set([
  'void',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
  '_Bool',
  'bool',
]);
const QUALIFIERS = new Set(['const', 'volatile', 'restrict', '_Atomic']);
const TAGS = new Set(['struct', 'union', 'enum', 'class']);

/** Types that need no debug information. */
export const COMMON_TYPES = new Set([
  'int8_t', 'uint8_t', 'int16_t', 'uint16_t', 'int32_t', 'uint32_t', 'int64_t', 'uint64_t',
  'size_t', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'uintptr_t',
]); // prettier-ignore

const FORMATS: Readonly<Record<string, NumberFormat>> = {
  x: 'hex',
  h: 'hex',
  d: 'decimal',
  o: 'octal',
  b: 'binary',
  t: 'binary',
  c: 'character',
};

const DEPTH_LIMIT = 200;

/**
 * Parses an expression.
 * @throws ExpressionError with the column
 */
export function parseExpression(text: string, options: ParseOptions = {}): ParsedExpression {
  return new Parser(tokenize(text), options).parse();
}

class Parser {
  private position = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly options: ParseOptions,
  ) {}

  parse(): ParsedExpression {
    const start = this.token;
    if (start.kind === 'end') throw new ExpressionError('the expression is empty', start.column);
    const root = this.assignment();
    let format: NumberFormat = 'natural';
    if (this.accept(',')) {
      const { token } = this;
      const found = token.kind === 'name' ? FORMATS[token.text] : undefined;
      if (!found)
        throw new ExpressionError(`after ',' a format is expected: ${Object.keys(FORMATS).join(', ')}`, token.column);
      format = found;
      this.position++;
    }
    if (this.token.kind !== 'end') throw this.unexpected();
    return { root, format };
  }

  private get token(): Token {
    return this.tokens[this.position];
  }

  private peek(offset: number): Token {
    return this.tokens[Math.min(this.position + offset, this.tokens.length - 1)];
  }

  private isOperator(text: string, token = this.token): boolean {
    return token.kind === 'operator' && token.text === text;
  }

  private accept(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.position++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text))
      throw new ExpressionError(`'${text}' is expected before ${describe(this.token)}`, this.token.column);
  }

  private unexpected(): ExpressionError {
    if (this.isOperator('(') && this.position > 0)
      return new ExpressionError('functions cannot be called', this.token.column);
    return new ExpressionError(`unexpected ${describe(this.token)}`, this.token.column);
  }

  private nested<T>(parse: () => T): T {
    if (++this.depth > DEPTH_LIMIT) throw new ExpressionError('the expression nests too deeply', this.token.column);
    const result = parse();
    this.depth--;
    return result;
  }

  private assignment(): Node {
    return this.nested(() => {
      const target = this.conditional();
      const { token } = this;
      if (token.kind !== 'operator' || !/^(=|[-+*/%&|^]=|<<=|>>=)$/.test(token.text)) return target;
      this.position++;
      const operator = token.text === '=' ? undefined : (token.text.slice(0, -1) as BinaryOperator);
      return { kind: 'assign', operator, target, value: this.assignment(), column: token.column };
    });
  }

  private conditional(): Node {
    const test = this.binary(0);
    const { column } = this.token;
    if (!this.accept('?')) return test;
    const yes = this.assignment();
    this.expect(':');
    const no = this.nested(() => this.conditional());
    return { kind: 'conditional', test, yes, no, column };
  }

  private binary(level: number): Node {
    if (level === LEVELS.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const { token } = this;
      if (token.kind !== 'operator' || !LEVELS[level].includes(token.text)) return left;
      this.position++;
      const right = this.binary(level + 1);
      left =
        token.text === '&&' || token.text === '||'
          ? { kind: 'logical', operator: token.text, left, right, column: token.column }
          : { kind: 'binary', operator: token.text as BinaryOperator, left, right, column: token.column };
    }
  }

  private unary(): Node {
    return this.nested(() => {
      const { token } = this;
      if (token.kind === 'operator') {
        if (token.text === '++' || token.text === '--') {
          this.position++;
          const operator = token.text[0] as '+' | '-';
          return { kind: 'step', operator, prefix: true, target: this.unary(), column: token.column };
        }
        if (/^[-+!~*&]$/.test(token.text)) {
          this.position++;
          return { kind: 'unary', operator: token.text as UnaryOperator, operand: this.unary(), column: token.column };
        }
        if (token.text === '(' && this.startsType(1)) {
          this.position++;
          const type = this.typeName();
          this.expect(')');
          return { kind: 'cast', type, operand: this.unary(), column: token.column };
        }
      }
      if (token.kind === 'name' && token.text === 'sizeof') {
        this.position++;
        if (this.isOperator('(') && this.startsType(1)) {
          this.position++;
          const type = this.typeName();
          this.expect(')');
          return { kind: 'sizeofType', type, column: token.column };
        }
        return { kind: 'sizeof', operand: this.unary(), column: token.column };
      }
      return this.postfix();
    });
  }

  private postfix(): Node {
    let node = this.primary();
    for (;;) {
      const { column } = this.token;
      if (this.accept('[')) {
        const index = this.assignment();
        this.expect(']');
        node = { kind: 'index', base: node, index, column };
      } else if (this.isOperator('.') || this.isOperator('->')) {
        const arrow = this.isOperator('->');
        this.position++;
        const { token } = this;
        if (token.kind !== 'name')
          throw new ExpressionError(`a member's name is expected before ${describe(token)}`, token.column);
        this.position++;
        node = { kind: 'member', base: node, name: token.text, arrow, column: token.column };
      } else if (this.isOperator('++') || this.isOperator('--')) {
        const operator = this.isOperator('++') ? '+' : '-';
        this.position++;
        node = { kind: 'step', operator, prefix: false, target: node, column };
      } else return node;
    }
  }

  private primary(): Node {
    const { token } = this;
    switch (token.kind) {
      case 'number':
      case 'character':
      case 'string':
        this.position++;
        return token;
      case 'name':
        this.position++;
        return { kind: 'name', name: token.text, column: token.column };
      case 'operator':
        if (this.accept('(')) {
          const inner = this.assignment();
          this.expect(')');
          return inner;
        }
    }
    if (token.kind === 'end') throw new ExpressionError('the expression ends too early', token.column);
    throw this.unexpected();
  }

  /** Whether the tokens from an offset on are a type: a cast or `sizeof` of one. */
  private startsType(offset: number): boolean {
    const token = this.peek(offset);
    if (token.kind !== 'name') return false;
    const { text } = token;
    if (BASE_WORDS.has(text) || QUALIFIERS.has(text) || TAGS.has(text)) return true;
    if (COMMON_TYPES.has(text) || this.options.isTypeName?.(text)) return this.endsType(offset + 1, false);
    // `(name *)` can be nothing but a cast.
    return this.endsType(offset + 1, true);
  }

  /** Whether after a type's name come pointers and bounds and `)`. */
  private endsType(offset: number, needsPointer: boolean): boolean {
    let stars = 0;
    for (let at = offset; ; at++) {
      const token = this.peek(at);
      if (token.kind === 'operator' && token.text === '*') stars++;
      else if (token.kind === 'name' && QUALIFIERS.has(token.text)) continue;
      else if (token.kind === 'operator' && token.text === '[' && (!needsPointer || stars > 0)) return true;
      else return token.kind === 'operator' && token.text === ')' && (!needsPointer || stars > 0);
    }
  }

  private typeName(): TypeNode {
    const { column } = this.token;
    const words: string[] = [];
    let name: string | undefined;
    for (;;) {
      const { token } = this;
      if (token.kind !== 'name') break;
      if (QUALIFIERS.has(token.text)) {
        this.position++;
      } else if (BASE_WORDS.has(token.text) && name === undefined) {
        words.push(token.text);
        this.position++;
      } else if (TAGS.has(token.text) && name === undefined && !words.length) {
        this.position++;
        const tag = this.token;
        if (tag.kind !== 'name') throw new ExpressionError(`a name is expected after '${token.text}'`, tag.column);
        this.position++;
        name = `${token.text} ${tag.text}`;
      } else if (name === undefined && !words.length) {
        name = token.text;
        this.position++;
      } else break;
    }
    if (name === undefined) name = baseName(words, column);
    let pointers = 0;
    for (;;) {
      if (this.accept('*')) pointers++;
      else if (this.token.kind === 'name' && QUALIFIERS.has(this.token.text)) this.position++;
      else break;
    }
    const counts: number[] = [];
    while (this.accept('[')) {
      const { token } = this;
      if (token.kind !== 'number' || typeof token.value !== 'number' || !Number.isInteger(token.value)) {
        throw new ExpressionError('an array bound must be a number', token.column);
      }
      counts.push(token.value);
      this.position++;
      this.expect(']');
    }
    return { name, pointers, counts, column };
  }
}

/** The words of a base type in one order, as `unsigned long long`. */
function baseName(words: readonly string[], column: number): string {
  const count = (word: string) => words.filter((candidate) => candidate === word).length;
  const longs = count('long');
  const rest = words.filter(
    (word) => word !== 'long' && word !== 'signed' && word !== 'unsigned' && word !== 'int' && word !== 'short',
  );
  const sign = count('unsigned') ? 'unsigned ' : '';
  if (rest.length === 0) {
    if (!words.length) throw new ExpressionError('a type is expected', column);
    const size = count('short') ? 'short' : longs > 1 ? 'long long' : longs === 1 ? 'long' : 'int';
    if (count('short') && longs) throw new ExpressionError(`'${words.join(' ')}' is no type`, column);
    return sign + size;
  }
  if (rest.length > 1) throw new ExpressionError(`'${words.join(' ')}' is no type`, column);
  if (rest[0] === 'char') return count('signed') ? 'signed char' : `${sign}char`;
  if (rest[0] === 'bool') return '_Bool';
  if (words.length > 1 && !(rest[0] === 'double' && longs === 1 && words.length === 2)) {
    throw new ExpressionError(`'${words.join(' ')}' is no type`, column);
  }
  return rest[0];
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'number':
      return `number ${token.value}`;
    case 'character':
      return 'a character literal';
    case 'string':
      return 'a string';
    default:
      return `'${token.text}'`;
  }
}
