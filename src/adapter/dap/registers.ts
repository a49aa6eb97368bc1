import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../../common/bits';
import { coreRegister } from '../../symbols';
import type { RegisterValue } from '../engine/api';
import { reference } from './addresses';
import { RequestError, messageOf } from './errors';
import type { Program } from './program';
import { STATUS_FIELDS, fieldText, isStatusRegister, withField } from './status-register';
import type { StatusField } from './status-register';
import type { Assigned, VariableContainer } from './variable-store';
import { QUADWORDS, VectorRegisters, VectorViews } from './vector-registers';

const GROUPS: Readonly<Record<string, string>> = {
  core: 'Core',
  status: 'Flags and modes',
  banked: 'Banked',
  system: 'System',
  vfp: 'Floating point',
};
const CORE_NAMES = Array.from({ length: 16 }, (_, index) => ['sp', 'lr', 'pc'][index - 13] ?? `r${index}`);

/** Turns what the user typed into a number: an expression of the frame. */
export type EvaluateNumber = (text: string) => Promise<number>;

/** Makes a container of something and gives its reference. */
export type Keep = (container: VariableContainer) => number;

/** All registers of a vCPU, by group. */
export class RegisterGroups implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly vcpu: number,
    private readonly evaluate: EvaluateNumber,
    private readonly keep: Keep,
  ) {}

  async list(): Promise<DebugProtocol.Variable[]> {
    const registers = await this.program.view.registersOf(this.vcpu);
    const groups = [...new Set(registers.map(({ group }) => group))];
    const { program, vcpu, evaluate, keep } = this;
    return [
      ...groups.map((group) => {
        const members = registers.filter((register) => register.group === group);
        const container = new RegisterGroup(program, vcpu, group, evaluate, keep);
        return this.group(GROUPS[group] ?? group, members.length, container);
      }),
      ...(registers.some(({ high }) => high !== undefined)
        ? [this.group('Advanced SIMD', QUADWORDS.length, new VectorRegisters(program, vcpu, evaluate, keep))]
        : []),
    ];
  }

  private group(name: string, count: number, container: VariableContainer): DebugProtocol.Variable {
    return {
      name,
      value: `${count} registers`,
      variablesReference: this.keep(container),
      namedVariables: count,
      presentationHint: { kind: 'virtual', attributes: ['readOnly'] },
    };
  }
}

class RegisterGroup implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly vcpu: number,
    private readonly group: string,
    private readonly evaluate: EvaluateNumber,
    private readonly keep: Keep,
  ) {}

  async list(): Promise<DebugProtocol.Variable[]> {
    const registers = await this.program.view.registersOf(this.vcpu);
    return registers
      .filter(({ group }) => group === this.group)
      .map((register) => {
        const [container, children] = this.parts(register);
        return {
          name: register.name,
          value: registerText(this.program, register),
          type: register.high === undefined ? 'uint32' : 'uint64',
          evaluateName: `$${register.name}`,
          variablesReference: container ? this.keep(container) : 0,
          ...(container && { namedVariables: children }),
          ...(coreRegister(register.name) !== undefined && { memoryReference: reference(register.value) }),
          ...(!register.writable && { presentationHint: { attributes: ['readOnly'] } }),
        };
      });
  }

  /** What is behind a register, and how much: a status register's fields, a doubleword's lanes. */
  private parts({ name, high }: RegisterValue): [container: VariableContainer | undefined, children: number] {
    const { program, vcpu, evaluate, keep } = this;
    if (isStatusRegister(name)) return [new StatusFields(program, vcpu, name, evaluate), STATUS_FIELDS.length];
    if (high === undefined) return [undefined, 0];
    return [new VectorViews(program, vcpu, Number(name.slice(1)), 1, evaluate, keep), VectorViews.size];
  }

  async assign(name: string, text: string): Promise<Assigned> {
    const value = await this.evaluate(text);
    const register = await writeRegister(this.program, this.vcpu, name, value);
    return { value: registerText(this.program, register), type: 'uint32' };
  }
}

/** The flags and fields of a status register, each one writable. */
class StatusFields implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly vcpu: number,
    private readonly register: string,
    private readonly evaluate: EvaluateNumber,
  ) {}

  async list(): Promise<DebugProtocol.Variable[]> {
    const { value, writable } = await this.read();
    return STATUS_FIELDS.map((field) => ({
      name: field.name,
      value: fieldText(field, value),
      type: field.meaning,
      variablesReference: 0,
      ...(!writable && { presentationHint: { attributes: ['readOnly'] } }),
    }));
  }

  async assign(name: string, text: string): Promise<Assigned> {
    const field = STATUS_FIELDS.find((candidate) => candidate.name === name);
    if (!field) throw new RequestError(`${this.register} has no field ${name}`);
    const { value } = await this.read();
    const wanted = await this.newValue(field, value, text);
    const register = await writeRegister(this.program, this.vcpu, this.register, wanted);
    return { value: fieldText(field, register.value), type: field.meaning };
  }

  private async newValue(field: StatusField, register: number, text: string): Promise<number> {
    try {
      return withField(field, register, text);
    } catch (error) {
      // Neither a number nor a word of the field: perhaps an expression.
      const value = await this.evaluate(text).catch(() => {
        throw new RequestError(messageOf(error));
      });
      return withField(field, register, String(value));
    }
  }

  private read(): Promise<RegisterValue> {
    return readRegister(this.program, this.vcpu, this.register);
  }
}

/** The core registers of a caller's frame, as unwinding found them. They cannot be written. */
export class FrameRegisters implements VariableContainer {
  constructor(
    private readonly program: Program,
    private readonly registers: readonly (number | undefined)[],
  ) {}

  list(): DebugProtocol.Variable[] {
    return CORE_NAMES.map((name, index) => {
      const value = this.registers[index];
      return {
        name,
        value: value === undefined ? '<not known in this frame>' : coreText(this.program, name, value),
        type: 'uint32',
        evaluateName: `$${name}`,
        variablesReference: 0,
        ...(value !== undefined && { memoryReference: reference(value) }),
        presentationHint: { attributes: ['readOnly'] },
      };
    });
  }
}

async function readRegister(program: Program, vcpu: number, name: string): Promise<RegisterValue> {
  const register = (await program.view.registersOf(vcpu)).find((one) => one.name === name);
  if (!register) throw new RequestError(`there is no register ${name}`);
  return register;
}

async function writeRegister(program: Program, vcpu: number, name: string, value: number): Promise<RegisterValue> {
  const register = await readRegister(program, vcpu, name);
  if (!register.writable) throw new RequestError(`register ${name} cannot be written`);
  await program.engine.writeRegister(vcpu, name, value >>> 0);
  program.view.forget();
  return readRegister(program, vcpu, name);
}

/** A register's value as the user sees it. */
export function registerText(program: Program, { name, value, high, description }: RegisterValue): string {
  if (high !== undefined) return `${hex(high, 8)}${hex(value, 8).slice(2)} ${description ?? ''}`.trimEnd();
  if (description) return `${hex(value, 8)} ${description}`;
  return coreRegister(name) === undefined ? hex(value, 8) : coreText(program, name, value);
}

function coreText(program: Program, name: string, value: number): string {
  const symbol = name === 'pc' || name === 'lr' ? program.symbols.symbolName((value & ~1) >>> 0) : undefined;
  return symbol ? `${hex(value, 8)} <${symbol}>` : hex(value, 8);
}
