import type { EngineApi, RegisterValue } from '../engine/api';
import { bytesToEnd, isAddress } from './addresses';

const CHUNK = 512;
const ROUNDS = 4096;

/** Reads exactly `length` bytes, or undefined when some of them cannot be read. */
export type ReadNow = (address: number, length: number) => Uint8Array | undefined;

/**
 * Guest memory and registers for code that wants them at once (unwinding, evaluating expressions), over an engine that
 * answers later: {@link look} runs a function on what is known, fetches what it missed, and runs it again until it
 * missed nothing. What is known holds until {@link forget}.
 */
export class GuestView {
  private readonly chunks = new Map<number, Uint8Array>();
  private readonly registers = new Map<number, Promise<readonly RegisterValue[]>>();
  private missing = new Set<number>();

  /** What is known at once. Inside of {@link look} what is not known is noted, to be fetched. */
  readonly read: ReadNow = (address, length) => this.known(address, length, this.missing);

  constructor(readonly engine: EngineApi) {}

  /** Drops what is known: the guest ran, or memory or a register was written. */
  forget(): void {
    this.chunks.clear();
    this.registers.clear();
  }

  /** The registers of a vCPU by name. */
  registersOf(vcpu: number): Promise<readonly RegisterValue[]> {
    let values = this.registers.get(vcpu);
    if (!values) {
      values = this.engine.readRegisters(vcpu);
      this.registers.set(vcpu, values);
      values.catch(() => this.registers.delete(vcpu));
    }
    return values;
  }

  /**
   * The value of a pure function of guest memory, which it gets by {@link read}. It may run several times; what it returns or throws counts only for
   * the last run, which had all the memory it asked for.
   */
  async look<T>(compute: () => T): Promise<T> {
    for (let round = 0; ; round++) {
      const missing = (this.missing = new Set<number>());
      let outcome: { value: T } | { error: unknown };
      try {
        outcome = { value: compute() };
      } catch (error) {
        outcome = { error };
      }
      if (missing.size === 0 || round === ROUNDS) {
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      }
      for (const chunk of missing) {
        this.chunks.set(chunk, await this.engine.readMemory(chunk, bytesToEnd(chunk, CHUNK)));
      }
    }
  }

  private known(address: number, length: number, missing: Set<number>): Uint8Array | undefined {
    const start = address >>> 0;
    if (length < 0 || !isAddress(start + Math.max(length, 1) - 1)) return undefined;
    const result = new Uint8Array(length);
    let complete = true;
    for (let chunk = start - (start % CHUNK); chunk < start + length; chunk += CHUNK) {
      const bytes = this.chunks.get(chunk);
      if (!bytes) {
        missing.add(chunk);
        complete = false;
        continue;
      }
      const from = Math.max(start, chunk);
      const to = Math.min(start + length, chunk + CHUNK);
      if (to - chunk > bytes.length) return undefined;
      if (complete) result.set(bytes.subarray(from - chunk, to - chunk), from - start);
    }
    return complete ? result : undefined;
  }
}
