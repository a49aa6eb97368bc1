/** The plugins that come with the program, by QEMU's name for each. */
export const BUNDLED_NAMES = [
  'bb',
  'bbv',
  'cache',
  'cachesim',
  'cachesweep',
  'callprofile',
  'cflow',
  'drcov',
  'execlog',
  'fault',
  'hotblocks',
  'hotpages',
  'howvec',
  'hwprofile',
  'insn',
  'ips',
  'lockstep',
  'mem',
  'patch',
  'profile',
  'stoptrigger',
  'syscall',
  'traps',
] as const;
export type BundledName = (typeof BUNDLED_NAMES)[number];

/** Their file names, as QEMU's build has them: `libcache.so` and so on. */
export const bundledPluginNames: readonly string[] = BUNDLED_NAMES.map((name) => `lib${name}.so`);
