import { faultOf, textOf } from './faults';
import type { PluginHost } from './host';
import { LoadedPlugin } from './loaded-plugin';
import type { PluginCalls } from './plugin-calls';
import type { PluginModule, QemuPluginApi } from './plugin-module';
import { BlockRegistrations } from './registrations';
import type { Scoreboard, ScoreboardPool } from './scoreboard';

/** The versions of the plugin API that are accepted. */
export const API_VERSION = { min: 0, cur: 6 } as const;

/** A plugin that cannot be installed. The message is QEMU's, without the program's name. */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError';

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`Could not load plugin ${file}: ${reason}`, options);
  }
}

/** The installed plugins: how they come, are switched off and on, and go. */
export class PluginRegistry {
  /** By id, failed ones included. */
  readonly loaded: LoadedPlugin[] = [];
  private readonly deferred: (() => void)[] = [];

  /**
   * @param calls how plugins are called
   * @param api what they are given
   * @param changed plugins have come, or are active or not now
   */
  constructor(
    private readonly host: PluginHost,
    private readonly calls: PluginCalls,
    private readonly scoreboards: ScoreboardPool,
    private readonly api: () => QemuPluginApi,
    private readonly changed: () => void,
  ) {}

  /** The plugin whose callback runs, or undefined outside of callbacks and while its file is evaluated. */
  get caller(): LoadedPlugin | undefined {
    return this.loaded[this.calls.running];
  }

  /** The plugin with the id, or an Error that names the API function which was given it. */
  plugin(id: number, api: string): LoadedPlugin {
    const plugin = this.loaded[id];
    if (!plugin) throw new Error(`${api}: no plugin has the id ${id}`);
    return plugin;
  }

  /**
   * Installs a plugin: checks its version, calls its `qemu_plugin_install`.
   * @throws {@link PluginLoadError} when it is refused
   */
  install(file: string, module: PluginModule, argv: readonly string[]): LoadedPlugin {
    const plugin = create(this.loaded.length, file, module, argv);
    this.loaded.push(plugin);
    const code = this.callInstall(plugin, module);
    if (code === 0) return plugin;
    plugin.active = false;
    plugin.failure = `qemu_plugin_install returned error code ${code}`;
    throw new PluginLoadError(file, plugin.failure);
  }

  private callInstall(plugin: LoadedPlugin, module: PluginModule): number {
    const { targetName, systemEmulation, smpVcpus, maxVcpus } = this.host;
    const info = {
      target_name: targetName,
      version: API_VERSION,
      system_emulation: systemEmulation,
      system: { smp_vcpus: smpVcpus, max_vcpus: maxVcpus },
    };
    try {
      return this.calls.within(
        plugin,
        () => module.qemu_plugin_install(plugin.id, info, [...plugin.argv], this.api()) ?? 0,
      );
    } catch (error) {
      plugin.active = false;
      plugin.failure = `qemu_plugin_install threw ${textOf(faultOf(plugin, 'install', error))}`;
      throw new PluginLoadError(plugin.file, plugin.failure, { cause: error });
    }
  }

  /**
   * Puts a new instance of a plugin's file into the place of the plugin with the id, which ends as at the session's end: its
   * atexit callback runs. The new one is told of the blocks that there are; other plugins notice nothing.
   * @param begin tells the new one of what there is
   * @throws {@link PluginLoadError} when the new one is refused; the old one then goes on
   */
  reload(
    id: number,
    module: PluginModule,
    argv: readonly string[],
    begin: (plugin: LoadedPlugin) => void,
  ): LoadedPlugin {
    const old = this.plugin(id, 'reload');
    const plugin = create(id, old.file, module, argv);
    this.loaded[id] = plugin;
    let code = 0;
    try {
      code = this.callInstall(plugin, module);
    } finally {
      if (code !== 0 || plugin.failure !== undefined) this.loaded[id] = old;
    }
    if (code !== 0) {
      plugin.active = false;
      throw new PluginLoadError(old.file, `qemu_plugin_install returned error code ${code}`);
    }
    this.end(old, plugin);
    begin(plugin);
    this.changed();
    this.reinstrumentFor(old, plugin);
    return plugin;
  }

  /** Lets a plugin print its last words, and takes back what it has; `successor` has its id now. */
  private end(plugin: LoadedPlugin, successor: LoadedPlugin): void {
    const { id } = plugin;
    this.loaded[id] = plugin;
    plugin.ring?.drain();
    const atexit = plugin.atexit as ((id: number) => void) | undefined;
    if (atexit) this.calls.call(plugin, 'atexit', atexit, id);
    plugin.active = false;
    plugin.failure ??= 'reloaded';
    plugin.cacheModel?.setMissListener?.(undefined);
    for (const score of plugin.scoreboards) this.scoreboards.release(score);
    this.loaded[id] = successor;
  }

  /**
   * Switches a plugin's callbacks and counting off or on again. Switched on it is told of the blocks that were translated
   * meanwhile. Throws for one that has failed or was uninstalled: it stays off.
   */
  setActive(id: number, active: boolean): void {
    const plugin = this.plugin(id, 'setActive');
    if (plugin.failure !== undefined) {
      throw new Error(`plugin ${plugin.name} cannot be switched: it has failed or was uninstalled (${plugin.failure})`);
    }
    if (plugin.active === active) return;
    plugin.ring?.drain();
    plugin.active = active;
    this.changed();
    this.reinstrumentFor(plugin);
  }

  /** A callback of the plugin has thrown: it is not called any more. */
  fail(plugin: LoadedPlugin, callback: string, error: unknown): void {
    if (!plugin.active) return;
    const fault = faultOf(plugin, callback, error);
    this.retire(plugin, textOf(fault));
    this.host.pluginFailed(fault);
  }

  /** Stops calling the plugin for good. */
  private retire(plugin: LoadedPlugin, failure: string): void {
    plugin.active = false;
    plugin.failure = failure;
    plugin.cacheModel?.setMissListener?.(undefined);
    this.reinstrumentFor(plugin);
  }

  /** Blocks that have something of the plugins, or that they are still to be told of, get their operations anew. */
  private reinstrumentFor(...plugins: readonly LoadedPlugin[]): void {
    this.host.reinstrument(
      ({ instrumentation }) =>
        !(instrumentation instanceof BlockRegistrations) || plugins.some((plugin) => instrumentation.concerns(plugin)),
    );
  }

  /** A scoreboard for the plugin that asks. It goes with the plugin. */
  newScoreboard(elementSize: number, isPerVcpu: boolean): Scoreboard {
    const score = this.scoreboards.create(elementSize, isPerVcpu);
    this.caller?.scoreboards.add(score);
    return score;
  }

  freeScoreboard(score: Scoreboard): void {
    const { caller } = this;
    this.scoreboards.release(score);
    caller?.scoreboards.delete(score);
    if (caller) this.reinstrumentFor(caller);
    else this.host.reinstrument();
  }

  private giveBack(plugin: LoadedPlugin, score: Scoreboard): void {
    this.scoreboards.release(score);
    plugin.scoreboards.delete(score);
  }

  /** At the next chance the plugin's callbacks go, then `callback` is called, and the plugin is not called again. */
  uninstall(plugin: LoadedPlugin, callback: ((id: number) => void) | undefined): void {
    this.deferred.push(() => {
      if (!plugin.active) return;
      plugin.forgetCallbacks();
      if (callback) this.calls.call(plugin, 'uninstall', callback, plugin.id);
      if (plugin.active) this.retire(plugin, 'uninstalled');
    });
    this.host.flush();
  }

  /** At the next chance the plugin's callbacks go, then `callback` is called; blocks are translated anew. */
  reset(plugin: LoadedPlugin, callback: ((id: number) => void) | undefined): void {
    this.deferred.push(() => {
      if (!plugin.active) return;
      const { ring } = plugin;
      plugin.forgetCallbacks();
      if (ring) this.giveBack(plugin, ring.score);
      if (callback) this.calls.call(plugin, 'reset', callback, plugin.id);
    });
    this.host.flush();
  }

  /** After the host has flushed: carries out what plugins asked for and could not have at once. */
  settle(): void {
    for (const action of this.deferred.splice(0)) action();
  }
}

function create(id: number, file: string, module: PluginModule, argv: readonly string[]): LoadedPlugin {
  const { qemu_plugin_version: declared } = module;
  checkVersion(file, declared);
  const plugin = new LoadedPlugin(id, file, argv, declared);
  plugin.atexitOnlyPrints = module.tcg_atexit_only_prints ?? false;
  return plugin;
}

function checkVersion(file: string, declared: number | undefined): void {
  const version = declared ?? API_VERSION.cur;
  const wants = `plugin requires API version ${version}, but this QEMU supports only`;
  if (version > API_VERSION.cur) throw new PluginLoadError(file, `${wants} up to version ${API_VERSION.cur}`);
  if (version < API_VERSION.min) throw new PluginLoadError(file, `${wants} a minimum version of ${API_VERSION.min}`);
}
