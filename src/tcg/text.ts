import type { HelperDef } from './helpers';
import { IrBlock, shapeOf, type GlobalDef, type IrOp, type Temp } from './ir';
import { formatMemOp, parseMemOp } from './memop';
import { Cond, OPCODES, Opcode, type ImmediateKind } from './opcodes';
import { hex } from '../common/bits';

/**
 * The IR's text form: one operation a line, `name out, in, imm`. Globals by name, locals `tmp0`, `tmp1`, … in order of
 * first appearance, constants `$0x…`, labels `L0`.
 */
export function formatIr(block: IrBlock): string {
  const locals = new Map<Temp, string>();
  const temp = (t: Temp): string => {
    const info = block.temps[t];
    if (info.kind === 'global') return info.name;
    if (info.kind === 'const') return `$${hex(info.value)}`;
    let name = locals.get(t);
    if (name === undefined) locals.set(t, (name = `tmp${locals.size}`));
    return name;
  };
  return block.ops.map((op) => formatOp(op, temp)).join('\n');
}

function formatOp(op: IrOp, temp: (t: Temp) => string): string {
  const { outputs, inputs } = shapeOf(op);
  const values = op.args.slice(0, outputs + inputs).map(temp);
  const immediates = OPCODES[op.opc].immediates.map((kind, i) =>
    formatImmediate(kind, op.args[outputs + inputs + i], op),
  );
  if (op.opc === Opcode.set_label) return `${immediates[0]}:`;
  if (op.opc === Opcode.insn_start) return `  ---- ${immediates.join(', ')}`;
  const args = op.opc === Opcode.call ? [...immediates, ...values] : [...values, ...immediates];
  return `  ${OPCODES[op.opc].name} ${args.join(', ')}`.trimEnd();
}

function formatImmediate(kind: ImmediateKind, value: number, op: IrOp): string {
  switch (kind) {
    case 'hex':
      return hex(value);
    case 'dec':
      return String(value);
    case 'cond':
      return Cond[value];
    case 'label':
      return `L${value}`;
    case 'memop':
      return formatMemOp(value);
    case 'helper':
      return op.helper?.name ?? `helper${value}`;
  }
}

/** What {@link parseIr} needs to know of the target. */
export interface IrTextContext {
  readonly globals: readonly GlobalDef[];
  readonly helpers?: readonly HelperDef[];
}

/** Reads what {@link formatIr} writes; blank lines and `;` comments are passed over. Errors name the line. */
export function parseIr(text: string, context: IrTextContext): IrBlock {
  const block = new IrBlock(context.globals);
  const parser = new IrParser(block, context);
  text.split('\n').forEach((line, index) => {
    const body = line.replace(/;.*/, '').trim();
    if (!body) return;
    try {
      parser.line(body);
    } catch (error) {
      throw new Error(`line ${index + 1}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return block;
}

const OPCODE_BY_NAME = new Map(Object.entries(OPCODES).map(([opc, d]) => [d.name, Number(opc) as Opcode]));

class IrParser {
  private readonly names = new Map<string, Temp>();

  constructor(
    private readonly block: IrBlock,
    private readonly context: IrTextContext,
  ) {
    context.globals.forEach((global, index) => this.names.set(global.name, index));
  }

  line(body: string): void {
    const label = /^L(\d+):$/.exec(body);
    if (label) return this.push(Opcode.set_label, [this.label(label[1])]);
    const match = /^(\S+)\s*(.*)$/.exec(body);
    if (!match) throw new Error(`cannot read: ${body}`);
    const opc = match[1] === '----' ? Opcode.insn_start : OPCODE_BY_NAME.get(match[1]);
    if (opc === undefined) throw new Error(`unknown operation ${match[1]}`);
    const args = match[2] ? match[2].split(',').map((a) => a.trim()) : [];
    if (opc === Opcode.call) return this.call(args);
    const { outputs, inputs, immediates } = OPCODES[opc];
    if (args.length !== outputs + inputs + immediates.length) {
      throw new Error(`${match[1]} takes ${outputs + inputs + immediates.length} arguments, not ${args.length}`);
    }
    this.push(
      opc,
      args.map((arg, i) =>
        i < outputs + inputs ? this.temp(arg) : this.immediate(immediates[i - outputs - inputs], arg),
      ),
    );
  }

  private call(args: string[]): void {
    const helper = this.context.helpers?.find((h) => h.name === args[0]);
    if (!helper) throw new Error(`unknown helper ${args[0]}`);
    const values = args.slice(1).map((arg) => this.temp(arg));
    this.block.ops.push({ opc: Opcode.call, helper, args: [...values, helper.index] });
  }

  private push(opc: Opcode, args: number[]): void {
    this.block.ops.push({ opc, args });
  }

  private temp(text: string): Temp {
    if (text.startsWith('$')) return this.block.constant(number(text.slice(1)));
    let temp = this.names.get(text);
    if (temp === undefined) {
      if (!/^tmp\d+$/.test(text)) throw new Error(`unknown value ${text}`);
      this.names.set(text, (temp = this.block.newLocal()));
    }
    return temp;
  }

  private label(digits: string): number {
    const label = Number(digits);
    this.block.labels = Math.max(this.block.labels, label + 1);
    return label;
  }

  private immediate(kind: ImmediateKind, text: string): number {
    if (kind === 'cond') {
      const cond = Cond[text as keyof typeof Cond];
      if (cond === undefined) throw new Error(`unknown condition ${text}`);
      return cond;
    }
    if (kind === 'label') return this.label(text.slice(1));
    if (kind === 'memop') return parseMemOp(text);
    return number(text) | 0;
  }
}

function number(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new Error(`not a number: ${text}`);
  return value;
}
