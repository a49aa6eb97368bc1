#!/usr/bin/env node
// Writes "contributes" of package.json from src/extension/contributions.ts; --check only says whether they agree.
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = await build({
  absWorkingDir: root,
  entryPoints: ['src/extension/contributions.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundled.outputFiles[0].contents).toString('base64');
const { CONTRIBUTIONS } = await import(`data:text/javascript;base64,${code}`);
const contributes = JSON.parse(JSON.stringify(CONTRIBUTIONS));

const file = root + 'package.json';
const manifest = JSON.parse(readFileSync(file, 'utf8'));
if (isDeepStrictEqual(manifest.contributes, contributes)) {
  console.log('package.json agrees with src/extension/contributions.ts');
} else if (process.argv.includes('--check')) {
  console.error('package.json does not agree with src/extension/contributions.ts: run npm run manifest');
  process.exitCode = 1;
} else {
  const options = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(JSON.stringify({ ...manifest, contributes }), options));
  console.log('package.json updated');
}
