import type { PluginHost } from './host';
import { Timestamps } from './timestamps';

/** Where goes what plugins print: to the log, or to whoever asked for a plugin's statistics. */
export class PluginOutput {
  private readonly timestamps: Timestamps | undefined;
  /** What was printed since somebody asked. */
  private captured: string | undefined;

  constructor(private readonly host: PluginHost) {
    this.timestamps = host.timestamps ? new Timestamps(() => host.instructions()) : undefined;
  }

  write(text: string): void {
    if (this.captured === undefined) this.host.output(this.timestamps ? this.timestamps.stamp(text) : text);
    else this.captured += text;
  }

  /** What is printed while `action` runs. */
  capture(action: () => void): string {
    this.captured = '';
    try {
      action();
      return this.captured;
    } finally {
      this.captured = undefined;
    }
  }
}
