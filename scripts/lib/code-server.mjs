// Starts code-server, and Chromium before it: the two halves of a VS Code without a display.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** Settings of a fresh profile: nothing that opens by itself, takes the focus or wants the network. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'window.menuBarVisibility': 'compact',
};

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts a server and waits until it serves its page.
 * @param programs the Node 24 executable and code-server's entry point
 * @param options folders of the profile and of the extensions (default: temporary ones); `settings` are added to the
 *   quiet ones of a new profile
 * @returns the address ("127.0.0.1:port"), the profile's folder, a promise of the end, and `stop`.
 */
export async function startServer(programs, options = {}) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tcgscope-server-'));
  const userData = options.userData ?? path.join(scratch, 'user-data');
  const extensions = options.extensions ?? path.join(scratch, 'extensions');
  const settingsFile = path.join(userData, 'User', 'settings.json');
  mkdirSync(path.dirname(settingsFile), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  if (!existsSync(settingsFile)) {
    writeFileSync(settingsFile, JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, null, 2));
  }
  const config = path.join(scratch, 'config.yaml');
  writeFileSync(config, '');
  const logFile = path.join(scratch, 'server.log');
  const log = openSync(logFile, 'w');
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    programs.node,
    [
      programs.entry,
      ...['--auth', 'none', '--bind-addr', address, '--config', config],
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      ...['--disable-getting-started-override', '--reconnection-grace-time', '1'],
      ...['--vscode-option', 'enable-smoke-test-driver'], // without it the page ignores extensionTestsPath
    ],
    // Its own process group, so that the extension hosts die with it.
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  let running = true;
  void ended.then(() => (running = false));
  const signalGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
      return true;
    } catch {
      return false;
    }
  };
  const stop = async () => {
    if (signalGroup('SIGTERM')) {
      await Promise.race([ended, delay(2000)]);
      signalGroup('SIGKILL');
    }
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  const fail = async (reason) => {
    const text = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-2000) : '';
    await stop();
    throw new Error(`code-server ${reason}\n${text}`);
  };
  for (const deadline = Date.now() + 60_000; ; await delay(100)) {
    if (!running) await fail('ended while starting');
    if (Date.now() > deadline) await fail('did not come up within a minute');
    try {
      const page = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(10_000) });
      if (page.ok) break;
      await fail(`answered HTTP ${page.status}`);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('code-server ')) throw error;
    }
  }
  return { address, userData, extensions, ended, stop };
}

/** Installs a .vsix into an extensions folder. @throws Error with code-server's text if that fails. */
export function installVsix(programs, vsix, { userData, extensions }) {
  const args = [programs.entry, '--install-extension', vsix, '--force'];
  const run = spawnSync(programs.node, [...args, '--user-data-dir', userData, '--extensions-dir', extensions], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`installing ${vsix} failed:\n${run.stdout}${run.stderr}`);
}

/** Where Chromium is: $CHROMIUM, or Debian's. */
export function chromiumPath() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (file) => file && existsSync(file),
  );
  if (!found) throw new Error('No Chromium: run node scripts/setup-system.mjs, or set CHROMIUM to its path.');
  return found;
}

/** Starts a headless Chromium; with `debugPort` another process can look at it through the DevTools protocol. */
export function startBrowser({ debugPort } = {}) {
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'];
  if (debugPort) args.push(`--remote-debugging-port=${debugPort}`);
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args });
}
