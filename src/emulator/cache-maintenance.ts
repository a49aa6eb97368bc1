/** A cache operation that software asked for; caches hold nothing here, so only models of them are interested. */
export interface CacheMaintenance {
  /** An operation of the CPU by CP15, or a store to a register of the L2 cache controller. */
  readonly source: 'cp15' | 'l2c';
  /** Arm's name: `DCISW`, `ICIALLU` (DDI 0406C B4.2.1); `InvalidateByWay`, `CleanByPA` (DDI 0246). */
  readonly operation: string;
  /** The operand, unsigned: an address, a set and way, or a mask of ways. */
  readonly value: number;
}
