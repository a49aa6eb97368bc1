import { hex } from '../../common/bits';
import { translationText } from '../engine/translation';
import { RequestError } from './errors';
import type { FrameValues } from './frame-values';
import { machineOf } from './machine';
import type { CurrentProgram } from './program';
import { registerText } from './registers';
import type { FramePlace } from './stack';

interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly pattern: RegExp;
  run(match: RegExpExecArray, frame: FramePlace | undefined): Promise<string> | string;
}

const UNITS: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };
const DUMP_LIMIT = 4096;

/** Commands of the debug console, beside expressions. */
export class ReplCommands {
  private readonly commands: readonly Command[] = [
    {
      name: 'help',
      usage: 'help',
      help: 'what can be typed here',
      pattern: /^help$/,
      run: () => this.help(),
    },
    {
      name: 'info registers',
      usage: 'info registers [name …]',
      help: 'registers of the vCPU, all or those named',
      pattern: /^(?:info\s+registers|i\s+r)((?:\s+[\w$]+)*)$/,
      run: (match, frame) => this.registers(match[1], frame),
    },
    {
      name: 'info jit',
      usage: 'info jit',
      help: 'what was translated and compiled so far',
      pattern: /^info\s+jit$/,
      run: async () => translationText(await this.program().engine.translation()),
    },
    {
      name: 'x',
      usage: 'x/8xw address',
      help: 'memory: count, format x d u or c, unit b (1 byte), h (2), w (4) or g (8)',
      pattern: /^x(?:\/(\d*)([xduc]?)([bhwg]?))?\s+(.+)$/,
      run: (match, frame) => this.dump(match, frame),
    },
    {
      name: 'plugin',
      usage: 'plugin list|on|off|reload|stats [which]',
      help: 'the plugins; switch one off or on, load its file anew, see its statistics: by number or name',
      pattern: /^(?:info\s+)?plugins?((?:\s+\S+)*)$/,
      run: (match) => this.plugin(match[1].split(/\s+/).filter(Boolean)),
    },
    {
      name: '>',
      usage: '>text',
      help: "a line of input for the guest's console",
      pattern: /^\s*>(.*)$/s,
      run: async (match) => {
        await this.input(`${match[1]}\n`);
        return '';
      },
    },
  ];

  /**
   * @param input sends text to the guest's console
   * @param plugin carries out a command about plugins
   */
  constructor(
    private readonly program: CurrentProgram,
    private readonly frames: FrameValues,
    private readonly input: (text: string) => Promise<void>,
    private readonly plugin: (words: readonly string[]) => Promise<string>,
  ) {}

  /** The names that completion offers. */
  get names(): readonly string[] {
    return this.commands.map(({ name }) => name);
  }

  /** The answer to a command; undefined when the line is none. */
  async run(line: string, frame: FramePlace | undefined): Promise<string | undefined> {
    for (const command of this.commands) {
      const match = command.pattern.exec(command.name === '>' ? line : line.trim());
      if (match) return command.run(match, frame);
    }
    return undefined;
  }

  private help(): string {
    const width = Math.max(...this.commands.map(({ usage }) => usage.length));
    return [
      'An expression in C, as r0 == 3, *(int *)0x1000 or array[2].member; name = value assigns.',
      ...this.commands.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`),
    ].join('\n');
  }

  private async registers(names: string, frame: FramePlace | undefined): Promise<string> {
    const program = this.program();
    const machine = await machineOf(program, frame?.vcpu ?? program.run.vcpu);
    const wanted = names.split(/\s+/).filter(Boolean);
    const shown = wanted.length
      ? wanted.map((name) => {
          const found = machine.find(name.replace(/^\$/, ''));
          if (!found) throw new RequestError(`there is no register ${name}`);
          return found;
        })
      : machine.registers;
    const width = Math.max(...shown.map(({ name }) => name.length));
    return shown.map((register) => `${register.name.padEnd(width)}  ${registerText(program, register)}`).join('\n');
  }

  private async dump(match: RegExpExecArray, frame: FramePlace | undefined): Promise<string> {
    const program = this.program();
    const [, countText, letter, unitLetter, expression] = match;
    const count = countText ? Number(countText) : 1;
    const unit = UNITS[unitLetter || (letter === 'c' ? 'b' : 'w')];
    if (count < 1 || count * unit > DUMP_LIMIT) {
      throw new RequestError(`x: from 1 to ${DUMP_LIMIT / unit} units of ${unit} bytes can be shown, not ${count}`);
    }
    const start = await this.frames.address(expression, frame);
    const bytes = await program.engine.readMemory(start, count * unit);
    const perLine = unit === 1 ? 8 : 16 / unit;
    const lines: string[] = [];
    for (let i = 0; i < count; i += perLine) {
      const cells: string[] = [];
      for (let j = i; j < Math.min(i + perLine, count); j++) {
        const cell = bytes.subarray(j * unit, (j + 1) * unit);
        if (cell.length < unit) break;
        cells.push(cellText(cell, letter || 'x'));
      }
      const address = (start + i * unit) >>> 0;
      if (cells.length === 0) {
        lines.push(`${hex(address, 8)}: no memory answers here`);
        break;
      }
      const symbol = program.symbols.symbolName(address);
      lines.push(`${hex(address, 8)}${symbol ? ` <${symbol}>` : ''}: ${cells.join(' ')}`);
    }
    return lines.join('\n');
  }
}

function cellText(bytes: Uint8Array, format: string): string {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  switch (format) {
    case 'd':
      return BigInt.asIntN(bytes.length * 8, value).toString();
    case 'u':
      return value.toString();
    case 'c': {
      const code = Number(value);
      return code >= 0x20 && code < 0x7f ? `'${String.fromCharCode(code)}'` : `\\${code.toString(8).padStart(3, '0')}`;
    }
    default:
      return `0x${value.toString(16).padStart(bytes.length * 2, '0')}`;
  }
}
