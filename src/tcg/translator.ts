import { IrBuilder } from './builder';
import type { Emitter } from './emitter';
import type { GlobalDef, IrBlock } from './ir';
import { PAGE_BITS } from './layout';

/** How translation goes on after an instruction. */
export enum DisasJump {
  /** Straight on to the next instruction. */
  Next,
  /** The block ends here and control falls to the next instruction. */
  TooMany,
  /** The target has already emitted the jump or the exception. */
  NoReturn,
  /** Values from here on are the target's own. */
  Target,
}

/** Reads guest code for translation; throws the target's prefetch abort where it cannot. */
export interface CodeReader {
  /** `size` is 2 or 4; the value is unsigned, in the order of the machine's little-endian memory. */
  fetch(address: number, size: 2 | 4): number;
}

/** One guest instruction of a translated block. */
export class TranslatedInsn {
  constructor(
    /** Virtual address, unsigned. */
    readonly vaddr: number,
    /** Length in bytes, at most 4. */
    readonly size: number,
    /** The bytes, the first the lowest. */
    private readonly opcode: number,
    /** The target's translation flags of the block: among them, which instruction set. */
    readonly flags: number,
    /** Index in the block's operations of its insn_start. */
    readonly firstOp: number,
  ) {}

  /** The opcode bytes as they lie in memory. */
  get data(): Uint8Array {
    return Uint8Array.from({ length: this.size }, (_, i) => this.opcode >>> (8 * i));
  }
}

/** What translation of one block hands from instruction to instruction; targets extend it. */
export class DisasContextBase {
  /** Address of the current instruction while it is translated. */
  pcCurrent: number;
  /** Address after the current instruction; the target moves it on as it fetches. */
  pcNext: number;
  isJump: number = DisasJump.Next;
  instructions = 0;
  /** The page in which the block starts: address and bytes. */
  readonly pageStart: number;
  readonly pageSize: number;
  /** The bytes of the current instruction taken in so far, the first the lowest. */
  opcode = 0;

  constructor(
    /** What takes the instructions' meaning. */
    readonly ir: Emitter,
    /** Unsigned address of the block's first instruction. */
    readonly pcFirst: number,
    /** The target's translation flags of the block. */
    readonly flags: number,
    readonly maxInstructions: number,
    private readonly reader: CodeReader,
    /** log2 of the page size at whose boundaries blocks end: the smallest the target's MMU knows. */
    pageBits = PAGE_BITS,
  ) {
    this.pcCurrent = this.pcNext = pcFirst;
    this.pageSize = 1 << pageBits;
    this.pageStart = (pcFirst & -this.pageSize) >>> 0;
  }

  /** Fetches the next `size` bytes of the current instruction and moves {@link pcNext} past them. Unsigned. */
  fetch(size: 2 | 4): number {
    const value = this.reader.fetch(this.pcNext, size) >>> 0;
    this.opcode |= value << (8 * (this.pcNext - this.pcCurrent));
    this.pcNext = (this.pcNext + size) >>> 0;
    return value;
  }

  /** Reads code ahead of the current instruction without taking it in. */
  peek(address: number, size: 2 | 4): number {
    return this.reader.fetch(address >>> 0, size) >>> 0;
  }

  /** Whether the address lies in the page in which the block starts, so that a direct chain is allowed. */
  inBlockPage(address: number): boolean {
    return (address & -this.pageSize) >>> 0 === this.pageStart;
  }

  /** Whether the instruction just translated is the block's last; sets {@link isJump} where nothing but its place says so. */
  endsBlock(): boolean {
    if (this.isJump !== DisasJump.Next) return true;
    const { pcNext } = this;
    if (this.instructions < this.maxInstructions && pcNext - this.pageStart < this.pageSize && pcNext >= this.pcFirst) {
      return false;
    }
    this.isJump = DisasJump.TooMany;
    return true;
  }

  /** On to the instruction at {@link pcNext}. */
  startInstruction(): void {
    this.instructions++;
    this.pcCurrent = this.pcNext;
    this.opcode = 0;
  }
}

/** A guest's translator: decodes instructions and emits their meaning as IR. */
export interface TargetTranslator<Ctx extends DisasContextBase> {
  readonly globals: readonly GlobalDef[];
  createContext(ir: Emitter, pc: number, flags: number, maxInstructions: number, reader: CodeReader): Ctx;
  /** The word restored with the pc when the instruction at {@link DisasContextBase.pcNext} faults. */
  insnStartAux(ctx: Ctx): number;
  /** Translates the instruction at pcNext: fetches it, moves pcNext on, emits IR, may set isJump. */
  translateInsn(ctx: Ctx): void;
  /** Emits the block's end for the isJump that translation stopped with. */
  tbStop(ctx: Ctx): void;
}

export interface TranslatedBlock {
  readonly pc: number;
  readonly flags: number;
  /** Bytes of guest code from pc on. */
  readonly size: number;
  readonly insns: readonly TranslatedInsn[];
  readonly ir: IrBlock;
}

/** QEMU's limit of instructions in one block. */
export const TB_MAX_INSNS = 512;

/**
 * Translates the block at `pc`: up to `maxInstructions` (1..512), ended earlier by a jump or the end of the page.
 * A prefetch abort that the reader throws passes through: the target ends a block before an instruction that would cross
 * into the next page, so only the first instruction of a block can raise one.
 */
export function translateBlock<Ctx extends DisasContextBase>(
  target: TargetTranslator<Ctx>,
  pc: number,
  flags: number,
  reader: CodeReader,
  maxInstructions = TB_MAX_INSNS,
): TranslatedBlock {
  const ir = new IrBuilder(target.globals);
  const ctx = target.createContext(ir, pc >>> 0, flags, maxInstructions, reader);
  const { ops } = ir.block;
  const insns: TranslatedInsn[] = [];
  for (;;) {
    const firstOp = ops.length;
    ctx.startInstruction();
    ir.insnStart(ctx.pcNext, target.insnStartAux(ctx));
    target.translateInsn(ctx);
    const size = (ctx.pcNext - ctx.pcCurrent) >>> 0;
    insns.push(new TranslatedInsn(ctx.pcCurrent, size, ctx.opcode, flags, firstOp));
    if (ctx.endsBlock()) break;
  }
  target.tbStop(ctx);
  return { pc: pc >>> 0, flags, size: (ctx.pcNext - pc) >>> 0, insns, ir: ir.block };
}
