import type { PluginFault } from './host';
import type { LoadedPlugin } from './loaded-plugin';

/** What is to be said of a callback that has thrown `error`. */
export function faultOf(plugin: LoadedPlugin, callback: string, error: unknown): PluginFault {
  const isError = error instanceof Error;
  const frame = (isError ? (error.stack ?? '') : '')
    .split('\n')
    .find((line) => /:\d+/.test(line) && /^\s*(at |.*@)/.test(line));
  return {
    pluginId: plugin.id,
    pluginName: plugin.name,
    callback,
    message: isError ? `${error.name}: ${error.message}` : String(error),
    location: frame?.trim() ?? '',
  };
}

/** The fault's message and place in one text. */
export function textOf({ message, location }: PluginFault): string {
  return location ? `${message} (${location})` : message;
}
