#!/usr/bin/env node
// The main job in the terminal, through the debug adapter: runs the bundled sample with the cache plugin, stops at a
// breakpoint, passes a log point, then shows the plugin's log and the cache statistics.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DapClient } from './lib/dap-client.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const sample = path.join(root, 'samples/matmul');
const source = path.join(sample, 'main.c');

/** The number of the first line of main.c that contains `text`. */
function lineWith(text) {
  const index = readFileSync(source, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`main.c has no line with: ${text}`);
  return index + 1;
}

const title = (text) => console.log(`\n\x1b[1m== ${text}\x1b[0m`);

const client = new DapClient(path.join(root, 'dist/adapter.js'));
let pluginLog = '';
client.onEvent((name, body) => {
  if (body?.acknowledge) void client.request('tcg/acknowledge', {});
  if (name === 'output' && body.category !== 'telemetry') process.stdout.write(body.output);
  else if (name === 'tcg/pluginLog') pluginLog += body.text;
  else if (name === 'tcg/notice') console.log(`[${body.severity}] ${body.message}`);
});

await client.request('initialize', {
  clientID: 'tcgscope',
  adapterID: 'tcg',
  pathFormat: 'path',
  linesStartAt1: true,
  columnsStartAt1: true,
});
const { configurations } = JSON.parse(readFileSync(path.join(sample, '.vscode/launch.json'), 'utf8'));
const launch = JSON.parse(
  JSON.stringify(configurations[0]).replaceAll('${workspaceFolder}', sample.replaceAll('\\', '/')),
);

title(`${launch.name}: ${path.relative(root, launch.program)}, plugins ${launch.plugins.join(' ')}`);
const initialized = client.event('initialized');
const launched = client.request('launch', launch);
await Promise.race([initialized, launched]);
const breakLine = lineWith('unsigned by_rows');
const logLine = lineWith('unsigned by_columns');
const { breakpoints } = await client.request('setBreakpoints', {
  source: { path: source },
  breakpoints: [
    { line: breakLine },
    { line: logLine, logMessage: 'log point: the first product is done, c[1][2] = {c[1][2]}, sp = {$sp}' },
  ],
});
for (const breakpoint of breakpoints)
  if (!breakpoint.verified) throw new Error(breakpoint.message ?? 'a breakpoint was not set');
const stopped = client.event('stopped');
const ended = client.event('terminated');
await client.request('configurationDone');
await launched;

const stop = await Promise.race([stopped, ended.then(() => undefined)]);
if (!stop) throw new Error('the program ended without reaching the breakpoint');
const { stackFrames } = await client.request('stackTrace', { threadId: stop.threadId, levels: 5 });
title(`stopped (${stop.reason})`);
for (const frame of stackFrames) {
  const place = frame.source?.path
    ? `${path.relative(root, frame.source.path)}:${frame.line}`
    : frame.instructionPointerReference;
  console.log(`  ${frame.name}  ${place}`);
}
for (const expression of ['by_columns', '$pc', 'c[0][0]']) {
  const { result } = await client.request('evaluate', { expression, frameId: stackFrames[0].id, context: 'watch' });
  console.log(`  ${expression} = ${result}`);
}
title('continuing to the end');
await client.request('continue', { threadId: stop.threadId });
await ended;
const { caches } = await client.request('tcg/cacheStatistics', {});

title('plugin log');
process.stdout.write(pluginLog);
title('cache statistics (the same counters)');
for (const { statistics, lines } of caches) {
  const rows = statistics.levels.flatMap((level) =>
    ['fetches', 'loads', 'stores']
      .filter((kind) => level[kind].accesses > 0)
      .map((kind) => {
        const { accesses, hits, misses } = level[kind];
        return {
          level: level.name,
          kind,
          accesses,
          hits,
          misses,
          'miss rate': `${((100 * misses) / accesses).toFixed(4)} %`,
        };
      }),
  );
  console.table(rows);
  console.log('lines with the most misses:');
  for (const line of lines.slice(0, 5)) {
    const place = line.path ? `${path.relative(root, line.path)}:${line.line}` : (line.symbol ?? '');
    console.log(`  ${place.padEnd(32)} L1I ${line.l1iMisses}  L1D ${line.l1dMisses}  L2 ${line.l2Misses}`);
  }
}
await client.request('disconnect', {}).catch(() => undefined);
client.close();

title('in VS Code');
console.log(`Open ${path.relative(process.cwd(), sample) || '.'} in a VS Code that has the extension, and press F5:
  code --extensionDevelopmentPath=${path.relative(process.cwd(), root) || '.'} ${path.relative(process.cwd(), sample)}
or make and install the package:
  npm run package && code --install-extension tcgscope-*.vsix`);
