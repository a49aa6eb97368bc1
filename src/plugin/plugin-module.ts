import type * as qemuPlugin from 'qemu-plugin';

/** Everything that `import … from 'qemu-plugin'` offers: the public declarations are the contract. */
export type QemuPluginApi = typeof qemuPlugin;

/** The exports of a plugin's file. Each install needs exports of its own, so that two installs share no state. */
export type PluginModule = qemuPlugin.QemuPlugin;

/** The name by which plugins import the API. */
export const API_MODULE_NAME = 'qemu-plugin';

/**
 * Runs the CommonJS source of a user's plugin and returns its exports. `require('qemu-plugin')` is the API; other modules
 * come from `requireOther`, where the platform offers any.
 *
 * @param path shown in stack traces
 * @throws what the source throws: a SyntaxError, or an Error that names the module it cannot get
 */
export function evaluatePlugin(
  code: string,
  path: string,
  api: QemuPluginApi,
  requireOther: (name: string) => unknown = (name) => {
    throw new Error(`cannot import '${name}': a plugin is one file and may import '${API_MODULE_NAME}' only`);
  },
): PluginModule {
  const exports: Record<string, unknown> = {};
  const module = { exports };
  const require = (name: string): unknown => (name === API_MODULE_NAME ? api : requireOther(name));
  // All on the first line, so that line numbers in errors are those of the source.
  const source = `(function (module, exports, require) {${code}\n})\n//# sourceURL=${encodeURI(path)}`;
  const run = (0, eval)(source) as (m: typeof module, e: typeof exports, r: typeof require) => void;
  run(module, exports, require);
  return asPluginModule(module.exports);
}

/** A module's exports as a plugin's; a default export that carries them is accepted. Throws QEMU's loader text. */
export function asPluginModule(exports: unknown): PluginModule {
  const candidates = [exports, isRecord(exports) ? exports['default'] : undefined];
  for (const candidate of candidates) if (isPluginModule(candidate)) return candidate;
  throw new Error("'qemu_plugin_install': the file exports no function of this name");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isPluginModule(value: unknown): value is PluginModule {
  return isRecord(value) && typeof value['qemu_plugin_install'] === 'function';
}
