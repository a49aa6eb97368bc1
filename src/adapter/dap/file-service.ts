/** The files of the machine the adapter runs on, as the launch needs them. Paths are the host's own. */
export interface FileService {
  /** The adapter's own folder to start from: absolute. */
  readonly cwd: string;
  /** Number that `%d` in a log file's name becomes. */
  readonly processId: number;
  /** An absolute path; a relative one is taken from `base`. */
  resolve(base: string, path: string): string;
  /** The folder that contains a path. */
  dirname(path: string): string;
  /** @throws RequestError naming the path and what is wrong with it (missing, a folder, no permission) */
  readFile(path: string): Promise<Uint8Array>;
  /** What is at a path; undefined when nothing is. */
  kindOf(path: string): Promise<'file' | 'directory' | 'other' | undefined>;
  /**
   * Empties or makes a file and keeps it open for appending.
   * @throws RequestError naming the path
   */
  openLog(path: string): Promise<LogFile>;
}

/** A file that text is appended to, in order. */
export interface LogFile {
  write(text: string): void;
  /** Resolves when everything written is in the file. */
  close(): Promise<void>;
}
