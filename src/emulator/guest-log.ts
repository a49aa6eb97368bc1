import type { GuestLog } from './device';

const LIMIT = 200;

/** Passes each message on once, and after {@link LIMIT} different ones says that it falls silent. */
export class OnceLog implements GuestLog {
  private readonly seen = new Set<string>();

  constructor(private readonly target: GuestLog) {}

  /** Forgets what was said: the guest starts anew. */
  reset(): void {
    this.seen.clear();
  }

  unimplemented(message: string): void {
    this.once(message, (text) => this.target.unimplemented(text));
  }

  guestError(message: string): void {
    this.once(message, (text) => this.target.guestError(text));
  }

  private once(message: string, say: (text: string) => void): void {
    if (this.seen.size > LIMIT || this.seen.has(message)) return;
    this.seen.add(message);
    say(this.seen.size > LIMIT ? `more than ${LIMIT} different messages: the rest is not shown` : message);
  }
}
