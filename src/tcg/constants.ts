import { ENV_CONSTANTS, ENV_WORDS } from './layout';

/** Thrown when no more constants fit: the caller drops all translated code, clears the pool and translates again. */
export class ConstantPoolFull {}

/** Constants of interpreted code, interned into the environment of every vCPU so that operands are plain slots. */
export class ConstantPool {
  private readonly slots = new Map<number, number>();

  constructor(private readonly envs: readonly Int32Array[]) {}

  /** The slot that holds the 32-bit `value`. Throws {@link ConstantPoolFull}. */
  slot(value: number): number {
    let slot = this.slots.get(value);
    if (slot === undefined) {
      slot = ENV_CONSTANTS + this.slots.size;
      if (slot >= ENV_WORDS) throw new ConstantPoolFull();
      this.slots.set(value, slot);
      for (const env of this.envs) env[slot] = value;
    }
    return slot;
  }

  clear(): void {
    this.slots.clear();
  }
}
