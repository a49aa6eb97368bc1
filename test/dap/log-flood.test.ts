import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess } from './adapter-process';
import { PROGRAM } from './sample';

/** By hand with more: FLOOD_LINES=10000000 node scripts/unit.mjs test/dap/log-flood.test.ts */
const LINES = Number(process.env['FLOOD_LINES'] ?? 1_000_000);
const PAUSES = process.env['FLOOD_LINES'] ? 20 : 3;
const MIB = 1024 * 1024;

/** Prints a hundred lines at each block until it has printed them all. */
const FLOOD = `
import { qemu_plugin_outs, qemu_plugin_register_vcpu_tb_exec_cb, qemu_plugin_register_vcpu_tb_trans_cb } from 'qemu-plugin';
let lines = 0;
export function qemu_plugin_install(id: number): void {
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {
      for (let i = 0; i < 100 && lines < ${LINES}; i++) qemu_plugin_outs('line number ' + lines++ + ' of the flood\\n');
    }, 0, undefined);
  });
}
`;

const FLOOD_BYTES = Array.from({ length: LINES }, (_, i) => `line number ${i} of the flood\n`.length).reduce(
  (a, b) => a + b,
);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads the file in pieces and checks each of its lines. @returns how many there are */
function checkLines(file: string): number {
  const handle = openSync(file, 'r');
  const buffer = Buffer.alloc(4 * MIB);
  let rest = '';
  let count = 0;
  for (let length; (length = readSync(handle, buffer)) > 0;) {
    const lines = (rest + buffer.toString('latin1', 0, length)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== `line number ${count} of the flood`) assert.fail(`line ${count} is ${JSON.stringify(line)}`);
      count++;
    }
  }
  closeSync(handle);
  assert.equal(rest, '');
  return count;
}

describe('a plugin that floods its log, on the real adapter', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'tcgscope-flood-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [reader, clientID] of [
    ['quick', 'tcgscope'],
    ['slow', 'tcgscope'],
    ['slow', 'some-editor'],
  ]) {
    it(`loses no line of the file, and stays ready to pause; a ${reader} client (${clientID}) gets a bounded part`, async () => {
      const plugin = path.join(folder, 'flood.ts');
      const file = path.join(folder, `${reader}-${clientID}.log`);
      writeFileSync(plugin, FLOOD);
      const adapter = new AdapterProcess();
      const { client } = adapter;
      await client.request('initialize', { clientID, adapterID: 'tcg' });
      await client.request('launch', { program: PROGRAM, plugins: [plugin], log: { file } });
      await client.event('initialized');
      // A slow client reads only what it has asked for, until the flood is over.
      const reads = (does: boolean): void => {
        if (reader === 'slow') adapter.reads(does);
      };
      await client.request('configurationDone');
      const latencies: number[] = [];
      let most = 0;
      for (let pauses = 0; pauses < PAUSES; pauses++) {
        reads(false);
        await sleep(40);
        reads(true);
        most = Math.max(most, adapter.memory ?? 0);
        const asked = performance.now();
        const ended = await client.request('pause', { threadId: 1 }).then(
          () => false,
          (error: Error) => /the guest has ended/.test(error.message),
        );
        // On a quick machine the flood may be over; it was not at the first pause.
        if (ended && pauses > 0) break;
        await client.event<DebugProtocol.StoppedEvent>('stopped');
        latencies.push(Math.round(performance.now() - asked));
        if (pauses === 0) assert.ok(statSync(file).size < LINES * 30, 'the guest stood before the flood was over');
        await client.request('continue', { threadId: 1 });
      }
      reads(false);
      while (statSync(file).size < FLOOD_BYTES) await sleep(20);
      reads(true);
      await client.event('terminated');
      most = Math.max(most, adapter.memory ?? 0);
      await adapter.leave();
      assert.equal(checkLines(file), LINES);
      const shown =
        clientID === 'tcgscope'
          ? client
              .bodiesOf<{ text: string }>('tcg/pluginLog')
              .map(({ text }) => text)
              .join('')
          : client.outputOf('console').replace(/The guest has ended: .*\n$/, '');
      assert.ok(shown.endsWith(`line number ${LINES - 1} of the flood\n`), shown.slice(-200));
      if (LINES * 30 > 20 * MIB) {
        assert.match(shown, /\[TCG Scope: \d+ characters are left out here; the log file has them\.\]/);
        assert.ok(shown.length < statSync(file).size);
      }
      if (process.env['FLOOD_LINES']) {
        console.log({
          reader,
          clientID,
          latencies,
          memoryMiB: Math.round(most),
          shownMiB: Math.round(shown.length / MIB),
        });
      }
    });
  }
});
