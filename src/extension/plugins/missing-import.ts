/** Files that a plugin imports and that are not there yet: the plugin is loaded anew when one comes. */
import path from 'node:path';

const MISSING = /((?:\/|[A-Za-z]:[\\/])[^":]*?) imports "(\.{1,2}\/[^"]*)", but there is no such file/;
/** What may stand behind an import's text, as the loader of plugins tries it. */
const ENDINGS = /^(\.[mc]?[jt]s|\.json|[\\/]index\.[jt]s)?$/;

/** What the import means that an error message says is missing: an absolute path, perhaps without its extension. */
export function missingImport(message: string): string | undefined {
  const [, from, name] = MISSING.exec(message) ?? [];
  if (from === undefined || name === undefined) return undefined;
  const { dirname, resolve } = /^[A-Za-z]:/.test(from) ? path.win32 : path.posix;
  return resolve(dirname(from), name);
}

/** Whether a file, an absolute path, is what such an import means. */
export function isMeant(file: string, wanted: string): boolean {
  // A TypeScript project writes `.js` for its `.ts`.
  const bases = [wanted, wanted.replace(/\.([mc]?)js$/, '.$1ts')];
  return bases.some((base) => file.startsWith(base) && ENDINGS.test(file.slice(base.length)));
}
