/** Which plugins are files of the user's, rather than bundled ones, and when these are refused. Knows nothing of VS Code. */
import path from 'node:path';
import type { PluginSummary } from '../../adapter/protocol/custom';
import { parsePluginLine } from '../../plugin/args';

const OWN = /\.([mc]?[jt]s|wasm)$/i;

/**
 * @param plugins the attribute as written in launch.json
 * @param folder what relative paths start from
 * @returns the files, as written
 */
export async function ownPlugins(
  plugins: unknown,
  folder: string,
  isFile: (file: string) => Promise<boolean>,
): Promise<string[]> {
  const own: string[] = [];
  for (const plugin of Array.isArray(plugins) ? (plugins as unknown[]) : []) {
    const file = fileOf(plugin);
    // A module beside it goes before the bundled plugin of the name, as in the adapter.
    const module = path.resolve(folder, file).replace(/\.so$/, '.wasm');
    if (OWN.test(file) || (file.endsWith('.so') && (await isFile(module)))) own.push(file);
  }
  return own;
}

/**
 * A plugin of the user's is a program: it runs only where its author is trusted.
 * @param configuration its name, its plugins as written in launch.json, and what relative paths start from
 * @returns why it is not started; undefined when it may be
 */
export async function refusalOfLaunch(
  configuration: { readonly name: string; readonly plugins: unknown; readonly folder: string },
  isTrusted: boolean,
  isFile: (file: string) => Promise<boolean>,
): Promise<string | undefined> {
  if (isTrusted) return undefined;
  const own = await ownPlugins(configuration.plugins, configuration.folder, isFile);
  if (!own.length) return undefined;
  return (
    `"${configuration.name}" loads ${own.join(', ')}: plugins of your own run only in a trusted workspace. ` +
    'The bundled ones run anywhere.'
  );
}

/** As {@link refusalOfLaunch}, of a running plugin whose file would be read anew. */
export function refusalOfReload(
  { name, path: file }: Pick<PluginSummary, 'name' | 'path'>,
  isTrusted: boolean,
): string | undefined {
  if (isTrusted || file === undefined) return undefined;
  return `${name} is not reloaded: this workspace is not trusted.`;
}

function fileOf(plugin: unknown): string {
  if (typeof plugin === 'object' && plugin !== null && 'file' in plugin) return String(plugin.file);
  if (typeof plugin !== 'string') return '';
  try {
    return parsePluginLine(plugin)[0]?.file ?? '';
  } catch {
    return plugin; // The adapter says what is wrong with it.
  }
}
