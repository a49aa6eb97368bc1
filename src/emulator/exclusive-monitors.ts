import type { GuestCpu } from '../tcg/guest-cpu';
import { PAGE_BITS } from '../tcg/layout';

/** Bytes that an exclusive load tags (the exclusives reservation granule): a cache line of the Cortex-A9. */
const GRANULE = 32;

interface Reservation {
  readonly vcpu: number;
  /** Physical address of the granule. */
  readonly granule: number;
}

/**
 * The global exclusive monitor. A vCPU's own exclusive access is judged by its code (a monitor that works by comparison,
 * as QEMU's); here is what others write to a granule that it has tagged, which opens its monitor also when the value
 * stays the same. Others only run between its turns, so reservations are looked at then.
 */
export class ExclusiveMonitors {
  private reservations: readonly Reservation[] = [];

  /**
   * @param watchPage from now on every store to the physical page, by whomever, is to be told to {@link written}
   */
  constructor(
    private readonly cpus: readonly GuestCpu[],
    private readonly watchPage: (page: number) => void,
  ) {}

  reset(): void {
    this.reservations = [];
  }

  /** The turn of vCPU `from` is over, that of `to` begins. */
  turnChanges(from: number, to: number): void {
    if (this.reservations.length) this.reservations = this.reservations.filter(({ vcpu }) => vcpu !== to);
    const address = this.cpus[from].exclusiveAddress();
    if (address === undefined) return;
    const physical = this.cpus[from].debugTranslate(address);
    if (physical === undefined) return;
    const granule = physical - (physical % GRANULE);
    this.reservations = [...this.reservations.filter(({ vcpu }) => vcpu !== from), { vcpu: from, granule }];
    this.watchPage(granule >>> PAGE_BITS);
  }

  /** Whether stores to the physical page matter. */
  watches(page: number): boolean {
    return this.reservations.some(({ granule }) => granule >>> PAGE_BITS === page);
  }

  /** `size` bytes at the physical address were written. */
  written(physical: number, size: number): void {
    if (this.reservations.length === 0) return;
    const hit = ({ granule }: Reservation): boolean => physical < granule + GRANULE && granule < physical + size;
    const lost = this.reservations.filter(hit);
    if (lost.length === 0) return;
    this.reservations = this.reservations.filter((reservation) => !hit(reservation));
    for (const { vcpu } of lost) this.cpus[vcpu].loseExclusive();
  }
}
