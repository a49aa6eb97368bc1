/** Which plugins of a configuration are files of the user's, rather than bundled ones. Knows nothing of VS Code. */
import path from 'node:path';
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

function fileOf(plugin: unknown): string {
  if (typeof plugin === 'object' && plugin !== null && 'file' in plugin) return String(plugin.file);
  if (typeof plugin !== 'string') return '';
  try {
    return parsePluginLine(plugin)[0]?.file ?? '';
  } catch {
    return plugin; // The adapter says what is wrong with it.
  }
}
