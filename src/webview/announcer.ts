import { element, setText } from './dom';

/** A screen reader hears the numbers at most this often while the guest runs. */
const QUIET_MS = 15_000;

/** A live region that speaks rarely: at once when the state changes, else after a while. */
export class Announcer {
  readonly root = element('div', { class: 'sr-only', role: 'status', 'aria-live': 'polite' });
  private spokenAt = -QUIET_MS;
  private topic = '';

  /** Says `text` if `topic` is a new one, or if nothing has been said for a while. */
  say(topic: string, text: string): void {
    const now = performance.now();
    if (topic === this.topic && now - this.spokenAt < QUIET_MS) return;
    this.topic = topic;
    this.spokenAt = now;
    setText(this.root, text);
  }
}
