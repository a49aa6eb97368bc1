import type { NeonUnit } from './unit';

/**
 * One operation on the register file: registers by doubleword number, the destination first; what the other arguments
 * mean is the operation's own matter. Sources may be the destination, wholly or in part.
 */
export type NeonOperation = (unit: NeonUnit, a: number, b: number, c: number, d: number) => void;

/** Operations by name. */
export type NeonOperations = Readonly<Record<string, NeonOperation>>;
