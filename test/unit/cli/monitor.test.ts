import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, Command, rawProgram, withFolder } from './command';

/** b . */
const FOREVER = [0xeafffffe];

const plugin = (word: string): string => `
const q = require('qemu-plugin');
exports.qemu_plugin_install = (id) => {
  let count = 0;
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) =>
    q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => count++, 0, 0));
  q.tcg_register_statistics_cb(id, () => '${word} counts');
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs('${word} ends\\n'));
  return 0;
};`;

describe('command line: -monitor stdio', () => {
  before(buildCommand);

  it('lists, switches, reloads and asks plugins while the guest runs', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'p.js');
      writeFileSync(file, plugin('old'));
      const command = new Command([
        ...rawProgram(folder, FOREVER),
        ...['-plugin', file, '-plugin', 'libbb.so,inline=on', '-d', 'plugin,timestamps', '-monitor', 'stdio'],
      ]);
      const say = async (line: string, answer: string): Promise<void> => {
        command.child.stdin.write(`${line}\n`);
        await command.printed(answer);
      };
      await say('plugin list', '0: p.js\n1: libbb.so,inline=on\n');
      await say('plugin off libbb.so', '1: libbb.so,inline=on (off)\n');
      await say('plugin stats 0', '0: p.js\nold counts\n');
      writeFileSync(file, plugin('new'));
      await say('plugin reload 0', 'old ends\n');
      await say('plugin stats p.js', '0: p.js\nnew counts\n');
      await say('plugin stats 1', "1: libbb.so\nbb's: ");
      await say('plugin off nobody', 'plugin off: there is no plugin nobody\n');
      await say('stop', 'stopped: pause\n');
      await say('info registers', 'pc    0x00100000\n');
      await say('info jit', 'translation blocks    ');
      await say('cont', '(tcgscope) ');
      await say('what', "unknown command: 'what' (help lists them)\n");
      command.child.stdin.write('quit\n');
      const { status, stderr } = await command.ended;
      assert.equal(status, 0);
      assert.match(stderr, /^\[ *\d+\] old ends\n(\[ *\d+\] new ends|.*)/);
      assert.match(stderr, /\[ *\d+\] new ends\n/);
    }));

  it('a plugin that stops the guest leaves it there until it is told to go on', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'stop.js');
      writeFileSync(
        file,
        `const q = require('qemu-plugin');
         exports.qemu_plugin_install = (id) => q.qemu_plugin_register_vcpu_tb_trans_cb(id, () => q.tcg_request_stop('new block'));`,
      );
      const command = new Command([
        ...rawProgram(folder, FOREVER),
        ...['-plugin', file, '-d', 'plugin', '-monitor', 'stdio'],
      ]);
      await command.printed('stopped: stop.js: new block\n');
      command.child.stdin.write('info registers\ncont\nquit\n');
      assert.equal((await command.ended).status, 0);
    }));

  it('refuses another monitor', async () => {
    const { stderr } = await new Command(['-monitor', 'telnet', 'x.elf']).ended;
    assert.equal(stderr, 'tcgscope: -monitor telnet: there are stdio and none\n');
  });
});
