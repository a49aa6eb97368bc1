import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess } from './adapter-process';
import type { DapClient } from './client';

/** Events whose number depends on time: tests look at them by themselves. */
const VOLATILE = new Set(['tcg/cacheStatistics']);
const WIDTH = 120;

/**
 * A conversation with the real adapter, written down as text: requests with their responses, and the events that came
 * until each stop. Compared with the file beside the test; UPDATE_GOLDEN=1 writes it anew.
 */
export class Transcript {
  readonly adapter = new AdapterProcess();
  private readonly lines: string[] = [];
  private readonly events: DebugProtocol.Event[] = [];
  private readonly replacements: [string, string][];

  /**
   * @param folders paths that differ from machine to machine, and what stands for them
   */
  constructor(folders: Readonly<Record<string, string>> = {}) {
    this.replacements = [...Object.entries(folders), [process.cwd(), '<repo>']];
    this.client.onMessage((message) => {
      if (message.type === 'event') this.events.push(message as DebugProtocol.Event);
    });
  }

  get client(): DapClient {
    return this.adapter.client;
  }

  /** A heading in the transcript. */
  title(text: string): void {
    this.lines.push('', `== ${text}`);
  }

  async request<B = Record<string, never>>(command: string, args?: unknown): Promise<B> {
    const response = await this.ask(command, args);
    assert.ok(response.success, `${command}: ${response.message}`);
    return response.body as B;
  }

  /** A request that must fail. */
  async refused(command: string, args?: unknown): Promise<void> {
    const response = await this.ask(command, args);
    assert.ok(!response.success, `${command} ${JSON.stringify(args)} should have failed`);
  }

  /** A request that is not written down: its answer is not the same each time. */
  quietly<B = Record<string, never>>(command: string, args?: unknown): Promise<B> {
    return this.client.request<B>(command, args);
  }

  /** Waits for an event and writes down everything that came up to it. */
  async until<E extends DebugProtocol.Event>(name: E['event']): Promise<E> {
    const event = await this.awaited<E>(name);
    const end = this.events.indexOf(event) + 1;
    this.note(this.events.splice(0, end));
    return event;
  }

  /** Waits for an event and writes down only this one: what else came depends on how far the guest got. */
  async only<E extends DebugProtocol.Event>(name: E['event']): Promise<E> {
    const event = await this.awaited<E>(name);
    this.events.splice(0, this.events.indexOf(event));
    this.note(this.events.splice(0, 1));
    return event;
  }

  async initialize(): Promise<void> {
    await this.quietly('initialize', {
      clientID: 'tcgscope',
      adapterID: 'tcg',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
      supportsMemoryEvent: true,
    });
  }

  /** Up to the initialized event. */
  async launch(config: Record<string, unknown>): Promise<void> {
    await this.initialize();
    await this.request('launch', config);
    await this.until('initialized');
  }

  /** Leaves the adapter and compares. */
  async finish(name: string): Promise<void> {
    await this.adapter.leave();
    this.note(this.events.splice(0));
    this.compare(name);
  }

  /** A wait that fails shows the transcript so far. */
  private async awaited<E extends DebugProtocol.Event>(name: E['event']): Promise<E> {
    try {
      return await this.client.event<E>(name);
    } catch (error) {
      this.note(this.events.splice(0));
      const tail = this.lines.slice(-20).join('\n');
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe transcript ends:\n${tail}`, {
        cause: error,
      });
    }
  }

  private async ask(command: string, args: unknown): Promise<DebugProtocol.Response> {
    const response = await this.client.raw({ command, arguments: args });
    this.lines.push('', `-> ${command}${args === undefined ? '' : ` ${this.show(args)}`}`);
    if (!response.success) this.lines.push(`<- failed: ${this.clean(String(response.message))}`);
    else this.lines.push(response.body === undefined ? '<- ok' : `<- ${this.show(response.body)}`);
    return response;
  }

  private note(events: readonly DebugProtocol.Event[]): void {
    let output: { category?: string; output: string } | undefined;
    for (const { event, body } of events) {
      if (VOLATILE.has(event)) continue;
      // How the guest's output is cut into events depends on time.
      if (event === 'output' && !body.source) {
        if (output?.category === body.category) {
          output!.output += body.output;
          this.lines.pop();
        } else output = { ...body };
        this.lines.push(`<= output ${this.show(output)}`);
        continue;
      }
      output = undefined;
      this.lines.push(`<= ${event}${body === undefined ? '' : ` ${this.show(body)}`}`);
    }
  }

  /** Folders are replaced first: how long the real ones are must not decide where lines are broken. */
  private show(value: unknown): string {
    const text = JSON.stringify(value);
    return text === undefined ? '' : layout(JSON.parse(this.clean(text)), '');
  }

  private clean(text: string): string {
    return this.replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  }

  private compare(name: string): void {
    const file = path.resolve('test/dap', `${name}.golden`);
    const actual = `${this.lines.join('\n').trim()}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, actual);
    assert.ok(existsSync(file), `${file} is missing: UPDATE_GOLDEN=1 writes it`);
    assert.equal(actual, readFileSync(file, 'utf8'));
  }
}

/** JSON with short objects on one line. */
function layout(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || flat.length + indent.length <= WIDTH) return flat;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${layout(item, inner)}`)
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${layout(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}
