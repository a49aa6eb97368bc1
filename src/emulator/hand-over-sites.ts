import type { HandOver } from '../tcg/wasm/linkage';

/**
 * The places where compiled code of one vCPU hands over to the interpreter, by the number that its code has for them. The
 * numbers of dropped code are given away anew, so that what it stood in can be collected.
 */
export class HandOverSites {
  private readonly sites: HandOver[] = [];
  private free: number[] = [];
  /** Of dropped code that may still be running. */
  private retired: number[] = [];

  /** By number; only numbers that were given and not taken back mean anything. */
  get list(): readonly HandOver[] {
    return this.sites;
  }

  /** How many numbers are in use, also those of dropped code that may still be running. */
  get size(): number {
    return this.sites.length - this.free.length;
  }

  /** Gives the place a number. */
  add(handOver: HandOver): number {
    const number = this.free.pop() ?? this.sites.length;
    this.sites[number] = handOver;
    return number;
  }

  /** The code that has these numbers was dropped; it may still be running. */
  retire(numbers: readonly number[]): void {
    for (const number of numbers) this.retired.push(number);
  }

  /** Takes back what was retired; call where no compiled code runs. */
  takeBack(): void {
    if (!this.retired.length) return;
    for (const number of this.retired) {
      this.sites[number] = NOWHERE;
      this.free.push(number);
    }
    this.retired = [];
  }

  clear(): void {
    this.sites.length = 0;
    this.free = [];
    this.retired = [];
  }
}

/** Stands for a number that nobody has; code that leaves there would be at fault. */
const NOWHERE = Object.freeze({
  get tb(): never {
    throw new Error('compiled code was left at a place of code that is gone');
  },
  at: 0,
  refund: 0,
  ahead: [],
});
