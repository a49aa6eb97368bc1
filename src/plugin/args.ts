import type { PluginModule } from './plugin-module';
import type { TcgPluginOption } from 'qemu-plugin';

/** One option of a `-plugin` line as written: `name=value`, or `name` alone. */
export interface PluginOption extends TcgPluginOption {
  /** The option's whole `-plugin` value, for messages. */
  readonly line: string;
}

/** A plugin to install, with the options of every line that names it. */
export interface PluginRequest {
  /** As written; two spellings of one file are two plugins. */
  readonly file: string;
  readonly options: readonly PluginOption[];
}

/** A `-plugin` line that cannot be used; the message is QEMU's, without the program's name. */
export class PluginOptionError extends Error {
  override readonly name = 'PluginOptionError';
}

/**
 * Reads the value of one `-plugin`: `[file=]path[,arg=X][,name=value]…`, `,,` standing for a comma. A line may name
 * several files; an empty one names none.
 * @throws {@link PluginOptionError}
 */
export function parsePluginLine(line: string): PluginRequest[] {
  const requests: { file: string; options: PluginOption[] }[] = [];
  splitOptions(line).forEach((item, index) => {
    const equals = item.indexOf('=');
    const isFile = equals < 0 ? index === 0 : item.slice(0, equals) === 'file';
    if (isFile) {
      const file = item.slice(equals + 1);
      if (!file) throw new PluginOptionError(`-plugin ${line}: requires a non-empty argument`);
      requests.push({ file, options: [] });
      return;
    }
    const current = requests.at(-1);
    if (!current) throw new PluginOptionError(`-plugin ${line}: missing earlier '-plugin file=' option`);
    current.options.push(
      equals < 0 ? { name: item, line } : { name: item.slice(0, equals), value: item.slice(equals + 1), line },
    );
  });
  return requests;
}

/** Splits at single commas; `,,` is one comma. A trailing comma adds nothing, and an empty text has no items. */
function splitOptions(text: string): string[] {
  const items: string[] = [];
  let item = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== ',') {
      item += text[i];
    } else if (text[i + 1] === ',') {
      item += ',';
      i++;
    } else {
      items.push(item);
      item = '';
    }
  }
  if (item) items.push(item);
  return items;
}

/**
 * Reads several `-plugin` values. A plugin that is named again by the same spelling is installed once, in its first place,
 * with the options of all its lines.
 * @throws {@link PluginOptionError}
 */
export function parsePluginLines(lines: readonly string[]): PluginRequest[] {
  const merged = new Map<string, PluginOption[]>();
  for (const { file, options } of lines.flatMap(parsePluginLine)) {
    const earlier = merged.get(file);
    if (earlier) earlier.push(...options);
    else merged.set(file, [...options]);
  }
  return [...merged].map(([file, options]) => ({ file, options }));
}

/** A plugin as launch.json names it: see the `plugins` attribute. */
export interface PluginObject {
  readonly file: string;
  readonly args?: readonly string[] | Readonly<Record<string, string | number | boolean>>;
}

/** The `-plugin` value that means the same as the object. A list's items are options as written between commas. */
export function formatPluginLine(plugin: PluginObject): string {
  const escape = (text: string): string => text.replaceAll(',', ',,');
  const { args } = plugin;
  const spelled = (value: string | number | boolean): string =>
    typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  const options: readonly string[] = isList(args)
    ? args
    : Object.entries(args ?? {}).map(([name, value]) => `${name}=${spelled(value)}`);
  const first = plugin.file.includes('=') || plugin.file === '' ? `file=${plugin.file}` : plugin.file;
  return [first, ...options].map(escape).join(',');
}

function isList(args: PluginObject['args']): args is readonly string[] {
  return Array.isArray(args);
}

/** What a plugin's install gets, and what the user should be warned of. */
export interface PluginArguments {
  readonly argv: readonly string[];
  /** In QEMU's words, each two lines, without the program's name. */
  readonly warnings: readonly string[];
}

/** The arguments for `module`, in the dialect that it declares. */
export function pluginArguments(request: PluginRequest, module: PluginModule): PluginArguments {
  const { tcg_positional_arguments: declared } = module;
  const positional = typeof declared === 'function' ? declared(request.options) : (declared ?? false);
  return positional ? positionalArguments(request.options) : namedArguments(request.options);
}

/** QEMU 4.2 and 5.0: `arg=X` gives `X`. A name alone is taken as it stands. */
export function positionalArguments(options: readonly PluginOption[]): PluginArguments {
  const argv = options.map(({ name, value }) => {
    if (value === undefined) return name;
    return name === 'arg' ? value : `${name}=${value}`;
  });
  return { argv, warnings: [] };
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['on', 'yes', 'true', 'y'].map((word) => [word, true] as const),
  ...['off', 'no', 'false', 'n'].map((word) => [word, false] as const),
]);

/** The boolean that `text` spells in QEMU's command line, or undefined. */
export function parseBoolean(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : BOOLEANS.get(text);
}

/**
 * QEMU 6.1 and later: `x=1` stays, `foo` is `foo=on`, `nobar` is `bar=off`; `arg=foo` and `arg=a=b` are `foo=on` and `a=b`
 * by an old habit; `arg=on` stays, being a boolean named arg.
 */
export function namedArguments(options: readonly PluginOption[]): PluginArguments {
  const short: string[] = [];
  const old: string[] = [];
  const argv = options.map((option) => {
    const { name, line } = option;
    let { value } = option;
    let key = name;
    if (value === undefined) {
      const negated = name.startsWith('no');
      key = negated ? name.slice(2) : name;
      value = negated ? 'off' : 'on';
      short.push(
        `-plugin ${line}: warning: short-form boolean option '${name}' deprecated\nPlease use ${key}=${value} instead`,
      );
    }
    if (key !== 'arg' || parseBoolean(value) !== undefined) return `${key}=${value}`;
    const direct = value.includes('=') ? value : `${value}=on`;
    old.push(`-plugin ${line}: warning: using 'arg=${value}' is deprecated\nPlease use '${direct}' directly`);
    return direct;
  });
  return { argv, warnings: [...short, ...old] };
}
