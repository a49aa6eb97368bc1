import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { API_CALLS } from '../../../src/plugin/api/table';
import { PluginEngine } from '../../../src/plugin/engine';
import { FakeHost } from './fake-host';

/** The text of every test. */
function tests(): string {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  return files.map((file) => readFileSync(path.join('test', file), 'utf8')).join('\n');
}

describe('the table of the plugin API', () => {
  it('has every call, and none that is not there', () => {
    const { api } = new PluginEngine(new FakeHost());
    const calls = Object.entries(api).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    assert.deepEqual(API_CALLS.map(({ name }) => name).sort(), calls.sort());
  });

  it('names tests that there are', () => {
    const text = tests();
    const has = (call: string, title: string): boolean =>
      ["'", '"', '`'].some((quote) => text.includes(`${call}(${quote}${title}${quote}`));
    for (const { name, test } of API_CALLS) {
      const isThere = test.split(': ').some((_, i, parts) => {
        const [suite, title] = [parts.slice(0, i).join(': '), parts.slice(i).join(': ')];
        return suite !== '' && has('describe', suite) && has('it', title);
      });
      assert.ok(isThere, `${name}: there is no test "${test}"`);
    }
  });

  it('is what docs/plugin-api.md shows', () => {
    execFileSync(process.execPath, ['scripts/plugin-api-docs.mjs', '--check'], { stdio: 'pipe' });
  });

  it('has what the public declarations declare', () => {
    const declared = readFileSync('include/qemu-plugin.d.ts', 'utf8');
    const names = new Set([...declared.matchAll(/^ {2}export function (\w+)/gm)].map((match) => match[1]));
    assert.deepEqual([...names].sort(), API_CALLS.map(({ name }) => String(name)).sort());
  });

  it('says in the declarations which versions have a call', () => {
    const declared = readFileSync('include/qemu-plugin.d.ts', 'utf8');
    for (const { name, since, until, group } of API_CALLS) {
      if (group === 'Our own' || (since === 0 && until === undefined)) continue;
      const mark = until === undefined ? `[${since}-]` : until === since ? `[${since}]` : `[${since}-${until}]`;
      const at = declared.search(new RegExp(`^  export function ${name}[(<]`, 'm'));
      const comment = declared.slice(declared.lastIndexOf('/**', at), at);
      assert.ok(comment.includes(mark), `${name}: ${mark} is missing in its comment`);
    }
  });
});
