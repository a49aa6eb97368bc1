import { ENV_BASE } from '../../../tcg/layout';
import { buildForms, type PreparedForms } from './forms';

/** What the build puts into the bundles, so that no start has to make it. */
export function preparedForms(toBase64: (bytes: Uint8Array) => string): PreparedForms {
  const { wasm, table } = buildForms(ENV_BASE);
  return { wasm: toBase64(wasm), table: toBase64(table) };
}
