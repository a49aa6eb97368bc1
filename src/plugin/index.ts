/** The plugin layer's public face. */
export * from './args';
export { BUNDLED_PLUGINS, bundledPluginNames, findBundledPlugin } from './bundled';
export type {
  AddressRange,
  CallbackBreakpoint,
  CallbackHit,
  CallbackKind,
  CallbackListener,
} from './callback-breakpoints';
export { PluginEngine } from './engine';
export {
  describeFault,
  visibleSpan,
  type InsnSource,
  type PluginFault,
  type PluginHost,
  type PluginRegion,
} from './host';
export { loadPlugins, type PluginResolver } from './load';
export type { ContributedKind, ContributedKindInfo, PluginReport, PluginTable } from './contributions';
export type { LoadedPlugin } from './loaded-plugin';
export * from './log';
export {
  API_MODULE_NAME,
  asPluginModule,
  evaluatePlugin,
  type PluginModule,
  type QemuPluginApi,
} from './plugin-module';
export { API_VERSION, PluginLoadError } from './registry';
export * from './statistics';
export * from './statistics-export';
export type { StopRequest } from './stops';
