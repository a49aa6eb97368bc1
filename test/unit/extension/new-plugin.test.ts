import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { buildPlugin } from '../../../src/cli/plugin-build';
import { nameProblem, TEMPLATES, TSCONFIG, type TemplateKind } from '../../../src/extension/new-plugin/templates';
import { buildCommand, Command } from '../cli/command';

const PROGRAM = path.resolve('samples/matmul/matmul.elf');
/** What each prints at the end of the sample. */
const PRINTS: Readonly<Record<TemplateKind, RegExp>> = {
  instructions: /^(\w[\w.]*: \d+\n){20}$/,
  memory: /^(0x[0-9a-f]+, \d+, \d+\n){5,20}$/,
  blocks: /^(0x[0-9a-f]+, \w+, \d+, \d+\n){20}$/,
  breakpoint: /^unaligned stores: 0\n$/,
  c: /^blocks: \d+, instructions: \d+\n$/,
};

describe('the templates of "TCG: New Plugin"', () => {
  let folder: string;
  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(tmpdir(), 'tcgscope-templates-'));
    copyFileSync('include/qemu-plugin.d.ts', path.join(folder, 'qemu-plugin.d.ts'));
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    for (const { kind, extension, text } of TEMPLATES) writeFileSync(path.join(folder, kind + extension), text(kind));
    await buildCommand();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('pass the type checks of the tsconfig.json that comes with them', function () {
    this.timeout(60_000);
    const { options, fileNames, errors } = ts.parseJsonConfigFileContent(TSCONFIG, ts.sys, folder);
    assert.equal(fileNames.length, TEMPLATES.length); // the declarations instead of the one in C
    const found = [...errors, ...ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options))];
    assert.deepEqual(
      found.map(
        ({ messageText, file }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ),
      [],
    );
  });

  for (const { kind, extension } of TEMPLATES) {
    it(`${kind}: runs as it is, and refuses what it does not know`, async function () {
      this.timeout(120_000);
      let file = path.join(folder, kind + extension);
      if (extension === '.c') {
        const output = path.join(folder, `${kind}.wasm`);
        assert.equal(buildPlugin({ sources: [file], output, flags: ['-Wall', '-Wextra'] }).warnings, '');
        file = output;
      }
      const run = (plugin: string) => {
        const args = ['-kernel', PROGRAM, '-semihosting', '-plugin', plugin, '-d', 'plugin', '-serial', 'null'];
        const command = new Command(args, { timeoutMs: 100_000 });
        command.child.stdin.end();
        return command.ended;
      };
      const { status, stderr } = await run(file);
      assert.equal(status, 0, stderr);
      assert.match(stderr, PRINTS[kind]);
      const refused = await run(`${file},nonsense=1`);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /option parsing failed: nonsense=1/);
    });
  }

  it('names become file names', () => {
    assert.equal(nameProblem('my-plugin_2'), undefined);
    for (const name of ['', 'a/b', '../x', 'a b', 'x.ts']) assert.ok(nameProblem(name), name);
  });
});
