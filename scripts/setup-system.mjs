#!/usr/bin/env node
// Makes a machine that has Node, npm and git ready for the tests: installs the Debian packages that are missing.
// As root (or with a password-less sudo) it calls apt-get; otherwise it prints the command to run, and fails.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Debian package → why it is needed, and a program that stands for it where there is no dpkg to ask. */
const PACKAGES = {
  'qemu-system-arm': { why: 'the reference the emulator is compared with', program: 'qemu-system-arm' },
  'qemu-user': { why: 'the reference for single instructions', program: 'qemu-arm' },
  'device-tree-compiler': { why: "the tests' device trees", program: 'dtc' },
  'build-essential': { why: "the tests' native QEMU plugins; code-server's native modules", program: 'gcc' },
  'gcc-arm-none-eabi': { why: "the tests' guest programs", program: 'arm-none-eabi-gcc' },
  'libnewlib-arm-none-eabi': { why: "the tests' guest programs" },
  'picolibc-arm-none-eabi': { why: "the tests' guest programs" },
  'libkrb5-dev': { why: 'code-server builds its kerberos module from source' },
  clang: { why: 'compiles C plugins to WebAssembly', program: 'clang' },
  lld: { why: 'links them', program: 'wasm-ld' },
  'wasi-libc': { why: 'their C library' },
  'libclang-rt-14-dev-wasm32': { why: "their compiler's runtime" },
  'libglib2.0-dev': { why: 'the GLib that the small one is compared with' },
  'pkg-config': { why: 'finds it', program: 'pkg-config' },
  valgrind: { why: 'its tools read the profiles that are exported', program: 'callgrind_annotate' },
  python3: { why: 'node-gyp', program: 'python3' },
  chromium: { why: "shows VS Code's window in the tests", program: 'chromium' },
  'fonts-dejavu-core': { why: 'text in screenshots' },
};

function onPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Names of the packages that dpkg does not report as installed. */
function missingPackages() {
  const names = Object.keys(PACKAGES);
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n', ...names], {
    encoding: 'utf8',
  });
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  );
  return names.filter((name) => !installed.has(name));
}

/** Runs apt-get, with sudo where we are not root; the exit status, 0 = done. */
function aptGet(args) {
  const root = process.getuid?.() === 0;
  const command = root ? 'apt-get' : 'sudo';
  const rest = root ? [] : ['-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const run = spawnSync(command, [...rest, '-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return run.status ?? 1;
}

/**
 * Installs what is missing.
 * @returns an explanation of what the user must do, or undefined if the machine is ready.
 */
export function setupSystem() {
  if (!onPath('dpkg-query')) {
    const absent = Object.entries(PACKAGES).filter(([, { program }]) => program && !onPath(program));
    if (!absent.length) return undefined;
    const list = absent.map(([name, { program, why }]) => `  ${program} (${why}; Debian: ${name})`);
    return `This is not a Debian system. Please install these programs yourself:\n${list.join('\n')}`;
  }
  const missing = missingPackages();
  if (!missing.length) return undefined;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const advice = `Please run:\n  sudo apt-get update && sudo apt-get ${install.join(' ')}`;
  console.log(`Missing Debian packages:`);
  for (const name of missing) console.log(`  ${name} (${PACKAGES[name].why})`);
  const mayInstall = process.getuid?.() === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (!mayInstall) return advice;
  if (aptGet(['update']) !== 0) console.error('apt-get update failed; trying with the package lists that are here.');
  aptGet(install);
  const still = missingPackages();
  return still.length ? `apt-get could not install ${still.join(', ')}. ${advice}` : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = setupSystem();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  console.log('All Debian packages are here.');
}
