/** How a plugin opens a file. */
export interface PluginOpenFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly create: boolean;
  readonly truncate: boolean;
}

/** An open file; positions and sizes in bytes. Every function throws {@link PluginFileError} where it cannot. */
export interface PluginFile {
  readonly folder: boolean;
  read(position: number, into: Uint8Array): number;
  write(position: number, data: Uint8Array): number;
  size(): number;
  close(): void;
}

/** The files that the user lets plugins use: names are relative to one folder, or absolute inside of it. */
export interface PluginFiles {
  open(path: string, flags: PluginOpenFlags): PluginFile;
  remove(path: string): void;
  rename(from: string, to: string): void;
}

/** Why a file cannot be used, as the name of the error: `ENOENT`, `EACCES`. */
export class PluginFileError extends Error {
  constructor(
    readonly code: string,
    message = code,
  ) {
    super(message);
  }
}

/** No file at all. */
export const NO_FILES: PluginFiles = {
  open: refuse,
  remove: refuse,
  rename: refuse,
};

function refuse(): never {
  throw new PluginFileError('EACCES', 'no folder is open to plugins');
}
