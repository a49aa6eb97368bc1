// Builds the native peer plugins into out/peer/: `node test/peer/build.mjs`. Needs a C compiler (cc, or $CC) and nothing
// else; a plugin is rebuilt only when its source, peer.h or the header is newer.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

// The working directory and not this file's place: the tests are bundled into other folders.
export const root = process.cwd();
const here = join(root, 'test', 'peer');
if (!existsSync(join(here, 'peer.h'))) throw new Error(`to be run in the project's folder, not in ${root}`);
export const peerDir = join(root, 'out', 'peer');

const flags = '-O2 -g0 -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden'.split(' ');

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Path of the built plugin `name` ("trace" for trace.c). */
export function peerPath(name) {
  return join(peerDir, `lib${name}.so`);
}

/** Builds what is out of date; returns the names of all peer plugins. */
export function buildPeers() {
  mkdirSync(peerDir, { recursive: true });
  const include = join(root, 'include');
  const common = Math.max(modified(join(here, 'peer.h')), modified(join(include, 'qemu-plugin.h')));
  const names = readdirSync(here)
    .filter((file) => file.endsWith('.c'))
    .map((file) => file.slice(0, -2));
  for (const name of names) {
    const source = join(here, `${name}.c`);
    const target = peerPath(name);
    if (modified(target) > Math.max(common, modified(source))) continue;
    // Written aside and renamed, so that two builds at the same time leave a whole file.
    const aside = `${target}.${process.pid}`;
    execFileSync(process.env.CC ?? 'cc', [...flags, '-I', include, '-o', aside, source], {
      stdio: 'inherit',
    });
    renameSync(aside, target);
  }
  return names;
}

if (process.argv[1]?.endsWith('peer/build.mjs')) {
  console.log(`built ${buildPeers().join(', ')}`);
}
