import { extractField, type DecodeRow, type Field, type Fields } from './pattern';

/**
 * The fields of any row, so that whoever reads them meets objects of one kind. Those that a row has not stay undefined; the
 * names that are not here are added where a row has them.
 */
class FieldSet {
  rn?: number = undefined;
  rm?: number = undefined;
  rd?: number = undefined;
  cond?: number = undefined;
  rt?: number = undefined;
  imm8?: number = undefined;
  imm12?: number = undefined;
  imm5?: number = undefined;
  s?: number = undefined;
  type?: number = undefined;
  rot?: number = undefined;
  p?: number = undefined;
  u?: number = undefined;
  w?: number = undefined;
  list?: number = undefined;
  imm24?: number = undefined;
  imm16?: number = undefined;
  imm4?: number = undefined;
  imm6?: number = undefined;
  imm?: number = undefined;
  rs?: number = undefined;
  ra?: number = undefined;
  rt2?: number = undefined;
  rdn?: number = undefined;
  rdhi?: number = undefined;
  rdlo?: number = undefined;
  lsb?: number = undefined;
  msb?: number = undefined;
  widthm1?: number = undefined;
  l?: number = undefined;
  user?: number = undefined;
  q?: number = undefined;
  d?: number = undefined;
  n?: number = undefined;
  m?: number = undefined;
  vd?: number = undefined;
  vn?: number = undefined;
  vm?: number = undefined;
  size?: number = undefined;
  sz?: number = undefined;
}

/** The names that {@link FieldSet} declares, in the order of {@link put}'s cases. */
const DECLARED = Object.keys(new FieldSet());

/** Writes one of the declared fields: much faster than by its name, which is another one each time. */
function put(fields: FieldSet, name: number, value: number): void {
  switch (name) {
    case 0:
      fields.rn = value;
      break;
    case 1:
      fields.rm = value;
      break;
    case 2:
      fields.rd = value;
      break;
    case 3:
      fields.cond = value;
      break;
    case 4:
      fields.rt = value;
      break;
    case 5:
      fields.imm8 = value;
      break;
    case 6:
      fields.imm12 = value;
      break;
    case 7:
      fields.imm5 = value;
      break;
    case 8:
      fields.s = value;
      break;
    case 9:
      fields.type = value;
      break;
    case 10:
      fields.rot = value;
      break;
    case 11:
      fields.p = value;
      break;
    case 12:
      fields.u = value;
      break;
    case 13:
      fields.w = value;
      break;
    case 14:
      fields.list = value;
      break;
    case 15:
      fields.imm24 = value;
      break;
    case 16:
      fields.imm16 = value;
      break;
    case 17:
      fields.imm4 = value;
      break;
    case 18:
      fields.imm6 = value;
      break;
    case 19:
      fields.imm = value;
      break;
    case 20:
      fields.rs = value;
      break;
    case 21:
      fields.ra = value;
      break;
    case 22:
      fields.rt2 = value;
      break;
    case 23:
      fields.rdn = value;
      break;
    case 24:
      fields.rdhi = value;
      break;
    case 25:
      fields.rdlo = value;
      break;
    case 26:
      fields.lsb = value;
      break;
    case 27:
      fields.msb = value;
      break;
    case 28:
      fields.widthm1 = value;
      break;
    case 29:
      fields.l = value;
      break;
    case 30:
      fields.user = value;
      break;
    case 31:
      fields.q = value;
      break;
    case 32:
      fields.d = value;
      break;
    case 33:
      fields.n = value;
      break;
    case 34:
      fields.m = value;
      break;
    case 35:
      fields.vd = value;
      break;
    case 36:
      fields.vn = value;
      break;
    case 37:
      fields.vm = value;
      break;
    case 38:
      fields.size = value;
      break;
    case 39:
      fields.sz = value;
      break;
  }
}

/** Reads a row's fields again and again into the same object: a translator needs them only until its next instruction. */
export class FieldReader {
  /** The declared fields in one piece: index of the name, shift, and mask, one after the other. */
  private readonly whole: Int32Array;
  private readonly others: readonly Field[];
  private readonly fields = new FieldSet();

  constructor(row: Pick<DecodeRow, 'fields'>) {
    const isQuick = ({ name, parts }: Field): boolean => parts.length === 1 && DECLARED.includes(name);
    this.whole = Int32Array.from(
      row.fields.filter(isQuick).flatMap(({ name, width, parts }) => {
        return [DECLARED.indexOf(name), parts[0].lsb, width === 32 ? -1 : (1 << width) - 1];
      }),
    );
    this.others = row.fields.filter((field) => !isQuick(field));
  }

  /** The fields of `word`, unsigned; valid until the next call. */
  read(word: number): Fields {
    const { fields, whole, others } = this;
    for (let i = 0; i < whole.length; i += 3) put(fields, whole[i], (word >>> whole[i + 1]) & whole[i + 2]);
    for (let i = 0; i < others.length; i++)
      (fields as Record<string, number>)[others[i].name] = extractField(word, others[i]);
    return fields as Fields;
  }
}
