import type { NeonOperations } from './operation';

/** Operations on single precision, conversions and what moves bytes around. */
export const FLOAT_OPERATIONS = {} as const satisfies NeonOperations;
