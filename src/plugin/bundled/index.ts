import type { PluginModule } from '../plugin-module';
import { bbPlugin } from './bb';
import { bbvPlugin } from './bbv';
import { cachePlugin } from './cache';
import { cachesimPlugin } from './cachesim';
import { cachesweepPlugin } from './cachesweep';
import { callprofilePlugin } from './callprofile';
import { cflowPlugin } from './cflow';
import { drcovPlugin } from './drcov';
import { execlogPlugin } from './execlog';
import { faultPlugin } from './fault';
import { hotblocksPlugin } from './hotblocks';
import { hotpagesPlugin } from './hotpages';
import { howvecPlugin } from './howvec';
import { hwprofilePlugin } from './hwprofile';
import { insnPlugin } from './insn';
import { ipsPlugin } from './ips';
import { lockstepPlugin } from './lockstep';
import { memPlugin } from './mem';
import { BUNDLED_NAMES, type BundledName } from './names';
import { patchPlugin } from './patch';
import { profilePlugin } from './profile';
import { stoptriggerPlugin } from './stoptrigger';
import { syscallPlugin } from './syscall';
import { trapsPlugin } from './traps';

export { bundledPluginNames } from './names';

/** What makes each. Each call makes an instance with state of its own. */
export const BUNDLED_PLUGINS: Readonly<Record<BundledName, () => PluginModule>> = {
  bb: bbPlugin,
  bbv: bbvPlugin,
  cache: cachePlugin,
  cachesim: cachesimPlugin,
  cachesweep: cachesweepPlugin,
  callprofile: callprofilePlugin,
  cflow: cflowPlugin,
  drcov: drcovPlugin,
  execlog: execlogPlugin,
  fault: faultPlugin,
  hotblocks: hotblocksPlugin,
  hotpages: hotpagesPlugin,
  howvec: howvecPlugin,
  hwprofile: hwprofilePlugin,
  insn: insnPlugin,
  ips: ipsPlugin,
  lockstep: lockstepPlugin,
  mem: memPlugin,
  patch: patchPlugin,
  profile: profilePlugin,
  stoptrigger: stoptriggerPlugin,
  syscall: syscallPlugin,
  traps: trapsPlugin,
};

/** Those whose atexit callback changes nothing, so that it serves to ask for their statistics. */
const ONLY_PRINT_AT_EXIT: ReadonlySet<BundledName> = new Set<BundledName>([
  'bb',
  'cache',
  'cachesim',
  'callprofile',
  'cflow',
  'hotblocks',
  'hotpages',
  'howvec',
  'hwprofile',
  'insn',
  'mem',
  'syscall',
  'traps',
]);

/**
 * The bundled plugin that a file name means: `libcache.so`, `cache` and `contrib/plugins/libcache.so` are all `cache`. For
 * use where no such file exists. Undefined if there is none.
 */
export function findBundledPlugin(file: string): (() => PluginModule) | undefined {
  const base = file.replace(/^.*[/\\]/, '').replace(/\.(so|dll|dylib)$/, '');
  const name = BUNDLED_NAMES.find((known) => known === base) ?? BUNDLED_NAMES.find((known) => `lib${known}` === base);
  if (!name) return undefined;
  const make = BUNDLED_PLUGINS[name];
  return ONLY_PRINT_AT_EXIT.has(name) ? () => ({ ...make(), tcg_atexit_only_prints: true }) : make;
}
