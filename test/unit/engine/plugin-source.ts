import assert from 'node:assert/strict';
import type { EngineConfig } from '../../../src/adapter/engine/api';
import { codeConfig, plugin, Session } from './session';

/** mov r0, #0x18; movw r1, #0x26; movt r1, #2; svc 0x123456: exits with code 0. */
export const EXIT = [0xe3a00018, 0xe3001026, 0xe3401002, 0xef123456];

/** The text of a plugin with `q`, `id`, and `say(value)`, which prints a line of JSON. */
export function source(body: string, version?: number): string {
  return `
    const q = require('qemu-plugin');
    const say = (...values) => q.qemu_plugin_outs(JSON.stringify(values.length === 1 ? values[0] : values) + '\\n');
    const eachInsn = (tb, use) => {
      for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) use(q.qemu_plugin_tb_get_insn(tb, i), i);
    };
    ${version === undefined ? '' : `exports.qemu_plugin_version = ${version};`}
    exports.qemu_plugin_install = (id) => { ${body} };`;
}

export async function finish(config: EngineConfig): Promise<{ said: unknown[]; notices: string[]; session: Session }> {
  const session = await Session.start(config);
  const ending = await session.run();
  assert.equal(ending.kind, 'exited', JSON.stringify(ending));
  const said = session.pluginLog
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
  return { said, notices: session.notices, session };
}

/** What the plugin says while the instructions run, from {@link CODE} on, before the exit. */
export async function run(words: readonly number[], body: string, version?: number): Promise<unknown[]> {
  const plugins = [plugin('p.js', source(body, version))];
  const { said, notices } = await finish(codeConfig([...words, ...EXIT], { plugins }));
  assert.deepEqual(notices, []);
  return said;
}

/** add r0, r0, #1; cmp r0, #10; bne .-8 */
export const LOOP = [0xe3a00000, 0xe2800001, 0xe350000a, 0x1afffffc];
