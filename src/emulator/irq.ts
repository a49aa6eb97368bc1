/** One interrupt wire into a controller or a CPU: level sensitive, true = asserted. Setting the same level again is harmless. */
export interface IrqLine {
  set(level: boolean): void;
}

/** A wire that leads nowhere. */
export const UNCONNECTED: IrqLine = { set: () => undefined };

/** Wires joined so that the output is asserted while any input is (an OR gate). */
export function joinIrqs(output: IrqLine, count: number): IrqLine[] {
  const levels = new Array<boolean>(count).fill(false);
  return levels.map((_, index) => ({
    set(level: boolean): void {
      levels[index] = level;
      output.set(levels.includes(true));
    },
  }));
}
