import type { Emitter } from '../../../tcg/emitter';
import { DisasJump, type CodeReader, type TargetTranslator } from '../../../tcg/translator';
import { FieldReader, decodeA32, decodeT16, decodeT32, isThumb32, type DecodeRow, type Fields } from '../decode';
import { ARM_GLOBALS } from '../cpu-state';
import { HELPERS } from '../helpers';
import { A32_TRANSLATE } from './a32';
import { ArmContext, ArmJump, type TranslationSettings } from './context';
import { T16_TRANSLATE } from './t16';
import { T32_TRANSLATE } from './t32';
import { NEON_TRANSLATE } from './neon';
import { VFP_TRANSLATE } from './vfp';

type Translate = (c: ArmContext, fields: Fields) => boolean;

/** Every row's meaning by its name. Row names are unique, but for floating point's, which mean the same in A32 and T32. */
const TRANSLATE = new Map<string, Translate>();
for (const table of [A32_TRANSLATE, T16_TRANSLATE, T32_TRANSLATE, VFP_TRANSLATE, NEON_TRANSLATE]) {
  for (const [name, translate] of Object.entries(table)) {
    if (TRANSLATE.has(name)) throw new Error(`two rows are called ${name}`);
    TRANSLATE.set(name, translate as Translate);
  }
}

/** Rows whose should-be bits are ignored; in all others a wrong one makes the instruction undefined. */
const IGNORES_SHOULD_BITS: ReadonlySet<string> = new Set([
  'NOP_A1',
  'YIELD_A1',
  'WFE_A1',
  'WFI_A1',
  'SEV_A1',
  'DBG_A1',
  'HINT_A1',
  'PLD_lit_T1',
]);

/** What the translator needs of a row. */
class Meaning {
  readonly shouldMask: number;
  readonly shouldValue: number;
  readonly translate: Translate | undefined;
  readonly fields: FieldReader;

  constructor(row: DecodeRow) {
    const ignores = IGNORES_SHOULD_BITS.has(row.name);
    this.shouldMask = ignores ? 0 : row.shouldMask;
    this.shouldValue = ignores ? 0 : row.shouldValue;
    this.translate = TRANSLATE.get(row.name);
    // The condition of A32 is looked at before its row is known.
    this.fields = new FieldReader(
      row.set === 'A32' ? { fields: row.fields.filter(({ name }) => name !== 'cond') } : row,
    );
  }
}

/** By the row's number, each made when it is first met. */
const [A32, T16, T32]: Meaning[][] = [[], [], []];

/** A32 and T32 code to IR. Blocks end where QEMU's end. */
export class ArmTranslator implements TargetTranslator<ArmContext> {
  readonly globals = ARM_GLOBALS;

  constructor(private readonly settings: TranslationSettings) {}

  createContext(ir: Emitter, pc: number, flags: number, maxInstructions: number, reader: CodeReader): ArmContext {
    return new ArmContext(ir, pc, flags, maxInstructions, reader, this.settings);
  }

  insnStartAux(c: ArmContext): number {
    return c.it;
  }

  translateInsn(c: ArmContext): void {
    c.noteIt();
    c.skipLabel = undefined;
    if (c.thumb) this.thumb(c);
    else this.arm(c);
    c.advanceIt();
    if (c.isJump !== DisasJump.Next) return;
    if (c.skipLabel !== undefined) c.ir.setLabel(c.skipLabel);
    c.skipLabel = undefined;
    if (c.thumb && this.crossesPage(c)) c.isJump = DisasJump.TooMany;
  }

  /** Whether the next instruction lies in the block's page only in part: it starts a block of its own. */
  private crossesPage(c: ArmContext): boolean {
    return c.pcNext - c.pageStart === c.pageSize - 2 && isThumb32(c.peek(c.pcNext, 2));
  }

  private arm(c: ArmContext): void {
    if (c.pcCurrent & 3) {
      c.pcNext = (c.pcNext + 2) >>> 0;
      c.raise(HELPERS.pcAlignment, c.ir.const(c.pcCurrent));
      return;
    }
    const word = c.fetch(4);
    if (c.isIllegal) return c.undefinedInstruction();
    const cond = word >>> 28;
    if (cond < 14) c.skipUnless(cond);
    this.emit(c, decodeA32(word), word, A32);
  }

  private thumb(c: ArmContext): void {
    const first = c.fetch(2);
    const wide = isThumb32(first);
    const word = wide ? ((first << 16) | c.fetch(2)) >>> 0 : first;
    if (c.isIllegal) return c.undefinedInstruction();
    const row = wide ? decodeT32(word) : decodeT16(word);
    const cond = c.it >>> 4;
    if (c.inItBlock && cond < 14 && row?.mnemonic !== 'BKPT' && row?.mnemonic !== 'HLT') c.skipUnless(cond);
    this.emit(c, row, word, wide ? T32 : T16);
  }

  private emit(c: ArmContext, row: DecodeRow | undefined, word: number, meanings: Meaning[]): void {
    if (!row) return c.undefinedInstruction();
    const { translate, fields, shouldMask, shouldValue } = (meanings[row.number] ??= new Meaning(row));
    if ((word & shouldMask) !== shouldValue || !translate?.(c, fields.read(word))) c.undefinedInstruction();
  }

  tbStop(c: ArmContext): void {
    const { ir } = c;
    switch (c.isJump) {
      case DisasJump.TooMany:
        this.leaveForNext(c);
        break;
      case ArmJump.Jump:
        c.storeIt();
        ir.gotoPtr();
        break;
      case ArmJump.UpdateExit:
        c.storeIt();
        c.setPcNext();
        ir.exitTb();
        break;
      case ArmJump.Exit:
        // The CPSR was written whole, ITSTATE with it.
        if (c.inItBlock) c.storeIt();
        ir.exitTb();
        break;
      case ArmJump.Wfi:
        c.storeIt();
        c.setPcNext();
        ir.call(HELPERS.wfi);
        ir.exitTb();
        break;
      case ArmJump.Wfe:
        c.storeIt();
        c.setPcNext();
        ir.call(HELPERS.wfe);
        ir.exitTb();
        break;
      case ArmJump.Svc:
        ir.call(HELPERS.supervisorCall);
        break;
    }
    if (c.skipLabel !== undefined) {
      ir.setLabel(c.skipLabel);
      this.leaveForNext(c);
    }
  }

  private leaveForNext(c: ArmContext): void {
    c.storeIt();
    c.gotoTb(1, c.pcNext);
  }
}
