import path from 'node:path';
import { RequestError } from '../../../src/adapter/dap/errors';
import type { FileService, LogFile } from '../../../src/adapter/dap/file-service';

/** Files in memory, rooted at /work. */
export class FakeFiles implements FileService {
  readonly cwd = '/work';
  readonly processId = 4711;
  readonly logs = new Map<string, string>();

  constructor(readonly contents: Record<string, Uint8Array | string> = {}) {}

  resolve(base: string, file: string): string {
    return path.posix.resolve(base, file);
  }

  dirname(file: string): string {
    return path.posix.dirname(file);
  }

  async readFile(file: string): Promise<Uint8Array> {
    const content = this.contents[file];
    if (content === undefined) throw new RequestError(`there is no file ${file}`);
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  }

  async kindOf(file: string): Promise<'file' | 'directory' | undefined> {
    if (this.contents[file] !== undefined) return 'file';
    return Object.keys(this.contents).some((name) => name.startsWith(`${file}/`)) ? 'directory' : undefined;
  }

  async openLog(file: string): Promise<LogFile> {
    if ((await this.kindOf(this.dirname(file))) !== 'directory') {
      throw new RequestError(`there is no folder for ${file}`);
    }
    this.logs.set(file, '');
    return {
      write: (text) => void this.logs.set(file, this.logs.get(file)! + text),
      close: async () => undefined,
    };
  }
}
