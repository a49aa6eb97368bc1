import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { CACHE_FOLDER } from '../../protocol/environment';

const MAGIC = 0x43474354;
/** Words before the data: magic number, how often it was written, bytes and CRC-32 of the data. */
const HEADER_BYTES = 16;
const EXTENSION = '.v8code';
/** Files that stay when one is written: those of other bundles, programs and versions of V8. */
const MOST_FILES = 12;

export interface CachedCode {
  readonly data: Uint8Array;
  /** How often it was written, counted from 1. */
  readonly writes: number;
}

/** The folder of the user's caches for this program, by what the system says; `undefined` where there is to be none. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform = process.platform,
): string | undefined {
  const wanted = env[CACHE_FOLDER];
  if (wanted !== undefined) return wanted === '' || wanted === 'off' ? undefined : wanted;
  if (platform === 'win32') return env.LOCALAPPDATA && path.join(env.LOCALAPPDATA, 'tcgscope', 'Cache');
  // XDG Base Directory Specification: a relative path is to be ignored.
  const xdg = env.XDG_CACHE_HOME;
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, 'tcgscope');
  const home = homedir();
  return platform === 'darwin'
    ? path.join(home, 'Library', 'Caches', 'tcgscope')
    : path.join(home, '.cache', 'tcgscope');
}

/**
 * Code that V8 has compiled, in files. V8 does not look whether the data is whole, so that is done here; what is not, or may
 * come from another user, counts as not there. Nothing here throws: without a cache things are slower and no different.
 */
export class CodeCache {
  constructor(private readonly folder: string | undefined) {}

  read(key: string): CachedCode | undefined {
    if (this.folder === undefined) return undefined;
    try {
      const file = this.fileOf(key);
      if (!isOurs(file)) return undefined;
      const bytes = readFileSync(file);
      const data = bytes.subarray(HEADER_BYTES);
      const [magic, writes, length, sum] = [0, 4, 8, 12].map((offset) => bytes.readUInt32LE(offset));
      if (magic !== MAGIC || length !== data.length || sum !== crc32(data)) return undefined;
      return { data, writes };
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all, whoever else writes or reads it meanwhile. */
  write(key: string, { data, writes }: CachedCode): void {
    if (this.folder === undefined) return;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const file = this.fileOf(key);
      const header = Buffer.alloc(HEADER_BYTES);
      [MAGIC, writes, data.length, crc32(data)].forEach((word, i) => header.writeUInt32LE(word, 4 * i));
      const unfinished = `${file}.${process.pid}`;
      try {
        writeFileSync(unfinished, Buffer.concat([header, data]), { mode: 0o600 });
        renameSync(unfinished, file);
      } catch {
        rmSync(unfinished, { force: true });
      }
      this.prune(this.folder);
    } catch {
      // A full disk, a read-only folder.
    }
  }

  private fileOf(key: string): string {
    return path.join(this.folder ?? '', key + EXTENSION);
  }

  /** Removes the oldest files, also those of writers that were killed. */
  private prune(folder: string): void {
    const files = readdirSync(folder).filter((name) => name.includes(EXTENSION));
    if (files.length <= MOST_FILES) return;
    const aged = files.map((name) => ({ name, at: statSync(path.join(folder, name)).mtimeMs }));
    aged.sort((a, b) => b.at - a.at);
    for (const { name } of aged.slice(MOST_FILES)) rmSync(path.join(folder, name), { force: true });
  }
}

/** Whether nobody but this user could have written the file. Windows keeps users' folders apart by itself. */
function isOurs(file: string): boolean {
  const { uid, mode } = statSync(file);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
