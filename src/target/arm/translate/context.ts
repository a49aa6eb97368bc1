import type { Emitter } from '../../../tcg/emitter';
import type { Label, Temp } from '../../../tcg/ir';
import { MEMOP_MMU_SHIFT, MemOp } from '../../../tcg/memop';
import { Cond } from '../../../tcg/opcodes';
import { DisasContextBase, DisasJump, type CodeReader } from '../../../tcg/translator';
import { ArmGlobal, ArmMmuIndex, TbFlag } from '../cpu-state';
import type { ArmModel } from '../models';
import { advanceIt } from '../exceptions';
import { HELPERS } from '../helpers';

/** How a block ends, beyond the general ways. */
export const ArmJump = {
  /** The pc (and instruction set) are written: look up the next block. */
  Jump: DisasJump.Target,
  /** The pc is written: back to the main loop. */
  Exit: DisasJump.Target + 1,
  /** Go on after this instruction, by way of the main loop. */
  UpdateExit: DisasJump.Target + 2,
  Wfi: DisasJump.Target + 3,
  Svc: DisasJump.Target + 4,
  Wfe: DisasJump.Target + 5,
} as const;

/** QEMU's machine of this CPU works with pages of 1 KiB, the tiny pages of older MMUs: blocks end at their boundaries. */
export const ARM_PAGE_BITS = 10;

/** What translation needs to know besides the block's flags. */
export interface TranslationSettings {
  readonly model: ArmModel;
  readonly cpuIndex: number;
  /** Whether semihosting calls are requests to the host. */
  readonly semihosting: boolean;
  /** Whether somebody is told of cache operations. */
  readonly tellsCacheMaintenance: boolean;
  /** Whether there are other vCPUs, so that WFE waits, SEV wakes and YIELD gives up the turn. */
  readonly multiprocessor: boolean;
}

/** The state of translating one block of ARM code, and the operations that instructions share. */
export class ArmContext extends DisasContextBase {
  readonly thumb: boolean;
  readonly mmuIndex: number;
  readonly isUser: boolean;
  readonly bigEndian: boolean;
  /** The state is illegal: every instruction is undefined. */
  readonly isIllegal: boolean;
  /** Coprocessors 10 and 11 are open to the current mode. */
  readonly vfpAllowed: boolean;
  /** Floating-point instructions execute. */
  readonly vfpEnabled: boolean;
  /** FPSCR.LEN and STRIDE as they are encoded: short vectors where the length is not 0. */
  readonly vectorLength: number;
  readonly vectorStride: number;
  private readonly memopBits: number;
  /** ITSTATE of the current instruction. */
  it: number;
  /** Where a conditional instruction that is not executed goes on. */
  skipLabel: Label | undefined;

  constructor(
    ir: Emitter,
    pc: number,
    flags: number,
    maxInstructions: number,
    reader: CodeReader,
    readonly settings: TranslationSettings,
  ) {
    super(ir, pc, flags, maxInstructions, reader, ARM_PAGE_BITS);
    this.thumb = (flags & TbFlag.THUMB) !== 0;
    this.it = (flags & TbFlag.CONDEXEC) >>> TbFlag.CONDEXEC_SHIFT;
    this.mmuIndex = (flags & TbFlag.MMU_INDEX) >>> TbFlag.MMU_INDEX_SHIFT;
    this.isUser = this.mmuIndex === ArmMmuIndex.User;
    this.isIllegal = (flags & TbFlag.ILLEGAL) !== 0;
    this.bigEndian = (flags & TbFlag.BIG_ENDIAN) !== 0;
    this.vfpAllowed = (flags & TbFlag.VFP_DENIED) === 0;
    this.vfpEnabled = this.vfpAllowed && (flags & TbFlag.VFP_ENABLED) !== 0;
    this.vectorLength = (flags >>> TbFlag.VFP_LENGTH_SHIFT) & 7;
    this.vectorStride = (flags >>> TbFlag.VFP_STRIDE_SHIFT) & 3;
    this.memopBits = (this.bigEndian ? MemOp.BE : 0) | (flags & TbFlag.ALIGN ? MemOp.ALIGN : 0);
  }

  get inItBlock(): boolean {
    return (this.it & 15) !== 0;
  }

  private itNext: number | undefined;

  /** IT sets the state of the next instruction. */
  setItNext(it: number): void {
    this.itNext = it;
  }

  /** After an instruction: on to the next one's ITSTATE. */
  advanceIt(): void {
    if (this.itNext !== undefined) this.it = this.itNext;
    // A32 code, or an ITSTATE without a mask (odd exception returns), keep it for the block.
    else if (this.thumb && this.inItBlock) this.it = advanceIt(this.it);
    this.itNext = undefined;
  }

  /** Whether the state's ITSTATE may be other than 0: a stop in the middle of the block leaves it there. */
  private usesIt = false;

  /** Notes that the current instruction is in an IT block. */
  noteIt(): void {
    if (this.it !== 0) this.usesIt = true;
  }

  /** On the way out of the block: ITSTATE into the state. */
  storeIt(it = this.it): void {
    if (this.usesIt || it !== 0) this.ir.mov(ArmGlobal.CondExec, this.ir.const(it));
  }

  /** What the instruction reads as the pc: two instructions on (DDI 0406C A2.3). */
  get pcValue(): number {
    return (this.pcCurrent + (this.thumb ? 4 : 8)) >>> 0;
  }

  /** Register `n` as the instruction reads it. A global: copy it if it changes before its use. */
  reg(n: number): Temp {
    return n === 15 ? this.ir.const(this.pcValue) : n;
  }

  /** The base of an address: as {@link reg}, with the pc rounded down to a word. */
  base(n: number): Temp {
    return n === 15 ? this.ir.const(this.pcValue & ~3) : n;
  }

  /** Writes register `n`; r15 is a branch without a change of instruction set. */
  setReg(n: number, value: Temp): void {
    if (n === 15) {
      this.ir.mov(ArmGlobal.PC, this.ir.andi(value, this.thumb ? ~1 : ~3));
      this.isJump = ArmJump.Jump;
    } else {
      this.ir.mov(n, value);
    }
  }

  /** BXWritePC: a branch whose address's bit 0 chooses the instruction set. */
  branchExchange(address: Temp): void {
    const { ir } = this;
    const thumb = ir.andi(address, 1);
    ir.mov(ArmGlobal.PC, ir.andi(address, ~1));
    ir.mov(ArmGlobal.Thumb, thumb);
    this.isJump = ArmJump.Jump;
  }

  /** LoadWritePC: what a load does to register `n`. */
  setRegFromLoad(n: number, value: Temp): void {
    if (n === 15) this.branchExchange(value);
    else this.ir.mov(n, value);
  }

  /** ALUWritePC: what a data-processing instruction does to register `n`; only A32 changes the instruction set. */
  setRegFromAlu(n: number, value: Temp): void {
    if (n === 15 && !this.thumb) this.branchExchange(value);
    else this.setReg(n, value);
  }

  /** N, Z, C and V from bits 31..28 of `value`. */
  setNzcv(value: Temp): void {
    const { ir } = this;
    ir.mov(ArmGlobal.NF, value);
    ir.mov(ArmGlobal.ZF, ir.xori(ir.extract(value, 30, 1), 1));
    ir.mov(ArmGlobal.CF, ir.extract(value, 29, 1));
    ir.mov(ArmGlobal.VF, ir.shli(value, 3));
  }

  /** A direct branch, which ends ITSTATE. */
  jump(address: number, link: 0 | 1 = 0): void {
    this.storeIt(this.inItBlock ? 0 : this.it);
    this.gotoTb(link, address >>> 0);
    this.isJump = DisasJump.NoReturn;
  }

  /** Leaves for constant `pc`: chained within the page, else by look-up. */
  gotoTb(link: 0 | 1, pc: number): void {
    if (this.inBlockPage(pc)) {
      this.ir.gotoTb(link, pc);
    } else {
      this.ir.mov(ArmGlobal.PC, this.ir.const(pc));
      this.ir.gotoPtr();
    }
  }

  /** The pc of the next instruction into the state. */
  setPcNext(): void {
    this.ir.mov(ArmGlobal.PC, this.ir.const(this.pcNext));
  }

  /** An UNDEFINED instruction: its exception. */
  undefinedInstruction(): void {
    this.raise(HELPERS.undefined);
  }

  /** Ends the block with a helper that throws. */
  raise(helper: Parameters<typeof this.ir.call>[0], ...inputs: Temp[]): void {
    this.ir.call(helper, ...inputs);
    this.isJump = DisasJump.NoReturn;
  }

  /** The MemOp of a data access in the current state. */
  memop(op: number, mmuIndex = this.mmuIndex): number {
    let bits = (op & MemOp.SIZE) === 0 ? 0 : this.memopBits;
    // An instruction that says how it must be aligned means it.
    if (op & MemOp.ALIGN_TO) bits &= ~MemOp.ALIGN;
    return op | bits | (mmuIndex << MEMOP_MMU_SHIFT);
  }

  /** As {@link memop}, aligned to 1 << alignment bytes whatever the state says. */
  memopAligned(op: number, alignment: number): number {
    return op | (alignment << MemOp.ALIGN_TO_SHIFT) | (this.mmuIndex << MEMOP_MMU_SHIFT);
  }

  /** SCTLR.A: accesses that do not say how they are aligned are aligned to their size. */
  get alignsAll(): boolean {
    return (this.memopBits & MemOp.ALIGN) !== 0;
  }

  load(address: Temp, op: number, mmuIndex?: number): Temp {
    return this.ir.load(address, this.memop(op, mmuIndex));
  }

  store(value: Temp, address: Temp, op: number, mmuIndex?: number): void {
    this.ir.store(value, address, this.memop(op, mmuIndex));
  }

  /** Makes the rest of the instruction conditional: where `cond` (0..13) fails, it does nothing. */
  skipUnless(cond: number): void {
    const { ir } = this;
    const label = (this.skipLabel ??= ir.newLabel());
    const inverted = (cond & 1) !== 0;
    const tested = conditionTest(ir, cond);
    ir.brcond(inverted ? CONDITION_TESTS[cond >>> 1] : OPPOSITES[cond >>> 1], tested, ir.const(0), label);
  }
}

/** By condition / 2: how what {@link conditionTest} gives compares with 0 where the even condition passes, and where not. */
export const CONDITION_TESTS = [Cond.eq, Cond.ne, Cond.lt, Cond.lt, Cond.ne, Cond.ge, Cond.ne] as const;
const OPPOSITES = [Cond.ne, Cond.eq, Cond.ge, Cond.ge, Cond.eq, Cond.lt, Cond.eq] as const;

/** What condition `cond` and its opposite look at (DDI 0406C A8.3). */
export function conditionTest(ir: Emitter, cond: number): Temp {
  const { NF, ZF, CF, VF } = ArmGlobal;
  switch (cond >>> 1) {
    case 0: // EQ, NE
      return ZF;
    case 1: // CS, CC
      return CF;
    case 2: // MI, PL
      return NF;
    case 3: // VS, VC
      return VF;
    case 4: // HI, LS: C set and Z clear
      return ir.and(ir.neg(CF), ZF);
    case 5: // GE, LT
      return ir.xor(NF, VF);
    default: // GT, LE: Z clear and N equal to V
      return ir.andc(ZF, ir.sari(ir.xor(NF, VF), 31));
  }
}
