import type { TcgPluginOption } from 'qemu-plugin';
import type { PluginModule } from '../plugin-module';
import { installQemuModel } from './cache-qemu';
import { installTutorialModel } from './cache-tutorial';

/** `libcache.so`: the tutorial's Cortex-A9 model with positional arguments, QEMU's cache plugin with named ones or none. */
export function cachePlugin(): PluginModule {
  return {
    tcg_positional_arguments: isPositional,
    qemu_plugin_install(id, info, argv, api) {
      const positional = argv.some((argument) => !argument.includes('='));
      return positional ? installTutorialModel(api, id, info.target_name, argv) : installQemuModel(api, id, info, argv);
    },
  };
}

/**
 * Every option is `arg=X`, or an address by itself. `arg=name=value` and `arg=l2` are the old spelling of named options,
 * and so make the arguments named ones.
 */
function isPositional(options: readonly TcgPluginOption[]): boolean {
  const isPosition = ({ name, value }: TcgPluginOption): boolean =>
    value === undefined ? /^(0x)?[0-9a-f]+$/i.test(name) : name === 'arg' && value !== 'l2' && !value.includes('=');
  return options.length > 0 && options.every(isPosition);
}
