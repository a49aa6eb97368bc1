/**
 * Which plugins' children the user looks at. VS Code asks for the children of what is open each time that it draws the
 * tree, and its events of opening are lost where they come while it draws: so the asking counts, not the events.
 */
export class LookedAt {
  /** Sessions by their open plugins' ids. */
  private readonly ids = new Map<string, string>();
  /** What was open when the root was drawn last. */
  private before: ReadonlySet<string> = new Set();

  /** @param opened called when a plugin's children are asked for that were not in the last drawing */
  constructor(private readonly opened: (sessionId: string) => void) {}

  /** The tree is drawn anew from its root: what is open will be asked for again. */
  drawRoot(): void {
    this.before = new Set(this.ids.keys());
    this.ids.clear();
  }

  /** The children of a plugin are asked for. */
  drawChildren(id: string, sessionId: string): void {
    const isNew = !this.ids.has(id) && !this.before.has(id);
    this.ids.set(id, sessionId);
    if (isNew) this.opened(sessionId);
  }

  closed(id: string): void {
    this.ids.delete(id);
    this.before = new Set([...this.before].filter((other) => other !== id));
  }

  /** Whether a plugin of the session is open. */
  includes(sessionId: string): boolean {
    return [...this.ids.values()].includes(sessionId);
  }
}
