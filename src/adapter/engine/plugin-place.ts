import type { WasmPluginHost } from '../../plugin/wasm/module';
import type { EngineEvents } from './api';
import type { EnginePlatform } from './platform';
import { pluginFiles } from './plugin-files';
import type { PluginPlace } from './plugins';
import type { System } from './system';

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/**
 * Where users' plugins are loaded and what they get of the world.
 * @param loading see {@link PluginPlace.loading}
 * @param files the only folder that plugins in C may open files in
 */
export function pluginPlace(
  platform: EnginePlatform,
  events: Pick<EngineEvents, 'pluginOutput'>,
  system: System,
  loading: PluginPlace['loading'],
  files: string | undefined,
): PluginPlace {
  const wasm: WasmPluginHost = {
    compile: (bytes) => platform.compilePlugin(bytes),
    shared: platform.webAssembly(system.plugins.host.memory),
    scoreboards: system.plugins,
    ...(files !== undefined && { files: pluginFiles(files, platform.semihosting) }),
    write: (stream, text) => {
      if (stream === 'stdout') events.pluginOutput?.(text);
      else system.plugins.host.error(text);
    },
    now: (clock) => nanoseconds(clock === 'realtime' ? 1000 * platform.semihosting.timeSeconds() : platform.now()),
  };
  return { loading, wasm };
}
