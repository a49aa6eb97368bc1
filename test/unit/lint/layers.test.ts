/** The layer rule must really catch what it forbids: ESLint runs, with the project's own configuration, on a small tree. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ESLint } from 'eslint';

const FOLDERS = [
  ...['common', 'tcg', 'target/arm', 'symbols', 'plugin', 'emulator', 'adapter', 'adapter/protocol'],
  ...['extension', 'webview', 'webview/protocol', 'cli'],
];
const PATHS = 'import-x/no-restricted-paths';
const IMPORTS = 'no-restricted-imports';

const importing = (from: string) => `import { thing } from '${from}';\nexport const other = thing;\n`;

interface Case {
  readonly title: string;
  readonly folder: string;
  readonly text: string;
  /** Rules that must complain, and no other. */
  readonly rules: readonly string[];
}

const bad = (title: string, folder: string, from: string, rule: string): Case => ({
  title: `complains about ${title}`,
  folder,
  text: importing(from),
  rules: [rule],
});
const good = (folder: string, from: string): Case => ({
  title: `lets ${folder} import ${from}`,
  folder,
  text: importing(from),
  rules: [],
});

const CASES: readonly Case[] = [
  bad('common importing tcg', 'common', '../tcg/thing', PATHS),
  bad('tcg importing a target', 'tcg', '../target/arm/thing', PATHS),
  bad('target importing the emulator', 'target/arm', '../../emulator/thing', PATHS),
  bad('plugin importing emulator', 'plugin', '../emulator/thing', PATHS),
  bad('symbols importing plugin', 'symbols', '../plugin/thing', PATHS),
  bad('emulator importing adapter', 'emulator', '../adapter/protocol/thing', PATHS),
  bad('adapter importing extension', 'adapter', '../extension/thing', PATHS),
  bad('webview importing extension', 'webview', '../extension/thing', PATHS),
  bad('extension importing the inside of webview', 'extension', '../webview/thing', PATHS),
  bad('cli importing extension', 'cli', '../extension/thing', PATHS),
  bad('adapter importing vscode', 'adapter', 'vscode', IMPORTS),
  bad('webview importing vscode', 'webview', 'vscode', IMPORTS),
  bad('core importing node:fs', 'emulator', 'node:fs', IMPORTS),
  bad('core importing fs', 'plugin', 'fs', IMPORTS),
  bad('core importing fs/promises', 'symbols', 'fs/promises', IMPORTS),
  bad('core importing vscode', 'tcg', 'vscode', IMPORTS),
  {
    title: 'complains about a type-only import upward, too',
    folder: 'common',
    text: "import type { thing } from '../tcg/thing';\nexport type Other = typeof thing;\n",
    rules: [PATHS],
  },
  {
    title: 'complains about a cycle',
    folder: 'tcg',
    text: "import { back } from './back';\nexport const thing = () => back;\n",
    rules: ['import-x/no-cycle'],
  },
  {
    title: 'complains about a platform global in a core layer',
    folder: 'common',
    text: 'export const print = () => console.log(1);\n',
    rules: ['no-restricted-globals'],
  },
  good('tcg', '../common/thing'),
  good('target/arm', '../../tcg/thing'),
  good('emulator', '../target/arm/thing'),
  good('adapter', '../plugin/thing'),
  good('adapter', 'node:fs'),
  good('extension', '../adapter/protocol/thing'),
  good('extension', '../webview/protocol/thing'),
  good('extension', 'vscode'),
  good('webview', '../adapter/protocol/thing'),
  good('cli', '../adapter/thing'),
];

describe('the layer rule of eslint.config.mjs', () => {
  const found = new Map<string, ESLint.LintResult>();
  const fileOf = (index: number) => path.join('src', CASES[index]?.folder ?? '', `case${index}.ts`);

  before(function () {
    this.timeout(60_000);
    mkdirSync('out', { recursive: true });
    const tree = mkdtempSync(path.resolve('out/layers-'));
    try {
      copyFileSync('eslint.config.mjs', path.join(tree, 'eslint.config.mjs'));
      for (const folder of FOLDERS) {
        mkdirSync(path.join(tree, 'src', folder), { recursive: true });
        writeFileSync(path.join(tree, 'src', folder, 'thing.ts'), 'export const thing = 1;\n');
      }
      CASES.forEach(({ text }, index) => writeFileSync(path.join(tree, fileOf(index)), text));
      const cycle = CASES.findIndex(({ rules }) => rules.includes('import-x/no-cycle'));
      writeFileSync(
        path.join(tree, 'src/tcg/back.ts'),
        `import { thing } from './case${cycle}';\nexport const back = () => thing;\n`,
      );
      const eslint = path.resolve('node_modules/eslint/bin/eslint.js');
      const run = spawnSync(process.execPath, [eslint, '--format', 'json', 'src'], { cwd: tree, encoding: 'utf8' });
      for (const result of JSON.parse(run.stdout) as ESLint.LintResult[]) {
        found.set(path.relative(tree, result.filePath), result);
      }
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
  });

  CASES.forEach(({ title, rules }, index) => {
    it(title, () => {
      const result = found.get(fileOf(index));
      assert.ok(result, 'ESLint has looked at the file');
      assert.deepEqual(
        result.messages.map((message) => message.ruleId),
        rules,
      );
    });
  });
});
