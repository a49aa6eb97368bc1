import type { qemu_info_t } from 'qemu-plugin';
import type { WasmHost } from '../../tcg/wasm/host';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { accessImports } from './access-imports';
import { Callbacks } from './callbacks';
import { counterImports } from './counter-imports';
import { executionImports } from './execution-imports';
import { PluginInstance, type CompiledModule } from './instance';
import { lifecycleImports } from './lifecycle-imports';
import { Handles } from './handles';
import { ownImports } from './own-imports';
import { serviceImports } from './service-imports';
import { SharedWords, type ScoreboardSource } from './shared-words';
import { translationImports } from './translation-imports';
import { Wasi, type WasiHost } from './wasi';

/** The place that a plugin's module runs in. */
export interface WasmPluginHost extends WasiHost {
  /** Throws what the host throws on an invalid module. */
  compile(bytes: Uint8Array): CompiledModule;
  /** For functions on the machine's memory. */
  readonly shared: WasmHost;
  readonly scoreboards: ScoreboardSource;
}

/** What the groups of imported functions work with. */
export interface ImportContext {
  readonly api: QemuPluginApi;
  readonly instance: () => PluginInstance;
  readonly callbacks: Callbacks;
  /** What translated code counts in; undefined where the module asks for nothing inline. */
  readonly words: SharedWords | undefined;
  readonly handles: Handles;
  /** vCPUs of the machine. */
  readonly vcpus: () => number;
  /** The version of the API that the plugin was built for. */
  readonly version: () => number;
  /** Hands on what the plugin printed without the end of a line. */
  readonly flush: () => void;
}

/** Functions as a module imports them: pointers and 32-bit values are numbers, 64-bit values bigints. */
export type Imports = Record<string, (...args: never[]) => unknown>;

/** Imports by which a plugin makes translated code count. */
const INLINE = /^qemu_plugin_register_vcpu_\w+_(inline|inline_per_vcpu|cond_cb)$/;
const WASI = 'wasi_snapshot_preview1';
/** Layout of qemu_info_t for wasm32: name, min, cur, system_emulation, smp_vcpus, max_vcpus. */
const INFO_BYTES = 24;

/**
 * A plugin that was compiled to WebAssembly (`tcgscope plugin build`): a fresh instance of it. It sees the plugin API, its
 * clock and log, and the files that `host` grants.
 *
 * @param bytes the module
 * @throws an Error that says why the module is no plugin
 */
export function loadWasmPlugin(bytes: Uint8Array, api: QemuPluginApi, host: WasmPluginHost): PluginModule {
  const module = compile(bytes, host);
  const loaded: { instance?: PluginInstance } = {};
  let vcpus = 1;
  let version = 0;
  const current = (): PluginInstance => {
    if (!loaded.instance) throw new Error('the plugin calls the API while it is being loaded');
    return loaded.instance;
  };
  const words = module.imports.some(({ name }) => INLINE.test(name))
    ? new SharedWords(host.scoreboards, host.shared, current)
    : undefined;
  const callbacks = new Callbacks(current, words);
  const wasi = new Wasi(host, () => current().memory);
  const flush = (): void => {
    // What the C library holds back of a line that has not ended.
    current().exported('tcgscope_flush')?.();
    wasi.flush();
  };
  const context: ImportContext = {
    api,
    instance: current,
    callbacks,
    words,
    handles: new Handles(current),
    vcpus: () => vcpus,
    version: () => version,
    flush,
  };
  const instance = new PluginInstance(module.instantiate(importsFor(module, context, wasi)));
  loaded.instance = instance;
  const versionAt = instance.address('qemu_plugin_version');
  if (versionAt === undefined) throw new Error("the module does not define 'qemu_plugin_version'");
  version = instance.memory.u32(versionAt) | 0;
  const install = instance.exported('qemu_plugin_install');
  if (!install) throw new Error("the module does not define 'qemu_plugin_install'");
  instance.exported('_initialize')?.();
  return {
    qemu_plugin_version: version,
    // QEMU 4.2, the release of version 0, passed arguments as they are.
    tcg_positional_arguments: version === 0,
    qemu_plugin_install(id: number, info: qemu_info_t, argv: string[]): number {
      vcpus = info.system.smp_vcpus;
      const at = infoFor(current(), info);
      const args = argumentsFor(current(), argv);
      const result = Number(callbacks.call(install, BigInt(id), at, argv.length, args)) | 0;
      flush();
      return result;
    },
  };
}

function compile(bytes: Uint8Array, host: WasmPluginHost): CompiledModule {
  try {
    return host.compile(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^WebAssembly\.Module\(\): /, '') : String(error);
    throw new Error(`not a WebAssembly module: ${reason}`, { cause: error });
  }
}

/** What the module asks for. Throws an Error that names an import which does not exist here. */
function importsFor(
  { imports: wanted }: CompiledModule,
  context: ImportContext,
  wasi: Wasi,
): Record<string, Record<string, unknown>> {
  const known: Imports = {
    ...lifecycleImports(context),
    ...translationImports(context),
    ...executionImports(context),
    ...counterImports(context),
    ...accessImports(context),
    ...serviceImports(context),
    ...ownImports(context),
  };
  const env: Imports = {};
  for (const { module: from, name } of wanted) {
    if (from === WASI) continue;
    const call = from === 'env' ? known[name] : undefined;
    if (!call)
      throw new Error(
        `the module imports ${from}.${name}, which is not there: build it anew with "tcgscope plugin build"`,
      );
    env[name] = call;
  }
  const wasiNames = wanted.filter(({ module: from }) => from === WASI).map(({ name }) => name);
  return { env, [WASI]: wasi.imports(wasiNames) };
}

function infoFor(instance: PluginInstance, info: qemu_info_t): number {
  const at = instance.allocate(INFO_BYTES);
  const { memory } = instance;
  memory.slice(at, INFO_BYTES).fill(0);
  memory.setU32(at, instance.ownString(info.target_name));
  memory.setU32(at + 4, info.version.min);
  memory.setU32(at + 8, info.version.cur);
  memory.setU8(at + 12, info.system_emulation ? 1 : 0);
  memory.setU32(at + 16, info.system.smp_vcpus);
  memory.setU32(at + 20, info.system.max_vcpus);
  return at;
}

function argumentsFor(instance: PluginInstance, argv: readonly string[]): number {
  const at = instance.allocate(4 * (argv.length + 1));
  argv.forEach((arg, i) => instance.memory.setU32(at + 4 * i, instance.newString(arg)));
  instance.memory.setU32(at + 4 * argv.length, 0);
  return at;
}
