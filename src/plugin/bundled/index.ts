import type { PluginModule } from '../plugin-module';
import { bbPlugin } from './bb';
import { cachePlugin } from './cache';
import { cachesimPlugin } from './cachesim';
import { hotblocksPlugin } from './hotblocks';
import { hotpagesPlugin } from './hotpages';
import { insnPlugin } from './insn';
import { memPlugin } from './mem';

/** The plugins that come with the program, by QEMU's name. Each call makes an instance with state of its own. */
export const BUNDLED_PLUGINS: Readonly<Record<string, () => PluginModule>> = {
  bb: bbPlugin,
  cache: cachePlugin,
  cachesim: cachesimPlugin,
  hotblocks: hotblocksPlugin,
  hotpages: hotpagesPlugin,
  insn: insnPlugin,
  mem: memPlugin,
};

/** Those whose atexit callback changes nothing, so that it serves to ask for their statistics. */
const ONLY_PRINT_AT_EXIT: ReadonlySet<string> = new Set(['bb', 'cache', 'cachesim', 'hotblocks', 'hotpages', 'insn', 'mem']);

/**
 * The bundled plugin that a file name means: `libcache.so`, `cache` and `contrib/plugins/libcache.so` are all `cache`. For
 * use where no such file exists. Undefined if there is none.
 */
export function findBundledPlugin(file: string): (() => PluginModule) | undefined {
  const base = file.replace(/^.*[/\\]/, '').replace(/\.(so|dll|dylib)$/, '');
  const name = Object.hasOwn(BUNDLED_PLUGINS, base) ? base : base.replace(/^lib/, '');
  if (!Object.hasOwn(BUNDLED_PLUGINS, name)) return undefined;
  const make = BUNDLED_PLUGINS[name];
  return ONLY_PRINT_AT_EXIT.has(name) ? () => ({ ...make(), tcg_atexit_only_prints: true }) : make;
}

/** The bundled plugins' file names, as QEMU's build has them: `libcache.so` and so on. */
export const bundledPluginNames: readonly string[] = Object.keys(BUNDLED_PLUGINS).map((name) => `lib${name}.so`);
