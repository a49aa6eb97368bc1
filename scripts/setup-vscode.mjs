#!/usr/bin/env node
// Installs a real VS Code that npm can deliver: code-server (workbench and extension host) and the Node 24 it needs.
// It lives outside the tree, in $TCGSCOPE_CACHE or ~/.cache/tcgscope, as it is about 800 MB; a second run does nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './lib/code-server.mjs';

export const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';

/** Folder of the installation. */
export const cacheFolder =
  process.env.TCGSCOPE_CACHE ?? path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'tcgscope');

const nodePackage = `node-linux-${process.arch}`;
const nodeRoot = path.join(cacheFolder, 'node24', 'node_modules', nodePackage);
const serverRoot = path.join(cacheFolder, 'code-server', 'node_modules', 'code-server');
const stamp = path.join(cacheFolder, `verified-${CODE_SERVER_VERSION}-node-${NODE_VERSION}`);

/** The programs to run: the Node 24 executable and code-server's entry point. */
export const codeServer = {
  node: path.join(nodeRoot, 'bin', 'node'),
  entry: path.join(serverRoot, 'out', 'node', 'entry.js'),
};

function versionOf(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** Of what npm tells its scripts, what an npm of another Node may hear: where and how to fetch, not which Node this is. */
const KEPT_NPM_VARIABLES =
  /^npm_config_(registry|proxy|https_proxy|noproxy|cafile|ca|strict_ssl|cache|userconfig|globalconfig|offline)$/i;

function environmentForNpm(more) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !(/^(npm_.*|NODE|INIT_CWD)$/i.test(name) && !KEPT_NPM_VARIABLES.test(name)),
  );
  return { ...Object.fromEntries(kept), ...more };
}

/** Runs `npm install` in a folder with the given package.json, under Node 24 if `env` says so. */
function install(folder, manifest, env = {}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  const run = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--foreground-scripts', '--prefix', folder], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environmentForNpm(env),
  });
  if (run.status !== 0) throw new Error(`npm install failed in ${folder}`);
}

/**
 * Installs what is missing, and on the first time checks that the page of a started server really appears.
 * @throws Error if the platform is none that code-server can be installed on, or a step fails.
 */
export async function setupVsCode() {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64' && platform !== 'linux-arm64') {
    throw new Error(
      `code-server is set up here for Linux on x64 and arm64 only, not for ${platform}. ` +
        'Set VSCODE_EXECUTABLE to the program of an installed VS Code.',
    );
  }
  if (versionOf(nodeRoot) !== NODE_VERSION) {
    console.log(`Installing Node ${NODE_VERSION} …`);
    install(path.join(cacheFolder, 'node24'), { dependencies: { [nodePackage]: NODE_VERSION } });
  }
  if (versionOf(serverRoot) !== CODE_SERVER_VERSION || !existsSync(codeServer.entry)) {
    console.log(`Installing code-server ${CODE_SERVER_VERSION} (some minutes) …`);
    rmSync(stamp, { force: true });
    install(
      path.join(cacheFolder, 'code-server'),
      {
        dependencies: { 'code-server': CODE_SERVER_VERSION },
        allowScripts: { 'code-server': true, argon2: true },
      },
      {
        PATH: path.join(nodeRoot, 'bin') + path.delimiter + process.env.PATH,
        npm_config_nodedir: nodeRoot, // headers of this Node, whatever the machine's npm configuration names
      },
    );
  }
  if (!existsSync(stamp)) {
    const server = await startServer(codeServer); // it fetches the page: a broken install answers /healthz, too
    await server.stop();
    writeFileSync(stamp, '');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setupVsCode();
    console.log(`code-server ${CODE_SERVER_VERSION} is ready in ${cacheFolder}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
