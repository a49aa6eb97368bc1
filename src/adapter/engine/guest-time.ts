/**
 * Guest time in nanoseconds: the count of executed instructions and what was skipped while all vCPUs waited; or what a plugin
 * says once it controls time.
 */
export class GuestTime {
  /** Guest time that passed while no vCPU executed. */
  private skippedNs = 0;
  private controlledNs: number | undefined;
  private requestedNs: number | undefined;

  constructor(
    private readonly instructions: () => number,
    readonly stepNs: number,
  ) {}

  nowNs(): number {
    return this.controlledNs ?? this.instructions() * this.stepNs + this.skippedNs;
  }

  reset(): void {
    this.skippedNs = 0;
    this.controlledNs = this.requestedNs = undefined;
  }

  /** Time moves on to `ns` while nobody executes. */
  skipTo(ns: number): void {
    const step = Math.max(0, ns - this.nowNs());
    if (this.controlledNs === undefined) this.skippedNs += step;
    else this.controlledNs += step;
  }

  /** Instructions until the time is `ns`; 0 when it is past, Infinity when instructions do not move time. */
  instructionsTo(ns: number): number {
    const left = ns - this.nowNs();
    if (left <= 0) return 0;
    return this.controlledNs === undefined ? Math.ceil(left / this.stepNs) : Infinity;
  }

  /** From now on a plugin moves time. */
  control(): void {
    this.controlledNs ??= this.nowNs();
  }

  /** The time is `ns` when {@link apply} is called next. */
  request(ns: number): void {
    this.requestedNs = Math.max(ns, this.requestedNs ?? 0);
  }

  get hasRequest(): boolean {
    return this.requestedNs !== undefined;
  }

  apply(): void {
    if (this.requestedNs !== undefined) this.controlledNs = Math.max(this.requestedNs, this.nowNs());
    this.requestedNs = undefined;
  }
}
