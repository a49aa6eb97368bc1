/** Where a value lives, as a DWARF location description or a C expression gives it. */
export type Location =
  | { readonly kind: 'memory'; readonly address: number }
  /** A DWARF register: on ARM 0–15 the core registers, 64–95 S0–S31, 256–287 D0–D31. */
  | { readonly kind: 'register'; readonly register: number }
  /** No storage: the value itself, as little-endian bytes. */
  | { readonly kind: 'value'; readonly bytes: Uint8Array }
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface Piece {
  /** Width in bits. */
  readonly bits: number;
  /** Bits to skip at the start of the location. */
  readonly offset: number;
  readonly location: Location;
}

export const OPTIMIZED_OUT: Location = { kind: 'unavailable', reason: 'optimized out' };
