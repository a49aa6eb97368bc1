#!/usr/bin/env node
// Takes the command line of VS Code's desktop program and serves it with code-server and a headless Chromium, so that
// @vscode/test-electron can run tests where no desktop build can be had. Its exit status is that of the tests.
//   TCGSCOPE_TIMEOUT_MS  the longest time the tests may take (default 10 minutes)
//   TCGSCOPE_VERBOSE     also show the workbench's own messages
import path from 'node:path';
import util from 'node:util';
import { codeServer } from './setup-vscode.mjs';
import { startBrowser, startServer } from './lib/code-server.mjs';

/** Exit statuses of our own, out of the way of the tests'. */
const EXIT = { crashed: 70, serverEnded: 71, noPage: 72, timeout: 124, interrupted: 130, terminated: 143 };

/** Messages of the workbench that say nothing about a test. */
const NOISE =
  /^(Resolv(ing|ed) connection token|Creating a socket|Updating additional|Starting to|Started local extension host|\[[A-Za-z: -]+\]|.*ENOTFOUND|%c|Timed out waiting for authentication|Creation of workbench contribution|DialogService: Dialog requested)/;

/** Splits "--name=value" and "--name" from the positional arguments. */
function parseArguments(argv) {
  const options = new Map();
  const positional = [];
  for (const argument of argv) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
    if (match) options.set(match[1], [...(options.get(match[1]) ?? []), match[2] ?? '']);
    else positional.push(argument);
  }
  return { all: (name) => options.get(name) ?? [], last: (name) => options.get(name)?.at(-1), positional };
}

const command = parseArguments(process.argv.slice(2));
const server = await startServer(codeServer, {
  userData: command.last('user-data-dir'),
  extensions: command.last('extensions-dir'),
});
let browser;
let quitting = false;

async function quit(code) {
  if (quitting) return;
  quitting = true;
  await browser?.close().catch(() => undefined);
  await server.stop();
  process.exit(code);
}
process.on('SIGINT', () => void quit(EXIT.interrupted));
process.on('SIGTERM', () => void quit(EXIT.terminated));
void server.ended.then(() => quit(EXIT.serverEnded));

const timer = setTimeout(
  () => {
    console.error('The tests in VS Code did not end in time.');
    void quit(EXIT.timeout);
  },
  Number(process.env.TCGSCOPE_TIMEOUT_MS ?? 600_000),
);

browser = await startBrowser({ debugPort: command.last('remote-debugging-port') });
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
page.on('crash', () => void quit(EXIT.crashed));
const finished = new Promise((resolve) => {
  void page.exposeFunction('codeAutomationExit', (code) => resolve(code));
});
await page.exposeFunction('codeAutomationLog', (type, args) => {
  const text = util.format(...args);
  if (!process.env.TCGSCOPE_VERBOSE && NOISE.test(text)) return;
  (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(text + '\n');
});

const remote = (file) => `vscode-remote://${server.address}${path.resolve(file)}`;
const payload = [['skipWelcome', 'true']];
for (const name of ['extensionDevelopmentPath', 'extensionTestsPath']) {
  for (const file of command.all(name)) payload.push([name, remote(file)]);
}
const query = new URLSearchParams({ payload: JSON.stringify(payload) });
const target = command.positional[0] ?? command.last('folder-uri')?.replace(/^file:\/\//, '');
if (target) query.set(target.endsWith('.code-workspace') ? 'workspace' : 'folder', path.resolve(target));
else query.set('ew', 'true'); // an empty window
const response = await page.goto(`http://${server.address}/?${query}`);
if (!response?.ok()) {
  console.error(`The workbench answered HTTP ${response?.status()}`);
  await quit(EXIT.noPage);
}
const code = await finished;
clearTimeout(timer);
await quit(code);
