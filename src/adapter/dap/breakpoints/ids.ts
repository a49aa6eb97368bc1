/** Numbers for breakpoints of every kind, so that one number means one breakpoint in a session. */
export class Ids {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}
