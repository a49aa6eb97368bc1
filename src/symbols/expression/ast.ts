import type { NumberType } from './lexer';

/** The tree of a C expression. Columns count from 1. */

export type UnaryOperator = '-' | '+' | '!' | '~' | '*' | '&';

export type BinaryOperator =
  | '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^'
  | '==' | '!=' | '<' | '>' | '<=' | '>='; // prettier-ignore

/** A type as written: a base with pointers and array bounds. */
export interface TypeNode {
  /** As `unsigned int`, `struct node`, `uint32_t`; words of base types in a fixed order. */
  readonly name: string;
  readonly pointers: number;
  /** Outermost first. */
  readonly counts: readonly number[];
  readonly column: number;
}

export type Node =
  | { readonly kind: 'number'; readonly value: number | bigint; readonly type: NumberType; readonly column: number }
  | { readonly kind: 'character'; readonly value: number; readonly column: number }
  | { readonly kind: 'string'; readonly value: string; readonly column: number }
  | { readonly kind: 'name'; readonly name: string; readonly column: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node; readonly column: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
      readonly column: number;
    }
  | {
      readonly kind: 'logical';
      readonly operator: '&&' | '||';
      readonly left: Node;
      readonly right: Node;
      readonly column: number;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Node;
      readonly yes: Node;
      readonly no: Node;
      readonly column: number;
    }
  | {
      readonly kind: 'assign';
      readonly operator: BinaryOperator | undefined;
      readonly target: Node;
      readonly value: Node;
      readonly column: number;
    }
  | {
      readonly kind: 'step';
      readonly operator: '+' | '-';
      readonly prefix: boolean;
      readonly target: Node;
      readonly column: number;
    }
  | { readonly kind: 'index'; readonly base: Node; readonly index: Node; readonly column: number }
  | {
      readonly kind: 'member';
      readonly base: Node;
      readonly name: string;
      readonly arrow: boolean;
      readonly column: number;
    }
  | { readonly kind: 'cast'; readonly type: TypeNode; readonly operand: Node; readonly column: number }
  | { readonly kind: 'sizeofType'; readonly type: TypeNode; readonly column: number }
  | { readonly kind: 'sizeof'; readonly operand: Node; readonly column: number };
