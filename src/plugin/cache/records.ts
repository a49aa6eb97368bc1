import type { ModelMemory, ModelPiece } from '../../tcg/model-memory';

/** Misses of an instruction, in the order in which they lie in memory as 64-bit floating-point numbers. */
export enum MissLevel {
  L1i,
  L1d,
  L2,
}

/** Byte offset, in a record, of the word that has the address. */
export const RECORD_ADDRESS = 24;
const RECORD_BYTES = 32;
const CHUNK_RECORDS = 1024;

/** An instruction of the guest with its misses so far. */
export class InstructionRecord {
  constructor(
    private readonly misses: Float64Array,
    /** Where the misses lie: byte offset in the shared memory, or -1 when they lie elsewhere. */
    readonly offset: number,
    /** As the model prints it; identifies the instruction. */
    readonly address: number,
    readonly vaddr: number,
    readonly symbol: string | null,
    readonly disassembly: string,
  ) {}

  get l1iMisses(): number {
    return this.misses[MissLevel.L1i];
  }

  get l1dMisses(): number {
    return this.misses[MissLevel.L1d];
  }

  get l2Misses(): number {
    return this.misses[MissLevel.L2];
  }

  miss(level: MissLevel): void {
    this.misses[level]++;
  }
}

/** The records of a model, by address as printed. */
export class InstructionRecords {
  private readonly records = new Map<number, InstructionRecord>();
  private readonly byOffset = new Map<number, InstructionRecord>();
  private chunk: ModelPiece | undefined;
  private used = 0;

  constructor(private readonly memory: ModelMemory) {}

  /** The record for the address; a new one gets what `describe` says. */
  find(
    address: number,
    describe: () => { readonly vaddr: number; readonly symbol: string | null; readonly disassembly: string },
  ): InstructionRecord {
    let record = this.records.get(address);
    if (!record) {
      if (!this.chunk || this.used === CHUNK_RECORDS) {
        this.chunk = this.memory.allocate(CHUNK_RECORDS * RECORD_BYTES);
        this.used = 0;
      }
      const at = this.chunk.offset + this.used++ * RECORD_BYTES;
      const { vaddr, symbol, disassembly } = describe();
      const misses = new Float64Array(this.chunk.buffer, at, 3);
      const offset = this.chunk.shared ? at : -1;
      new DataView(this.chunk.buffer).setUint32(at + RECORD_ADDRESS, address, true);
      record = new InstructionRecord(misses, offset, address, vaddr, symbol, disassembly);
      this.records.set(address, record);
      if (offset >= 0) this.byOffset.set(offset, record);
    }
    return record;
  }

  /** The record whose {@link InstructionRecord.offset} this is. */
  at(offset: number): InstructionRecord {
    const record = this.byOffset.get(offset);
    if (!record) throw new Error(`no instruction's record is at ${offset}`);
    return record;
  }

  values(): Iterable<InstructionRecord> {
    return this.records.values();
  }
}
