import * as fs from 'node:fs';
import { ERRNO, HostError } from '../../emulator/semihosting/errno';
import type { OpenFlags, SemihostingHost } from '../../emulator/semihosting/host';

/** Runs a file-system call and turns its failure into the error that the guest sees. */
function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof HostError) throw error;
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
    const errno = (ERRNO as Readonly<Record<string, number>>)[code] ?? ERRNO.EIO;
    throw new HostError(errno, error instanceof Error ? error.message : String(error));
  }
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT } = fs.constants;
/** Not on every platform. A link put there after the check is not followed; a pipe does not block. */
const SAFE = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

function osFlags(flags: OpenFlags): number {
  const access = flags.read && flags.write ? O_RDWR : flags.write ? O_WRONLY : O_RDONLY;
  return access | (flags.create ? O_CREAT : 0) | SAFE;
}

/** Semihosting's files through Node's file system. Synchronous: the emulator runs in a worker of its own. */
export class NodeSemihostingHost implements SemihostingHost {
  realpath(path: string): string {
    return guarded(() => fs.realpathSync.native(path));
  }

  open(path: string, flags: OpenFlags): number {
    return guarded(() => {
      const file = fs.openSync(path, osFlags(flags), 0o644);
      try {
        const stat = fs.fstatSync(file);
        if (!stat.isFile() && !stat.isDirectory()) {
          throw new HostError(ERRNO.EACCES, `"${path}" is neither a file nor a folder`);
        }
        // Only now that it is known to be a file: opening must not empty anything else.
        if (flags.truncate) fs.ftruncateSync(file, 0);
      } catch (error) {
        fs.closeSync(file);
        throw error;
      }
      return file;
    });
  }

  close(file: number): void {
    guarded(() => fs.closeSync(file));
  }

  read(file: number, position: number, into: Uint8Array): number {
    return guarded(() => fs.readSync(file, into, 0, into.length, position));
  }

  write(file: number, position: number, data: Uint8Array): number {
    return guarded(() => fs.writeSync(file, data, 0, data.length, position));
  }

  length(file: number): number {
    return guarded(() => fs.fstatSync(file).size);
  }

  remove(path: string): void {
    guarded(() => (fs.lstatSync(path).isDirectory() ? fs.rmdirSync(path) : fs.unlinkSync(path)));
  }

  rename(from: string, to: string): void {
    guarded(() => fs.renameSync(from, to));
  }

  timeSeconds(): number {
    return Date.now() / 1000;
  }
}
