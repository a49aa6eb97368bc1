import type { CharBackend } from '../../emulator/device';
import type { SemihostingConsole } from '../../emulator/semihosting/host';

export type ConsoleChannel = 'uart0' | 'uart1' | 'semihosting';

/** What the guest's serial lines and semihosting console send and receive: output is gathered, input is queued. */
export class Consoles {
  private readonly queues: Record<ConsoleChannel, number[]> = { uart0: [], uart1: [], semihosting: [] };
  private readonly pending: Record<ConsoleChannel, number[]> = { uart0: [], uart1: [], semihosting: [] };

  constructor(private readonly emit: (channel: ConsoleChannel, bytes: Uint8Array) => void) {}

  /** Queues input for the guest. */
  input(channel: ConsoleChannel, bytes: Uint8Array): void {
    for (const byte of bytes) this.queues[channel].push(byte);
  }

  get hasSemihostingInput(): boolean {
    return this.queues.semihosting.length > 0;
  }

  /** Sends on what has been gathered. */
  flush(): void {
    for (const channel of ['uart0', 'uart1', 'semihosting'] as const) {
      const bytes = this.pending[channel];
      if (!bytes.length) continue;
      this.pending[channel] = [];
      this.emit(channel, Uint8Array.from(bytes));
    }
  }

  uart(channel: 'uart0' | 'uart1'): CharBackend {
    return {
      transmit: (byte) => void this.pending[channel].push(byte),
      receive: () => this.queues[channel].shift() ?? -1,
    };
  }

  semihosting(isTty: boolean): SemihostingConsole {
    return {
      write: (_stream, data) => {
        for (const byte of data) this.pending.semihosting.push(byte);
      },
      read: (max) => {
        const queue = this.queues.semihosting;
        return queue.length ? Uint8Array.from(queue.splice(0, max)) : undefined;
      },
      isTty,
    };
  }
}
