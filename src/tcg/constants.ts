import { ENV_CONSTANTS, ENV_WORDS } from './layout';

/**
 * Constants of interpreted code, interned into the environment of every vCPU so that operands are plain slots. There is
 * room for as many as most programs have; code that finds none left carries its constants itself.
 */
export class ConstantPool {
  private readonly slots = new Map<number, number>();

  constructor(private readonly envs: readonly Int32Array[]) {
    this.slot(0);
  }

  /** The slot that holds the 32-bit `value`, or undefined when it has none and the pool is full. 0 always has one. */
  slot(value: number): number | undefined {
    let slot = this.slots.get(value);
    if (slot === undefined && this.room > 0) {
      slot = ENV_CONSTANTS + this.slots.size;
      this.slots.set(value, slot);
      for (const env of this.envs) env[slot] = value;
    }
    return slot;
  }

  /** How many more constants it can take. */
  get room(): number {
    return ENV_WORDS - ENV_CONSTANTS - this.slots.size;
  }

  clear(): void {
    this.slots.clear();
    this.slot(0);
  }
}
