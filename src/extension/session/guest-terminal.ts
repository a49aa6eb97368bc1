/** The guest's serial ports and console as terminals, and input for a guest whose console is the debug console. */
import * as vscode from 'vscode';
import type { CustomEvents } from '../../adapter/protocol/custom';
import { COMMANDS, DEBUG_TYPE } from '../ids';
import { customRequest, type SessionHub } from './session-hub';

type Channel = CustomEvents['tcg/console']['channel'];

const TITLES: Record<Channel, string> = { uart0: 'UART 0', uart1: 'UART 1', semihosting: 'Semihosting' };

async function send(session: vscode.DebugSession, text: string): Promise<void> {
  try {
    await customRequest(session, 'tcg/consoleInput', { text });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`The guest could not take the input: ${reason}`);
  }
}

/** A terminal that shows what one session's guest writes to one channel, and sends back what is typed. */
class GuestTerminal implements vscode.Pseudoterminal, vscode.Disposable {
  private readonly writer = new vscode.EventEmitter<string>();
  private readonly terminal: vscode.Terminal;
  /** Text that came before the terminal was open, undefined since. */
  private early: string | undefined = '';
  private ended = false;
  readonly onDidWrite = this.writer.event;

  constructor(
    private readonly session: vscode.DebugSession,
    channel: Channel,
  ) {
    this.terminal = vscode.window.createTerminal({ name: `${TITLES[channel]}: ${session.name}`, pty: this });
    this.terminal.show(true);
  }

  open(): void {
    const text = this.early ?? '';
    this.early = undefined;
    if (text) this.writer.fire(text);
  }

  close(): void {
    this.ended = true;
  }

  handleInput(data: string): void {
    if (!this.ended) void send(this.session, data);
  }

  /** Bytes as Latin-1 text; a bare line feed begins a new line, as a serial monitor shows it. */
  write(text: string): void {
    const shown = text.replace(/\r?\n/g, '\r\n');
    if (this.early === undefined) this.writer.fire(shown);
    else this.early += shown;
  }

  end(): void {
    this.ended = true;
    this.write('\r\n[The guest has ended.]\r\n');
  }

  dispose(): void {
    this.terminal.dispose();
    this.writer.dispose();
  }
}

export function registerGuestTerminals(hub: SessionHub): vscode.Disposable {
  const terminals = new Map<string, Map<Channel, GuestTerminal>>();
  const old: GuestTerminal[] = [];

  const terminalOf = (session: vscode.DebugSession, channel: Channel): GuestTerminal => {
    const ofSession = terminals.get(session.id) ?? new Map<Channel, GuestTerminal>();
    terminals.set(session.id, ofSession);
    const known = ofSession.get(channel);
    if (known) return known;
    const terminal = new GuestTerminal(session, channel);
    ofSession.set(channel, terminal);
    return terminal;
  };

  return vscode.Disposable.from(
    hub.onDidStart(() => {
      for (const terminal of old.splice(0)) terminal.dispose();
    }),
    hub.on('tcg/console')(({ session, body }) => terminalOf(session, body.channel).write(body.text)),
    hub.onDidEnd((session) => {
      for (const terminal of terminals.get(session.id)?.values() ?? []) {
        terminal.end();
        old.push(terminal);
      }
      terminals.delete(session.id);
    }),
    vscode.commands.registerCommand(COMMANDS.sendInput, async () => {
      const session = vscode.debug.activeDebugSession;
      if (session?.type !== DEBUG_TYPE) {
        void vscode.window.showInformationMessage('No guest is running.');
        return;
      }
      const text = await vscode.window.showInputBox({
        title: 'Send Input to the Guest',
        prompt: 'A line of text for its serial port or semihosting console; a line feed is added.',
      });
      if (text !== undefined) await send(session, `${text}\n`);
    }),
    { dispose: () => [...old, ...[...terminals.values()].flatMap((m) => [...m.values()])].forEach((t) => t.dispose()) },
  );
}
