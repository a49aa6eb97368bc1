import type { AddressRange } from '../line-table';
import type { Type } from '../types';
import type { Die } from './unit';

/** What .debug_info has entries for: functions, variables, and the scopes they are in. */

/** A place in the source where something is declared or called. */
export interface SourcePosition {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface FunctionInfo {
  /** With name spaces and classes, as `geometry::Point::sum`. */
  readonly name: string;
  /** As in the symbol table, when it differs. */
  readonly linkageName: string | undefined;
  /** The entry address. */
  readonly low: number;
  /** Exclusive: the end of its first range. */
  readonly high: number;
  readonly ranges: readonly AddressRange[];
  readonly declaration: SourcePosition | undefined;
  readonly die: Die;
}

/** A variable, parameter or constant. Its location is evaluated in a frame. */
export interface Variable {
  readonly name: string;
  /** Of a global one: with name spaces and classes. */
  readonly qualifiedName: string | undefined;
  readonly type: Type;
  readonly kind: 'parameter' | 'local' | 'static' | 'global' | 'constant';
  /** Made by the compiler, as `this`. */
  readonly artificial: boolean;
  readonly declaration: SourcePosition | undefined;
  /** Of the function it belongs to, for its frame base. */
  readonly functionDie: Die | undefined;
  readonly die: Die;
}

/** A function, or a copy of an inline one, that an address is in. */
export interface ScopeFrame {
  readonly name: string;
  readonly inlined: boolean;
  /** The first address of this copy. */
  readonly low: number;
  readonly ranges: readonly AddressRange[];
  /** Of an inlined copy: where the outer function calls it. */
  readonly callSite: SourcePosition | undefined;
  /** Parameters, then locals from the outermost block to the innermost; an inner name hides an outer one. */
  readonly variables: readonly Variable[];
  readonly die: Die;
}

export interface Scope {
  readonly function: FunctionInfo;
  /** The innermost copy first, the function itself last. */
  readonly frames: readonly ScopeFrame[];
}
