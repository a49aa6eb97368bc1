/** A place in a source file. Lines and columns count from 1; column 0 is unknown. */
export interface SourcePlace {
  /** On this machine, absolute where it can be. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface NamedOffset {
  readonly name: string;
  /** Of the symbol. */
  readonly address: number;
  /** In bytes. */
  readonly size: number;
  /** From the symbol's address. */
  readonly offset: number;
}

/** Code of a line: where a breakpoint on it goes. */
export interface LineCode {
  /** The line asked for, or the next one that has code. */
  readonly line: number;
  readonly column: number;
  /** One for each copy of the line: inlined functions and templates have several. */
  readonly addresses: readonly number[];
}

/** How code and source belong together: what breakpoints, disassembly and statistics ask of the symbols. */
export interface CodeMap {
  placeOf(address: number): SourcePlace | undefined;
  /** The code of the first line from the given one on that has some; undefined when no such line follows. */
  codeOf(path: string, line: number, column?: number): LineCode | undefined;
  /** The places of the lines from `first` to `last` that have code. */
  placesIn(path: string, first: number, last: number): readonly { readonly line: number; readonly column: number }[];
  /** Entry points of functions of that name, after their prologues. Empty when there is none. */
  functionBodies(name: string): readonly number[];
  /** The function, or label where there are none, that contains a code address. */
  symbolAt(address: number): NamedOffset | undefined;
  /** Any symbol by name. */
  symbolNamed(name: string): { readonly address: number; readonly size: number } | undefined;
  /** ARM code, Thumb code or data at an address; undefined when the program does not say. */
  stateAt(address: number): 'arm' | 'thumb' | 'data' | undefined;
  /** Whether some source file of that path is known. */
  knowsSource(path: string): boolean;
  /** Paths of all sources that code came from. */
  readonly sources: readonly string[];
}
