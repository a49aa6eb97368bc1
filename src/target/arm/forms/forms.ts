import { FORMS_ENDED, type FormModule, type InstructionForms } from '../../../tcg/forms';
import type { CodeReader } from '../../../tcg/translator';
import { FormEmitter, FormParameter, FormStatus, type FormGuest } from '../../../tcg/wasm/form-emitter';
import { FunctionBuilder, type FunctionBody } from '../../../tcg/wasm/function';
import { ENV_BASE, ENV_FORMS, FORM_INDEX_BITS } from '../../../tcg/layout';
import { ModuleBuilder } from '../../../tcg/wasm/module';
import { Op, Type } from '../../../tcg/wasm/opcodes';
import { ARM_GLOBALS, ArmGlobal, ArmSlot, TbFlag } from '../cpu-state';
import { A32_INDEX_MASK, A32_ROWS, a32Candidates, a32WordOf, type DecodeRow, type Field, type Fields } from '../decode';
import { findArmModel } from '../models';
import {
  ArmContext,
  ARM_PAGE_BITS,
  CONDITION_TESTS,
  conditionTest,
  type TranslationSettings,
} from '../translate/context';
import { A32_FORMS, type FormDescription } from './a32-forms';

/** Bits where register fields lie: global n stands for the register in the nth. */
const REGISTER_FIELDS = [16, 12, 8, 0] as const;
const REGISTER_NAMES: ReadonlySet<string> = new Set(['rn', 'rd', 'rm', 'rt', 'rs', 'ra', 'rdhi', 'rdlo']);

/** Flags of A32 code whose accesses are as forms have them: little-endian, any alignment; no odd ITSTATE. */
const REFUSED = TbFlag.THUMB | TbFlag.CONDEXEC | TbFlag.BIG_ENDIAN | TbFlag.ALIGN | TbFlag.ILLEGAL;

const NO_CODE: CodeReader = {
  fetch: () => {
    throw new Error('a form reads no code');
  },
};

/** Those of the first vCPU, in base64: see {@link preparedForms}. */
export interface PreparedForms {
  readonly wasm: string;
  readonly table: string;
}

/** What scripts/build.mjs has prepared; there is nothing of it in tests. */
declare const PREPARED_FORMS: PreparedForms | undefined;

/** The forms of A32. */
export const ARM_FORMS: InstructionForms = {
  blockBytes: 1 << ARM_PAGE_BITS,
  accepts: (flags) => (flags & REFUSED) === 0,
  module(env, fromBase64) {
    if (typeof PREPARED_FORMS !== 'undefined' && env === ENV_BASE) {
      return { wasm: fromBase64(PREPARED_FORMS.wasm), table: fromBase64(PREPARED_FORMS.table) };
    }
    return buildForms(env);
  },
};

const built = new Map<number, FormModule>();

/** Makes the forms of the vCPU whose environment lies at the byte offset. Cold, that takes some 30 ms. */
export function buildForms(env: number): FormModule {
  let module = built.get(env);
  if (!module) built.set(env, (module = new FormsBuilder(env).finish()));
  return module;
}

/** What translation would have to know: none of the rows with forms asks for it. */
const SETTINGS: TranslationSettings = {
  model: findArmModel('cortex-a9'),
  cpuIndex: 0,
  semihosting: false,
  tellsCacheMaintenance: false,
  multiprocessor: false,
};

class FormsBuilder {
  private readonly module = new ModuleBuilder('shared');
  private readonly type = this.module.type([Type.i32, Type.i32, Type.i32, Type.i32], [Type.i32]);
  private readonly functions = [this.module.function(this.type, declining())];
  /** Numbers of forms by {@link keyOf}. */
  private readonly numbers = new Map<string, number>();
  private readonly guest: FormGuest;

  constructor(env: number) {
    this.guest = {
      env,
      globals: ARM_GLOBALS,
      registerFields: REGISTER_FIELDS,
      pcRegister: 15,
      pageBytes: ARM_FORMS.blockBytes,
    };
  }

  finish(): FormModule {
    const { module, functions, type, guest } = this;
    for (const row of A32_ROWS) {
      const description = descriptionOf(row);
      if (!description) continue;
      for (const control of combinations(controlFields(row, description))) {
        const body = this.form(row, description, control);
        if (body) this.numbers.set(keyOf(row, control), functions.push(module.function(type, body)) - 1);
      }
    }
    const run = module.type([Type.i32, Type.i32, Type.i32, Type.i32, Type.i32], [Type.i32]);
    module.exportFunction('run', module.function(run, runBody(type, guest)));
    module.exportTable('forms', functions.length, functions);
    return { wasm: module.finish(), table: this.table() };
  }

  private table(): Uint8Array {
    const table = new DataView(new ArrayBuffer(2 << FORM_INDEX_BITS));
    for (let index = 0; index < 1 << FORM_INDEX_BITS; index++) table.setUint16(2 * index, this.formOf(index), true);
    return new Uint8Array(table.buffer);
  }

  /** The number of the form for words with this index; 0, which declines, where there is none. */
  private formOf(index: number): number {
    const word = a32WordOf(index);
    for (const row of a32Candidates(word)) {
      const description = descriptionOf(row);
      if (!description) continue;
      const control = controlFields(row, description).map(({ parts: [{ lsb, width }] }) => ({
        value: (word >>> lsb) & ((1 << width) - 1),
      }));
      return this.numbers.get(keyOf(row, control)) ?? 0;
    }
    return 0;
  }

  /** The function of a row with these fields fixed; undefined where there is none. */
  private form(row: DecodeRow, description: FormDescription, control: readonly Control[]): FunctionBody | undefined {
    const { guest } = this;
    const fields = openFields(row);
    for (const { name, value } of control) fields[name] = value;
    const { emit, check, covers = [], endsByWriting = [], endsIf } = description;
    const written = description.writes?.(fields) ?? [];
    const f = new FunctionBuilder(4);
    const ir = new FormEmitter(
      f,
      guest,
      written.map((name) => fields[name]),
    );
    const context = new ArmContext(ir, 0, 0, 1, NO_CODE, SETTINGS);
    let [mask, value] = [row.mask, row.value];
    for (const { value: bits, lsb, width } of control) {
      mask |= ((1 << width) - 1) << lsb;
      value |= bits << lsb;
    }
    const unchecked = (row.mask | row.shouldMask) & ~A32_INDEX_MASK;
    if (unchecked) ir.require(unchecked, (row.value | row.shouldValue) & unchecked);
    for (const earlier of A32_ROWS.slice(0, row.number)) {
      if (!hasCondition(earlier) || covers.includes(earlier.name as never)) continue;
      if (((earlier.value ^ value) & earlier.mask & mask) === 0) ir.exclude(earlier.mask, earlier.value);
    }
    for (const name of written) if (!endsByWriting.includes(name)) ir.excludePc(fields[name]);
    check?.(ir);
    f.get(FormParameter.Passed);
    f.op(Op.i32_eqz);
    f.if(false);
    if (endsIf) {
      ir.push(endsIf(ir));
      f.if();
      // It reads as two instructions on; the next one follows.
      f.i32Const(0);
      ir.push(ir.addi(ArmGlobal.PC, -4));
      f.memory(Op.i32_store, 2, guest.env + 4 * ArmSlot.PC);
      ir.return(FormStatus.Ended);
      f.end();
    }
    ir.return(FormStatus.Done);
    f.end();
    if (!emit(context, fields, ir)) return undefined;
    if (endsIf) {
      ir.push(endsIf(ir));
      f.if();
      ir.return(FormStatus.Ended);
      f.end();
    }
    f.i32Const(FormStatus.Done);
    return f.finish();
  }
}

/** A field that the index has, with a value. */
interface Control {
  readonly name: string;
  readonly value: number;
  readonly lsb: number;
  readonly width: number;
}

function descriptionOf(row: DecodeRow): FormDescription | undefined {
  return hasCondition(row) ? (A32_FORMS as Readonly<Record<string, FormDescription>>)[row.name] : undefined;
}

const hasCondition = (row: DecodeRow): boolean => row.fields.some(({ name }) => name === 'cond');
const isRegister = ({ name, width, parts }: Field): boolean =>
  REGISTER_NAMES.has(name) && width === 4 && parts.length === 1;

/** The fields of the row that lie in the index and decide what a form does. */
function controlFields(row: DecodeRow, { open = [] }: FormDescription): readonly Field[] {
  return row.fields.filter((field) => {
    const [{ lsb, width }, ...others] = field.parts;
    const mask = ((1 << width) - 1) << lsb;
    return !others.length && !isRegister(field) && !open.includes(field.name) && (mask & ~A32_INDEX_MASK) === 0;
  });
}

function keyOf({ name }: DecodeRow, control: readonly Pick<Control, 'value'>[]): string {
  return [name, ...control.map(({ value }) => value)].join();
}

/** Every combination of values of the fields. */
function combinations(fields: readonly Field[]): readonly (readonly Control[])[] {
  let all: readonly (readonly Control[])[] = [[]];
  for (const { name, parts } of fields) {
    const [{ lsb, width }] = parts;
    const values = Array.from({ length: 1 << width }, (_, value) => ({ name, value, lsb, width }));
    all = all.flatMap((before) => values.map((control) => [...before, control]));
  }
  return all;
}

/** The row's register fields, each as the placeholder of where it lies. */
function openFields(row: DecodeRow): Record<string, number> & Fields {
  const fields: Record<string, number> = {};
  for (const field of row.fields) {
    if (!isRegister(field)) continue;
    const place = (REGISTER_FIELDS as readonly number[]).indexOf(field.parts[0].lsb);
    if (place >= 0) fields[field.name] = place;
  }
  return fields;
}

function declining(): FunctionBody {
  const f = new FunctionBuilder(4);
  f.i32Const(FormStatus.Declined);
  return f.finish();
}

/** {@link RunForms} */
function runBody(form: number, guest: FormGuest): FunctionBody {
  const f = new FunctionBuilder(5);
  const [pc, host, count, tlb, page] = [0, 1, 2, 3, 4];
  const [word, index, condition, passed, status, done, before] = Array.from({ length: 7 }, () => f.local());
  const ir = new FormEmitter(f, guest);
  const pcAt = guest.env + 4 * ArmSlot.PC;
  const constant = (op: Op, value: number): void => {
    f.i32Const(value);
    f.op(op);
  };
  const increase = (local: number, value: number): void => {
    f.get(local);
    constant(Op.i32_add, value);
    f.set(local);
  };
  f.i32Const(0);
  f.memory(Op.i32_load, 2, pcAt);
  f.set(before);
  const end = f.block();
  const next = f.loop();
  f.get(host);
  f.memory(Op.i32_load, 2, 0);
  f.tee(word);
  constant(Op.i32_shr_u, 28);
  f.tee(condition);
  constant(Op.i32_eq, 15);
  f.brIf(end, false);
  // The pc as the instruction reads it.
  f.i32Const(0);
  f.get(pc);
  constant(Op.i32_add, 8);
  f.memory(Op.i32_store, 2, pcAt);
  f.i32Const(1);
  f.set(passed);
  f.get(condition);
  constant(Op.i32_lt_u, 14);
  f.if();
  emitCondition(f, ir, condition);
  f.set(passed);
  f.end();
  pushIndex(f, word);
  f.set(index);
  for (const parameter of [word, passed, tlb, page]) f.get(parameter);
  f.get(index);
  constant(Op.i32_shl, 1);
  f.memory(Op.i32_load16_u, 1, guest.env + 4 * ENV_FORMS);
  f.callIndirect(form);
  f.tee(status);
  f.if(false);
  f.get(status);
  constant(Op.i32_ne, FormStatus.Ended);
  f.brIf(end);
  f.get(done);
  constant(Op.i32_add, 1);
  constant(Op.i32_or, FORMS_ENDED);
  f.op(Op.return);
  f.end();
  increase(pc, 4);
  increase(host, 4);
  increase(done, 1);
  f.get(done);
  f.get(count);
  f.op(Op.i32_lt_u);
  f.brIf(next, true);
  f.end();
  f.end();
  f.i32Const(0);
  f.get(before);
  f.memory(Op.i32_store, 2, pcAt);
  f.get(done);
  return f.finish();
}

/** Leaves on the stack whether the condition in the local, 0..13, is met. */
function emitCondition(f: FunctionBuilder, ir: FormEmitter, condition: number): void {
  const met = f.local();
  const all = f.block();
  const cases = CONDITION_TESTS.map(() => f.block());
  f.get(condition);
  f.i32Const(1);
  f.op(Op.i32_shr_u);
  // The block opened last ends first.
  f.brTable([...cases].reverse(), cases[0]);
  CONDITION_TESTS.forEach((test, pair) => {
    f.end();
    ir.push(ir.setcond(test, conditionTest(ir, 2 * pair), ir.const(0)));
    f.set(met);
    f.br(all);
  });
  f.end();
  f.get(met);
  f.get(condition);
  f.i32Const(1);
  f.op(Op.i32_and);
  f.op(Op.i32_xor);
}

/** The index of the word in the local, as {@link a32WordOf} puts it back. */
function pushIndex(f: FunctionBuilder, word: number): void {
  f.get(word);
  f.i32Const(16);
  f.op(Op.i32_shr_u);
  f.i32Const(0xff0);
  f.op(Op.i32_and);
  f.get(word);
  f.i32Const(4);
  f.op(Op.i32_shr_u);
  f.i32Const(15);
  f.op(Op.i32_and);
  f.op(Op.i32_or);
}
