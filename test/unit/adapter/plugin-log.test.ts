import assert from 'node:assert/strict';
import type { Client } from '../../../src/adapter/dap/client';
import { PluginLog } from '../../../src/adapter/dap/plugin-log';

const PIECE = 32 * 1024;
const MIB = 1024 * 1024;

/** A client that only gathers what it is told. */
class Receiver implements Client {
  texts: string[] = [];
  asks = 0;
  unsent = 0;

  constructor(readonly isOurs: boolean) {}

  event(_name: string, body?: unknown): void {
    const { output } = body as { output: string };
    this.texts.push(output);
    this.unsent += output.length;
  }

  custom(_name: string, body: unknown): void {
    const { text, acknowledge } = body as { text: string; acknowledge?: true };
    this.texts.push(text);
    if (acknowledge) this.asks++;
  }

  can(): boolean {
    return false;
  }

  get numbering(): never {
    throw new Error('a log has no lines of source');
  }

  get text(): string {
    return this.texts.join('');
  }
}

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i}\n`).join('');

describe('the plugin log on its way to the client', () => {
  it('goes at once and asks for nothing while it is little', () => {
    const client = new Receiver(true);
    const log = new PluginLog(client, undefined);
    log.write('one\n');
    log.write('two\n');
    assert.deepEqual(client.texts, ['one\n', 'two\n']);
    assert.equal(client.asks, 0);
  });

  it('waits for a client of ours that has not acknowledged two pieces, and goes on when it does', () => {
    const client = new Receiver(true);
    const log = new PluginLog(client, undefined);
    const text = lines(100_000);
    log.write(text);
    assert.deepEqual([client.text.length, client.asks], [2 * PIECE, 2]);
    // A stop is not kept waiting.
    log.flush();
    assert.equal(client.text.length, 2 * PIECE);
    for (let answered = 0; answered < client.asks; answered++) log.acknowledged();
    assert.equal(client.text, text);
    log.write('after\n');
    assert.equal(client.text, `${text}after\n`);
  });

  it('sends a little that waits before a stop, and everything at the end', async () => {
    const client = new Receiver(true);
    const log = new PluginLog(client, undefined);
    log.write('x'.repeat(3 * PIECE));
    log.flush();
    assert.equal(client.text.length, 3 * PIECE);
    log.write('y'.repeat(10 * PIECE));
    await log.close();
    assert.equal(client.text, 'x'.repeat(3 * PIECE) + 'y'.repeat(10 * PIECE));
  });

  it('waits for the connection of any other client', async () => {
    const client = new Receiver(false);
    const log = new PluginLog(client, undefined);
    const text = lines(20_000);
    log.write(text);
    assert.equal(client.text.length, 2 * PIECE);
    while (client.text.length < text.length) {
      client.unsent = 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(client.text, text);
  });

  it('of a flood the client gets the latest part and the count of what is left out; the file gets all', async () => {
    const client = new Receiver(true);
    let size = 0;
    const log = new PluginLog(client, { write: (text) => void (size += text.length), close: async () => undefined });
    for (let i = 0; i < 40; i++) log.write(`${'z'.repeat(MIB - 1)}\n`);
    log.write('the end\n');
    await log.close();
    const note = /\n\[TCG Scope: (\d+) characters are left out here; the log file has them\.\]\n/.exec(client.text);
    assert.ok(note);
    assert.equal(client.text.length - note[0].length + Number(note[1]), size);
    assert.equal(size, 40 * MIB + 8);
    assert.ok(client.text.endsWith('z\nthe end\n'));
  });
});
