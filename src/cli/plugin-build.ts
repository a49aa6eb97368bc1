import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from './usage-error';

/** The newest version of the plugin API that include/qemu-plugin.h declares. */
const NEWEST_API = 6;

export interface PluginBuildOptions {
  /** C files. */
  readonly sources: readonly string[];
  /** The module's file; default: the first source's name with `.wasm`, in the current folder. */
  readonly output?: string;
  /** API version; default: the newest that the sources compile with. */
  readonly api?: number;
  /** The C compiler; default `$CLANG` or `clang`. */
  readonly clang?: string;
  /** Further options for the compiler: -I, -D, -O, -W, -std, -g … */
  readonly flags: readonly string[];
}

export interface BuiltPlugin {
  readonly output: string;
  readonly api: number;
  /** The compiler's warnings. */
  readonly warnings: string;
}

export const PLUGIN_BUILD_USAGE = [
  'usage: tcgscope plugin build [options] file.c …',
  '',
  "Compiles a QEMU plugin's C source to a WebAssembly module that -plugin loads.",
  '',
  '  -o file.wasm                where to write it (default: the name of the first source)',
  `  --api n                     version of the plugin API, 0 to ${NEWEST_API} (default: the newest that it compiles with)`,
  '  --clang program             the compiler (default: $CLANG or clang)',
  '  -Idir -Dname -On -Wx -g     passed on to it',
  '',
  'It needs clang, lld and wasi-libc (Debian: clang lld wasi-libc libclang-rt-14-dev-wasm32).',
  '',
].join('\n');

/** Reads what follows `tcgscope plugin build`. Throws a {@link UsageError}. */
export function parsePluginBuild(args: readonly string[]): PluginBuildOptions {
  const sources: string[] = [];
  const flags: string[] = [];
  const found: { output?: string; api?: number; clang?: string } = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const value = (): string => {
      if (i + 1 >= args.length) throw new UsageError(`plugin build: ${arg} requires an argument`);
      return args[++i];
    };
    if (arg === '-o') found.output = value();
    else if (arg === '--api') found.api = apiVersion(value());
    else if (arg === '--clang') found.clang = value();
    else if (arg === '-I' || arg === '-D' || arg === '-include') flags.push(arg, value());
    else if (/^-([IDUOWgf]|std=|include)/.test(arg)) flags.push(arg);
    else if (arg.startsWith('-')) throw new UsageError(`plugin build: ${arg}: invalid option`);
    else sources.push(arg);
  }
  if (!sources.length) throw new UsageError('plugin build: no source file is given');
  return { sources, flags, ...found };
}

function apiVersion(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 0 || version > NEWEST_API) {
    throw new UsageError(`plugin build: --api ${text}: a version from 0 to ${NEWEST_API} is expected`);
  }
  return version;
}

/** Where header, small GLib and glue lie: beside the bundle. */
function sdkRoot(): string {
  for (const candidate of [path.join(__dirname, '..'), process.cwd()]) {
    if (existsSync(path.join(candidate, 'plugin-sdk', 'glib', 'include', 'glib.h'))) return candidate;
  }
  throw new UsageError('plugin build: the folder plugin-sdk is missing from this installation');
}

const WARNINGS = [
  '-Werror=implicit-function-declaration',
  '-Werror=incompatible-function-pointer-types',
  '-Werror=int-conversion',
];

/**
 * Compiles and links a plugin. Throws a {@link UsageError} with the compiler's messages, or one that names the packages
 * that are missing.
 */
export function buildPlugin(options: PluginBuildOptions): BuiltPlugin {
  const root = sdkRoot();
  const clang = options.clang ?? process.env['CLANG'] ?? 'clang';
  for (const source of options.sources) {
    if (!existsSync(source)) throw new UsageError(`plugin build: ${source}: no such file`);
  }
  const first = path.basename(options.sources[0], path.extname(options.sources[0]));
  const output = options.output ?? `${first}.wasm`;
  const include = [`-I${path.join(root, 'include')}`, `-I${path.join(root, 'plugin-sdk', 'include')}`];
  const glib = path.join(root, 'plugin-sdk', 'glib');
  const base = ['--target=wasm32-wasi', '-O2', '-fvisibility=hidden', '-D_GNU_SOURCE', '-D_WASI_EMULATED_SIGNAL'];
  const compile = [...base, ...include, `-I${path.join(glib, 'include')}`, ...WARNINGS, ...options.flags];
  const api = options.api ?? newestThatCompiles(clang, compile, options.sources);
  const version = `-DQEMU_PLUGIN_VERSION=${api}`;
  const scratch = mkdtempSync(path.join(tmpdir(), 'tcgscope-plugin-'));
  try {
    const object = (name: string, index: number): string => path.join(scratch, `${index}-${path.basename(name)}.o`);
    let warnings = '';
    const objects = options.sources.map((source, index) => {
      warnings += run(clang, [...compile, version, '-c', source, '-o', object(source, index)]);
      return object(source, index);
    });
    const runtime = sdkSources(root);
    run(clang, [
      ...[...base, ...include, `-I${path.join(glib, 'include')}`, version, '-w', '-mexec-model=reactor'],
      ...['-ffunction-sections', '-fdata-sections', ...objects, ...runtime],
      ...LINK.map((flag) => `-Wl,${flag}`),
      `-Wl,--allow-undefined-file=${importList(root, scratch)}`,
      ...['-o', output],
    ]);
    return { output, api, warnings };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const LINK = [
  '--gc-sections',
  '--strip-debug',
  '--export-table',
  '--growable-table',
  // A plugin that takes ever more is stopped before the machine suffers.
  '--max-memory=1073741824',
  '--export=malloc',
  '--export=free',
  '--export-if-defined=qemu_plugin_version',
  '--export-if-defined=qemu_plugin_install',
  // A plugin's stack lies first, so that one that overflows traps instead of writing over data.
  '--stack-first',
  '-z',
  'stack-size=1048576',
];

function sdkSources(root: string): string[] {
  return ['glib/src', 'src'].flatMap((folder) => {
    const where = path.join(root, 'plugin-sdk', folder);
    return readdirSync(where)
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => path.join(where, name));
  });
}

/** The file of the functions that the emulator supplies: those that the headers declare as the emulator's. */
function importList(root: string, scratch: string): string {
  const names = [path.join(root, 'include', 'qemu-plugin.h'), path.join(root, 'plugin-sdk', 'include', 'tcgscope.h')]
    .map((file) => readFileSync(file, 'utf8'))
    .flatMap((text) =>
      [...text.matchAll(/^(?:QEMU_PLUGIN_API|TCGSCOPE_API)\b[^(]*?\b(\w+)\(/gm)].map((match) => match[1]),
    );
  const file = path.join(scratch, 'imports');
  writeFileSync(file, names.join('\n'));
  return file;
}

/** The newest API version that every source compiles with; the newest of all where none does, for its messages. */
function newestThatCompiles(clang: string, flags: readonly string[], sources: readonly string[]): number {
  for (let version = NEWEST_API; version >= 0; version--) {
    const args = [...flags, `-DQEMU_PLUGIN_VERSION=${version}`, '-fsyntax-only', ...sources];
    if (invoke(clang, args).status === 0) return version;
  }
  return NEWEST_API;
}

function run(clang: string, args: readonly string[]): string {
  const { status, stderr } = invoke(clang, args);
  if (status === 0) return stderr;
  throw new UsageError(`plugin build: ${explain(clang, stderr)}`);
}

function invoke(clang: string, args: readonly string[]): { status: number; stderr: string } {
  const result = spawnSync(clang, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (result.error) {
    throw new UsageError(`plugin build: cannot run ${clang} (${result.error.message}); Debian's packages: clang lld`);
  }
  return { status: result.status ?? 1, stderr: result.stderr };
}

const MISSING: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/unable to find library -lc\b|crt1-reactor\.o|'(?:stdio|stdlib|string|assert|math)\.h' file not found/, 'wasi-libc'],
  [/libclang_rt\.builtins-wasm32/, "clang's runtime for wasm32 (libclang-rt-14-dev-wasm32)"],
  [/unable to execute command|wasm-ld/, 'lld'],
];

function explain(clang: string, stderr: string): string {
  const undefinedName = /undefined symbol: (\w+)/.exec(stderr)?.[1];
  if (undefinedName) {
    return `${stderr}${undefinedName} is neither in the plugin API, nor in the C library and the small GLib that plugins get here`;
  }
  const missing = MISSING.find(([pattern]) => pattern.test(stderr));
  return missing ? `${stderr}${clang} needs ${missing[1]}: is it installed?` : `the compiler refuses it:\n${stderr}`;
}
