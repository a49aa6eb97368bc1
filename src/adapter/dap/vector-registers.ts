import type { DebugProtocol } from '@vscode/debugprotocol';
import { describeSingle } from '../../target/arm/vfp/describe';
import { RequestError } from './errors';
import type { Program } from './program';
import type { EvaluateNumber, Keep } from './registers';
import type { Assigned, ListOptions, VariableContainer } from './variable-store';

/** A way to look at a vector register: lanes of one type. */
interface View {
  readonly name: string;
  readonly bytes: number;
  readonly read: (data: DataView, at: number) => number | bigint;
  /** An integer, or in views with a text of their own any number; bigints of 64 bits only. */
  readonly write: (data: DataView, at: number, value: number | bigint) => void;
  readonly text?: (data: DataView, at: number) => string;
}

const VIEWS: readonly View[] = [
  {
    name: 'f32',
    bytes: 4,
    read: (data, at) => data.getFloat32(at, true),
    write: (data, at, value) => data.setFloat32(at, Number(value), true),
    text: (data, at) => describeSingle(data.getInt32(at, true)),
  },
  {
    name: 'u64',
    bytes: 8,
    read: (data, at) => data.getBigUint64(at, true),
    write: (data, at, value) => data.setBigInt64(at, BigInt(value), true),
  },
  {
    name: 's32',
    bytes: 4,
    read: (data, at) => data.getInt32(at, true),
    write: (data, at, value) => data.setInt32(at, Number(value), true),
  },
  {
    name: 'u32',
    bytes: 4,
    read: (data, at) => data.getUint32(at, true),
    write: (data, at, value) => data.setInt32(at, Number(value), true),
  },
  {
    name: 's16',
    bytes: 2,
    read: (data, at) => data.getInt16(at, true),
    write: (data, at, value) => data.setInt16(at, Number(value), true),
  },
  {
    name: 'u16',
    bytes: 2,
    read: (data, at) => data.getUint16(at, true),
    write: (data, at, value) => data.setInt16(at, Number(value), true),
  },
  {
    name: 's8',
    bytes: 1,
    read: (data, at) => data.getInt8(at),
    write: (data, at, value) => data.setInt8(at, Number(value)),
  },
  {
    name: 'u8',
    bytes: 1,
    read: (data, at) => data.getUint8(at),
    write: (data, at, value) => data.setInt8(at, Number(value)),
  },
];

/** The quadwords, by number. */
export const QUADWORDS = Array.from({ length: 16 }, (_, n) => `q${n}`);

function laneText({ bytes, read, text }: View, data: DataView, at: number, hex: boolean): string {
  if (text && !hex) return text(data, at);
  if (!hex) return read(data, at).toString();
  let digits = '';
  for (let i = bytes - 1; i >= 0; i--)
    digits += data
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0');
  return `0x${digits}`;
}

/** The bytes of `count` doublewords from d`first` on, in a vCPU. */
async function readBytes(program: Program, vcpu: number, first: number, count: number): Promise<DataView> {
  const registers = new Map((await program.view.registersOf(vcpu)).map((one) => [one.name, one]));
  const data = new DataView(new ArrayBuffer(8 * count));
  for (let i = 0; i < count; i++) {
    const register = registers.get(`d${first + i}`);
    if (register?.high === undefined) throw new RequestError(`there is no register d${first + i}`);
    data.setUint32(8 * i, register.value, true);
    data.setUint32(8 * i + 4, register.high, true);
  }
  return data;
}

/** The group of quadwords: each in hexadecimal, with its lanes behind it. */
export class VectorRegisters implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly vcpu: number,
    private readonly evaluate: EvaluateNumber,
    private readonly keep: Keep,
  ) {}

  async list(): Promise<DebugProtocol.Variable[]> {
    const data = await readBytes(this.program, this.vcpu, 0, 2 * QUADWORDS.length);
    return QUADWORDS.map((name, n) => {
      const words = [3, 2, 1, 0].map((i) =>
        data
          .getUint32(16 * n + 4 * i, true)
          .toString(16)
          .padStart(8, '0'),
      );
      const views = new VectorViews(this.program, this.vcpu, 2 * n, 2, this.evaluate, this.keep);
      return {
        name,
        value: `0x${words.join('')}`,
        type: 'uint128',
        variablesReference: this.keep(views),
        namedVariables: VIEWS.length,
        presentationHint: { attributes: ['readOnly'] },
      };
    });
  }
}

/** One vector register of `count` doublewords from d`first` on, as lanes of each type. */
export class VectorViews implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly vcpu: number,
    private readonly first: number,
    private readonly count: number,
    private readonly evaluate: EvaluateNumber,
    private readonly keep: Keep,
  ) {}

  /** How many views there are. */
  static readonly size = VIEWS.length;

  async list({ hex }: ListOptions): Promise<DebugProtocol.Variable[]> {
    const { program, vcpu, first, count } = this;
    const data = await readBytes(program, vcpu, first, count);
    return VIEWS.map((view) => {
      const lanes = (8 * count) / view.bytes;
      const texts = Array.from({ length: lanes }, (_, i) => laneText(view, data, view.bytes * i, hex));
      return {
        name: view.name,
        value: `{${texts.join(', ')}}`,
        type: `${view.name}[${lanes}]`,
        variablesReference: this.keep(new Lanes(program, vcpu, first, count, view, this.evaluate)),
        indexedVariables: lanes,
        presentationHint: { attributes: ['readOnly'] },
      };
    });
  }
}

/** The lanes of one type, each one writable. */
class Lanes implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly vcpu: number,
    private readonly first: number,
    private readonly count: number,
    private readonly view: View,
    private readonly evaluate: EvaluateNumber,
  ) {}

  private get length(): number {
    return (8 * this.count) / this.view.bytes;
  }

  async list({ start, count, filter, hex }: ListOptions): Promise<DebugProtocol.Variable[]> {
    if (filter === 'named') return [];
    const { view } = this;
    const data = await readBytes(this.program, this.vcpu, this.first, this.count);
    return Array.from({ length: this.length }, (_, i) => ({
      name: `[${i}]`,
      value: laneText(view, data, view.bytes * i, hex),
      type: view.name,
      variablesReference: 0,
    })).slice(start, count === undefined ? undefined : start + count);
  }

  async assign(name: string, text: string, hex: boolean): Promise<Assigned> {
    const { program, vcpu, view } = this;
    const index = Number(/^\[(\d+)\]$/.exec(name)?.[1] ?? NaN);
    if (!(index < this.length)) throw new RequestError(`${view.name} has no lane ${name}`);
    const data = await readBytes(program, vcpu, this.first, this.count);
    const at = view.bytes * index;
    view.write(data, at, await this.newValue(text));
    for (let word = at >>> 2; word <= (at + view.bytes - 1) >>> 2; word++) {
      const register = `d${this.first + (word >>> 1)}[${word & 1}]`;
      await program.engine.writeRegister(vcpu, register, data.getUint32(4 * word, true));
    }
    program.view.forget();
    return { value: laneText(view, data, at, hex), type: view.name };
  }

  /** A number as it is typed (of single precision also `-inf` or `nan`), else an expression. */
  private async newValue(text: string): Promise<number | bigint> {
    const typed = text.trim();
    const { name, text: isFloat } = this.view;
    if (isFloat) {
      const special = /^([-+]?)(inf|nan)(?:inity)?$/i.exec(typed);
      if (special) return special[2].toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
    } else if (/^-?\d+$|^0x[\da-f]+$/i.test(typed)) {
      const value = BigInt(typed);
      return this.view.bytes === 8 ? value : Number(BigInt.asIntN(32, value));
    }
    const value = Number(typed);
    if (Number.isNaN(value)) return this.evaluate(text);
    if (!isFloat && !Number.isInteger(value)) throw new RequestError(`${name} lanes hold integers, not ${typed}`);
    return value;
  }
}
