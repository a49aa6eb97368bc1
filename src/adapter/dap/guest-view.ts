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
  /** By vCPU, as each has its own address space. */
  private readonly chunks = new Map<number, Map<number, Uint8Array>>();
  private readonly registers = new Map<number, Promise<readonly RegisterValue[]>>();
  private missing = new Set<number>();

  constructor(readonly engine: EngineApi) {}

  /** What is known at once. Inside of {@link look} for this vCPU what is not known is noted, to be fetched. */
  readBy(vcpu: number): ReadNow {
    return (address, length) => this.known(this.chunksOf(vcpu), address, length);
  }

  private chunksOf(vcpu: number): Map<number, Uint8Array> {
    let chunks = this.chunks.get(vcpu);
    if (!chunks) this.chunks.set(vcpu, (chunks = new Map<number, Uint8Array>()));
    return chunks;
  }

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
   * The value of a pure function of a vCPU's memory, which it gets by {@link readBy}. It may run several times; what it returns or throws counts only for
   * the last run, which had all the memory it asked for.
   */
  async look<T>(vcpu: number, compute: () => T): Promise<T> {
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
        const bytes = await this.engine.readMemory(chunk, bytesToEnd(chunk, CHUNK), vcpu);
        this.chunksOf(vcpu).set(chunk, bytes);
      }
    }
  }

  private known(chunks: Map<number, Uint8Array>, address: number, length: number): Uint8Array | undefined {
    const start = address >>> 0;
    if (length < 0 || !isAddress(start + Math.max(length, 1) - 1)) return undefined;
    const result = new Uint8Array(length);
    let complete = true;
    for (let chunk = start - (start % CHUNK); chunk < start + length; chunk += CHUNK) {
      const bytes = chunks.get(chunk);
      if (!bytes) {
        this.missing.add(chunk);
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
