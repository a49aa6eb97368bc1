import type { NeonOperations } from './operation';

/** Operations on integers and bits. */
export const INTEGER_OPERATIONS = {} as const satisfies NeonOperations;
