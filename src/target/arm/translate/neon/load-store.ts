import type { NEON_LOAD_STORE_PATTERNS } from '../../decode/neon-table';
import { undefinedHere } from '../system';
import type { NeonTable } from './table';

/** What loads and stores of structures mean; false where UNDEFINED. */
export const LOAD_STORE_TRANSLATE: NeonTable<typeof NEON_LOAD_STORE_PATTERNS> = {
  VLD1_multiple_4: undefinedHere,
  VLD1_multiple_3: undefinedHere,
  VLD1_multiple_1: undefinedHere,
  VLD1_multiple_2: undefinedHere,
  VLD2_multiple_4: undefinedHere,
  VLD2_multiple: undefinedHere,
  VLD3_multiple: undefinedHere,
  VLD4_multiple: undefinedHere,
  VLD1_all: undefinedHere,
  VLD2_all: undefinedHere,
  VLD3_all: undefinedHere,
  VLD4_all: undefinedHere,
  VLD1_one: undefinedHere,
  VLD2_one: undefinedHere,
  VLD3_one: undefinedHere,
  VLD4_one: undefinedHere,
};
