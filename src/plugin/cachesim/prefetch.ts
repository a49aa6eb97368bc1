export const PREFETCHERS = ['off', 'next', 'stride'] as const;
export type PrefetcherKind = (typeof PREFETCHERS)[number];

/** Told of accesses; names a byte address whose line is to be brought, or undefined. */
export interface Prefetcher {
  /** @param fresh the access missed, or was the first to a line that a prefetcher had brought */
  next(pc: number, address: number, fresh: boolean): number | undefined;
}

export function prefetcher(kind: PrefetcherKind, lineSize: number): Prefetcher | undefined {
  if (kind === 'off') return undefined;
  return kind === 'next' ? new NextLine(lineSize) : new Stride(lineSize);
}

/** Tagged next line (A. J. Smith, 1982). */
class NextLine implements Prefetcher {
  constructor(private readonly lineSize: number) {}

  next(_pc: number, address: number, fresh: boolean): number | undefined {
    return fresh ? address + this.lineSize : undefined;
  }
}

interface Row {
  last: number;
  stride: number;
  /** The stride has come twice in a row. */
  steady: boolean;
}

/** A reference prediction table (J.-L. Baer and T.-F. Chen, 1991), one row per instruction. */
class Stride implements Prefetcher {
  private readonly rows = new Map<number, Row>();

  constructor(private readonly lineSize: number) {}

  next(pc: number, address: number): number | undefined {
    const row = this.rows.get(pc);
    if (!row) {
      this.rows.set(pc, { last: address, stride: 0, steady: false });
      return undefined;
    }
    const stride = address - row.last;
    row.steady = stride !== 0 && stride === row.stride;
    row.stride = stride;
    row.last = address;
    if (!row.steady) return undefined;
    // Strides within a line ask for the next line in their direction.
    const reach = Math.abs(stride) < this.lineSize ? Math.sign(stride) * this.lineSize : stride;
    const target = address + reach;
    return target >= 0 ? target : undefined;
  }
}
