/**
 * The slow path of guest memory: what the TLB in the environment does not answer. Addresses are virtual (any 32-bit
 * integer), values signed 32-bit. Both may throw the target's abort.
 */
export interface SoftMmu {
  /** A load as `memop` says, with the value extended to 32 bits. Fills the TLB where the page is RAM. */
  load(address: number, memop: number): number;
  store(address: number, value: number, memop: number): void;
  /** Raises the abort that a store of a doubleword across two pages would, before any part of it is stored. */
  prepareStore(address: number, memop: number): void;
}
