import { FLOAT_OPERATIONS } from './float';
import { INTEGER_OPERATIONS } from './integer';
import type { NeonOperation } from './operation';

/** All operations of Advanced SIMD that IR calls as helpers, by name. */
export const NEON_OPERATIONS = { ...INTEGER_OPERATIONS, ...FLOAT_OPERATIONS } as const;
export type NeonName = keyof typeof NEON_OPERATIONS;

for (const name of Object.keys(INTEGER_OPERATIONS)) {
  if (name in FLOAT_OPERATIONS) throw new Error(`two operations are called ${name}`);
}

/** The operations in the order of their helpers. */
export const NEON_ENTRIES: readonly (readonly [name: NeonName, operation: NeonOperation])[] =
  Object.entries<NeonOperation>(NEON_OPERATIONS).map(([name, operation]) => [name as NeonName, operation]);
