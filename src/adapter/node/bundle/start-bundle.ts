import { runBundle } from './bundle';

type Bundle = 'adapter' | 'cli' | 'worker';

/** A hash of the text of each bundle; scripts/build.mjs puts it in. */
declare const BUNDLE_VERSIONS: Readonly<Record<Bundle, string>>;

/** Runs the bundle that was built together with this file. */
export function startBundle(name: Bundle): void {
  runBundle(name, BUNDLE_VERSIONS[name]);
}
