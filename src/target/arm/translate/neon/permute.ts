import type { NEON_PERMUTE_PATTERNS } from '../../decode/neon-table';
import { undefinedHere } from '../system';
import type { NeonTable } from './table';

/** What the rows that move bytes around mean; false where UNDEFINED. */
export const PERMUTE_TRANSLATE: NeonTable<typeof NEON_PERMUTE_PATTERNS> = {
  VEXT: undefinedHere,
  VTBL: undefinedHere,
  VTBX: undefinedHere,
  VDUP_scalar: undefinedHere,
};
