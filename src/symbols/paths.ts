/** Source paths as compilers write them, of POSIX and Windows hosts alike. */

/** Whether a path starts at a root: `/x`, `\x`, `C:\x` or `C:/x`. */
export function isAbsolutePath(path: string): boolean {
  return /^([A-Za-z]:)?[\\/]/.test(path);
}

/** Joins a directory and a path; an absolute path stands alone. `.` and `..` are resolved, separators kept. */
export function joinPath(directory: string, path: string): string {
  if (!directory || isAbsolutePath(path)) return normalizePath(path);
  const separator = /^[A-Za-z]:\\|^\\|^[^/]*\\/.test(directory) ? '\\' : '/';
  return normalizePath(`${directory.replace(/[\\/]+$/, '')}${separator}${path}`);
}

/** Resolves `.` and `..` and doubled separators. */
export function normalizePath(path: string): string {
  if (!/[\\/](\.{0,2})([\\/]|$)|^\.[\\/]/.test(path)) return path;
  const windows = /^[A-Za-z]:\\|^\\/.test(path);
  const separator = windows ? '\\' : '/';
  const root = /^([A-Za-z]:)?[\\/]*/.exec(path)?.[0] ?? '';
  const kept: string[] = [];
  const isWindows = windows || /^[A-Za-z]:/.test(path);
  for (const part of path.slice(root.length).split(isWindows ? /[\\/]/ : '/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length && kept[kept.length - 1] !== '..') kept.pop();
    else if (part !== '..' || !root) kept.push(part);
  }
  const start = root ? root.replace(/[\\/]+$/, '') + separator : '';
  return start + kept.join(separator);
}

/** The parts of a path for comparison: both separators, drive letters and Windows paths without regard to case. */
export function pathParts(path: string): string[] {
  const windows = /^[A-Za-z]:|\\/.test(path);
  const parts = (windows ? path.toLowerCase() : path)
    .split(windows ? /[\\/]+/ : /\/+/)
    .filter((part) => part && part !== '.');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..' && kept.length && kept[kept.length - 1] !== '..') kept.pop();
    else kept.push(part);
  }
  return kept;
}

/** How many trailing parts two split paths share. */
export function commonSuffix(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && equalPart(a[a.length - 1 - count], b[b.length - 1 - count])) {
    count++;
  }
  return count;
}

function equalPart(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

/**
 * Makes the function that rewrites compiled source paths by prefix, the longest prefix first.
 * @param map from a prefix of the compiled path to what replaces it, as in `launch.json`'s `sourceMap`
 */
export function sourceMapper(map: Readonly<Record<string, string>>): (path: string) => string {
  const rules = Object.entries(map)
    .map(([from, to]) => ({ from: trimEnd(from), to: trimEnd(to) }))
    .sort((a, b) => b.from.length - a.from.length);
  return (path) => {
    const flat = path.replaceAll('\\', '/');
    for (const { from, to } of rules) {
      const prefix = from.replaceAll('\\', '/');
      const matches = /^[A-Za-z]:/.test(flat)
        ? flat.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()
        : flat.startsWith(prefix);
      if (!matches || (prefix && flat.length > prefix.length && flat[prefix.length] !== '/')) continue;
      const rest = path.slice(from.length);
      const windows = /^[A-Za-z]:\\|^\\\\/.test(to);
      const tail = windows ? rest.replaceAll('/', '\\') : rest.replaceAll('\\', '/');
      return to + tail;
    }
    return path;
  };
}

function trimEnd(path: string): string {
  return path.replace(/(?<=.)[\\/]+$/, '');
}
