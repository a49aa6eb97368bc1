import type { QemuPluginApi } from '../plugin-module';
import { API_CALLS } from './table';

/**
 * The API with the calls of other versions refused to plugins that declare one. A plugin without a declared version may
 * use them all.
 */
export function obeyVersions(api: QemuPluginApi, versionOfCaller: () => number | undefined): QemuPluginApi {
  const guarded: Record<string, unknown> = { ...api };
  for (const { name, since, until } of API_CALLS) {
    const call = guarded[name];
    if (typeof call !== 'function' || (since === 0 && until === undefined)) continue;
    guarded[name] = (...args: unknown[]): unknown => {
      const version = versionOfCaller();
      if (version !== undefined && version < since) {
        throw new Error(`${name}: not in version ${version} of the plugin API, but from ${since} on`);
      }
      if (version !== undefined && until !== undefined && version > until) {
        throw new Error(`${name}: not in version ${version} of the plugin API, but up to ${until}`);
      }
      return (call as (...a: unknown[]) => unknown)(...args);
    };
  }
  return guarded as unknown as QemuPluginApi;
}
