import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from './client';
import type { LogFile } from './file-service';

/** What plugins print: verbatim and in order to the client, and to the log file where there is one. */
export class PluginLog {
  constructor(
    private readonly client: Client,
    private readonly file: LogFile | undefined,
  ) {}

  write(text: string): void {
    this.file?.write(text);
    if (this.client.isOurs) this.client.custom('tcg/pluginLog', { text });
    else this.client.event<DebugProtocol.OutputEvent>('output', { category: 'console', output: text });
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    await this.file?.close();
  }
}
