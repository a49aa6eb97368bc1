import { ERRNO, HostError } from './errno';
import type { SemihostingHost } from './host';

/** A path in its parts: '' or 'C:' before the first separator, then the names, none of them empty, '.' or '..'. */
interface Parts {
  readonly prefix: string;
  readonly names: readonly string[];
}

const DRIVE = /^[A-Za-z]:/;

/**
 * Keeps a guest's file names inside one folder. Pure string work, for POSIX and for Windows paths; symbolic links are
 * resolved by the host.
 */
export class Sandbox {
  private readonly windows: boolean;
  private readonly root: Parts;

  /** @param rootPath an absolute path */
  constructor(
    readonly rootPath: string,
    private readonly host: Pick<SemihostingHost, 'realpath'>,
  ) {
    this.windows = DRIVE.test(rootPath) || rootPath.startsWith('\\\\');
    const root = this.absoluteParts(rootPath);
    if (!root) throw new Error(`the semihosting root "${rootPath}" is not an absolute path`);
    this.root = root;
  }

  /** The absolute path of an existing or new file to open, links resolved. Throws EACCES when it lies outside. */
  resolve(guestPath: string): string {
    const inside = this.inside(guestPath);
    try {
      return this.checked(this.host.realpath(inside), guestPath);
    } catch (error) {
      if (!(error instanceof HostError) || error.errno !== ERRNO.ENOENT) throw error;
      return this.resolveEntry(guestPath);
    }
  }

  /** The absolute path of a directory entry to remove, rename or create: links in its folder are resolved, it itself not. */
  resolveEntry(guestPath: string): string {
    const parts = this.absoluteParts(this.inside(guestPath));
    const name = parts?.names.at(-1);
    if (!parts || name === undefined || parts.names.length <= this.root.names.length) throw new HostError(ERRNO.EINVAL);
    const folder = this.host.realpath(this.join({ prefix: parts.prefix, names: parts.names.slice(0, -1) }));
    return this.join(this.partsOf(`${this.checked(folder, guestPath)}/${name}`));
  }

  /** The guest's path made absolute, `.` and `..` taken out; throws EACCES when that leaves the root. */
  private inside(guestPath: string): string {
    if (guestPath === '') throw new HostError(ERRNO.ENOENT);
    const absolute = this.absoluteParts(guestPath);
    const parts = absolute ?? this.relativeParts(guestPath);
    if (!parts || !this.contains(this.root, parts)) throw this.refusal(guestPath);
    if (this.windows && parts.names.slice(this.root.names.length).some((name) => /[:*?"<>|]/.test(name)))
      throw this.refusal(guestPath);
    return this.join(parts);
  }

  private checked(real: string, guestPath: string): string {
    const realRoot = this.absoluteParts(this.host.realpath(this.rootPath));
    const parts = this.absoluteParts(real);
    if (!realRoot || !parts || !this.contains(realRoot, parts)) throw this.refusal(guestPath);
    return real;
  }

  private refusal(guestPath: string): HostError {
    return new HostError(ERRNO.EACCES, `"${guestPath}" lies outside of "${this.rootPath}"`);
  }

  private contains(outer: Parts, inner: Parts): boolean {
    const same = (a: string, b: string | undefined): boolean =>
      b !== undefined && (this.windows ? a.toLowerCase() === b.toLowerCase() : a === b);
    return same(outer.prefix, inner.prefix) && outer.names.every((name, i) => same(name, inner.names[i]));
  }

  private join(parts: Parts): string {
    const separator = this.windows ? '\\' : '/';
    return `${parts.prefix}${separator}${parts.names.join(separator)}`;
  }

  private partsOf(path: string): Parts {
    const parts = this.absoluteParts(path);
    if (!parts) throw new Error(`"${path}" is not an absolute path`);
    return parts;
  }

  /** Undefined for a relative path. */
  private absoluteParts(path: string): Parts | undefined {
    if (!this.windows)
      return path.startsWith('/') ? { prefix: '', names: collapse(path.split('/'), true) ?? [] } : undefined;
    if (!DRIVE.test(path)) {
      if (!/^[\\/]/.test(path)) return undefined;
      return { prefix: '', names: collapse(path.split(/[\\/]/), true) ?? [] };
    }
    return { prefix: path.slice(0, 2), names: collapse(path.slice(2).split(/[\\/]/), true) ?? [] };
  }

  /** Undefined when it climbs above the root. */
  private relativeParts(path: string): Parts | undefined {
    const names = collapse(path.split(this.windows ? /[\\/]/ : '/'), false);
    return names && { prefix: this.root.prefix, names: [...this.root.names, ...names] };
  }
}

/** Takes out '', '.' and '..'; a '..' too many stays at the top of an absolute path and makes a relative one undefined. */
function collapse(names: readonly string[], absolute: boolean): string[] | undefined {
  const result: string[] = [];
  for (const name of names) {
    if (name === '' || name === '.') continue;
    if (name !== '..') result.push(name);
    else if (result.pop() === undefined && !absolute) return undefined;
  }
  return result;
}
