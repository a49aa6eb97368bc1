import type { EngineApi } from '../adapter/engine/api';
import { translationText } from '../adapter/engine/translation';
import { messageOf } from '../adapter/dap/errors';
import type { PluginControl } from '../adapter/dap/plugin-commands';

/** What the monitor does with the run that it watches. */
export interface MonitorHost {
  readonly engine: EngineApi;
  readonly plugins: PluginControl;
  /** Ends the guest as QEMU's quit does. */
  quit(): void;
  write(text: string): void;
}

const PROMPT = '(tcgscope) ';

const HELP = `plugin list               the plugins and their state (also: info plugins)
plugin on|off which       switch a plugin on or off, by number or name
plugin reload which       read its file anew and put it in place of the running one
plugin stats [which]      what plugins have counted so far
info registers            the registers of the vCPU
info jit                  what was translated and compiled so far
stop, cont                pause the guest, let it go on
quit                      end the guest; plugins print what they have at exit
`;

/** A monitor in the manner of QEMU's: commands, one a line, while the guest runs or stands. */
export class Monitor {
  private isRunning = true;
  private pending: Promise<void> = Promise.resolve();
  private rest = '';

  constructor(private readonly host: MonitorHost) {
    host.write(PROMPT);
  }

  /** Takes what was typed; whole lines are carried out one after the other. */
  input(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.pending = this.pending.then(() => this.line(line.trim()));
  }

  /** The end of the input: what was typed is carried out. */
  end(): void {
    if (this.rest) this.input('\n');
  }

  /** The guest has stopped; `description` says why. */
  stopped(description: string): void {
    this.isRunning = false;
    this.host.write(`stopped: ${description}\n${PROMPT}`);
  }

  private async line(line: string): Promise<void> {
    let answer: string;
    try {
      answer = line === '' ? '' : await this.command(line);
    } catch (error) {
      answer = messageOf(error);
    }
    this.host.write(`${answer && !answer.endsWith('\n') ? `${answer}\n` : answer}${PROMPT}`);
  }

  private async command(line: string): Promise<string> {
    const { engine, plugins } = this.host;
    const [name, ...words] = line.split(/\s+/);
    switch (name) {
      case 'plugin':
        return plugins.command(words);
      case 'info':
        if (words[0] === 'plugins') return plugins.command(['list']);
        if (words[0] === 'registers') return this.registers();
        if (words[0] === 'jit') return translationText(await engine.translation());
        return `info ${words.join(' ')}: there are plugins, registers and jit`;
      case 'stop':
        if (this.isRunning) await engine.pause();
        return '';
      case 'c':
      case 'cont':
        if (!this.isRunning) {
          this.isRunning = true;
          await engine.run({ kind: 'continue' });
        }
        return '';
      case 'q':
      case 'quit':
        this.host.quit();
        return '';
      case 'help':
      case '?':
        return HELP;
      default:
        return `unknown command: '${name}' (help lists them)`;
    }
  }

  private async registers(): Promise<string> {
    const registers = await this.host.engine.readRegisters(0);
    return registers
      .filter(({ group }) => group === 'core' || group === 'status')
      .map(({ name, value }) => `${name.padEnd(5)} 0x${value.toString(16).padStart(8, '0')}`)
      .join('\n');
  }
}
