import { closeSync, openSync, promises as fs, writeSync } from 'node:fs';
import path from 'node:path';
import { RequestError, messageOf } from '../dap/errors';
import type { FileService, LogFile } from '../dap/file-service';

/** The host's files through Node. */
export class NodeFiles implements FileService {
  readonly cwd = process.cwd();
  readonly processId = process.pid;

  resolve(base: string, file: string): string {
    return path.resolve(base, file);
  }

  dirname(file: string): string {
    return path.dirname(file);
  }

  async readFile(file: string): Promise<Uint8Array> {
    try {
      return new Uint8Array(await fs.readFile(file));
    } catch (error) {
      throw new RequestError(explain(file, 'read', error));
    }
  }

  async kindOf(file: string): Promise<'file' | 'directory' | 'other' | undefined> {
    try {
      const stat = await fs.stat(file);
      return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
    } catch {
      return undefined;
    }
  }

  async openLog(file: string): Promise<LogFile> {
    let handle: number;
    try {
      handle = openSync(file, 'w');
    } catch (error) {
      throw new RequestError(explain(file, 'written', error));
    }
    let open = true;
    return {
      // At once, so that a flood of text does not wait in memory.
      write: (text) => {
        if (!open) return;
        const bytes = Buffer.from(text);
        try {
          for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
        } catch {
          // A full disk must not end the session: the log in the client goes on.
        }
      },
      close: async () => {
        if (open) closeSync(handle);
        open = false;
      },
    };
  }
}

function explain(file: string, verb: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return verb === 'read' ? `there is no file ${file}` : `there is no folder for ${file}`;
  if (code === 'EISDIR') return `${file} is a folder`;
  if (code === 'EACCES' || code === 'EPERM') return `${file} cannot be ${verb}: permission denied`;
  return `${file} cannot be ${verb}: ${messageOf(error)}`;
}
