#!/usr/bin/env node
// Writes docs/plugin-api.md from src/plugin/api/table.ts; --check only says whether they agree.
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = await build({
  absWorkingDir: root,
  entryPoints: ['src/plugin/api/document.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundled.outputFiles[0].contents).toString('base64');
const { apiDocument } = await import(`data:text/javascript;base64,${code}`);

const file = root + 'docs/plugin-api.md';
const text = await format(apiDocument(), { ...(await resolveConfig(file)), filepath: file });
const committed = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
if (committed === text) {
  console.log('docs/plugin-api.md agrees with src/plugin/api/table.ts');
} else if (process.argv.includes('--check')) {
  console.error('docs/plugin-api.md does not agree with src/plugin/api/table.ts: run npm run plugin-api-docs');
  process.exitCode = 1;
} else {
  writeFileSync(file, text);
  console.log('docs/plugin-api.md updated');
}
