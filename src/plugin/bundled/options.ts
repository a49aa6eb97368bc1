import type { QemuPluginApi } from '../plugin-module';

/** Takes an option's value; false if it cannot be used. A string is a message of its own. */
export type OptionHandler = (value: string) => boolean | string;

/**
 * Reads `name=value` arguments with `handlers`. On an argument that is unknown or has an unusable value it prints
 * `option parsing failed: <argument>`, or the handler's message, to stderr and returns false.
 */
export function parseOptions(
  api: QemuPluginApi,
  argv: readonly string[],
  handlers: Readonly<Record<string, OptionHandler>>,
): boolean {
  for (const argument of argv) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    const result = handler?.(equals < 0 ? '' : argument.slice(equals + 1)) ?? false;
    if (result === true) continue;
    api.tcg_error(`${result === false ? `option parsing failed: ${argument}` : result}\n`);
    return false;
  }
  return true;
}

/** A boolean option, or QEMU's message that it is none. */
export function booleanOption(api: QemuPluginApi, name: string, set: (value: boolean) => void): OptionHandler {
  return (text) => {
    const value = api.qemu_plugin_bool_parse(name, text);
    if (value === undefined) return `boolean argument parsing failed: ${name}=${text}`;
    set(value);
    return true;
  };
}

/** A decimal number from `least` up to 2^53. */
export function numberOption(set: (value: number) => void, least = 0): OptionHandler {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) return false;
    set(value);
    return true;
  };
}
