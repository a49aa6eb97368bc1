import { ENV_JUMP_CACHE, JUMP_CACHE_BITS, JUMP_CACHE_ENTRY_WORDS } from '../tcg/layout';
import { keyOf } from '../tcg/wasm/batch';
import type { WasmValue } from '../tcg/wasm/host';
import type { BlockKey } from '../tcg/wasm/node';
import { jumpCacheEntry, type Runtime } from '../tcg/wasm/runtime';

const NO_SLOT = -1;

/** How compiled code of one vCPU finds functions: the function table, and the jump cache that leads from a pc and flags to it. */
export class FunctionSlots {
  private readonly slots = new Map<number, number>();

  /** @param env the vCPU's environment, which holds the jump cache */
  constructor(
    private readonly env: Int32Array,
    private readonly runtime: Runtime,
  ) {}

  /** How many blocks have a number. */
  get size(): number {
    return this.slots.size;
  }

  /** The index in the function table that stands for a block, whether it is compiled or not. */
  of(key: BlockKey): number {
    const number = keyOf(key);
    let slot = this.slots.get(number);
    if (slot === undefined) {
      slot = this.slots.size;
      this.slots.set(number, slot);
      const { table, stub } = this.runtime;
      if (slot >= table.length) {
        const before = table.grow(table.length);
        for (let i = before; i < table.length; i++) table.set(i, stub);
      }
    }
    return slot;
  }

  /** Makes `code` the function of a block. */
  put(key: BlockKey, code: WasmValue): void {
    const { env } = this;
    const slot = this.of(key);
    this.runtime.table.set(slot, code);
    const entry = jumpCacheEntry(key.pc);
    env[entry] = key.pc;
    env[entry + 1] = key.flags;
    env[entry + 2] = slot;
  }

  /** The block has no function. */
  take(key: BlockKey): void {
    const { env } = this;
    const slot = this.of(key);
    this.runtime.table.set(slot, this.runtime.stub);
    const entry = jumpCacheEntry(key.pc);
    if (env[entry + 2] === slot) env[entry + 2] = NO_SLOT;
  }

  clearJumpCache(): void {
    this.env.fill(NO_SLOT, ENV_JUMP_CACHE, ENV_JUMP_CACHE + (JUMP_CACHE_ENTRY_WORDS << JUMP_CACHE_BITS));
  }

  /** Gives every number away anew; no compiled code may be left that knows one. */
  renumber(): void {
    this.slots.clear();
  }
}
