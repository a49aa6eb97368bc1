import { FLOAT_TRANSLATE } from './float';
import { INTEGER_TRANSLATE } from './integer';
import { LOAD_STORE_TRANSLATE } from './load-store';
import { PERMUTE_TRANSLATE } from './permute';

/** What each row of Advanced SIMD means; false where it is UNDEFINED. */
export const NEON_TRANSLATE = {
  ...INTEGER_TRANSLATE,
  ...FLOAT_TRANSLATE,
  ...PERMUTE_TRANSLATE,
  ...LOAD_STORE_TRANSLATE,
};
