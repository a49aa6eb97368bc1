import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';
import { CodeCache, cacheFolder, type CachedCode } from './code-cache';
import { setV8Flags } from '../v8-flags';

/** How often a bundle's cached code is written: once would leave out what the first run did not come to. */
const MOST_WRITES = 3;
/** It is written again where V8 has compiled so much more by now. */
const WORTH_IT = 1.1;

/** A bundle that runs, as it knows itself. */
export interface RunningBundle {
  /** Keeps the code that V8 has compiled so far for later starts, once. Takes some 30 ms where that is worth it. */
  keepCode(): void;
}

declare global {
  /** The bundle that {@link runBundle} runs in this thread. */
  var tcgscopeBundle: RunningBundle | undefined;
}

type BundleFunction = (exports: unknown, require: unknown, module: unknown, file: string, folder: string) => void;

/**
 * Runs the bundle `name`.main.js beside this file as Node would run a module, with what V8 compiled of it in earlier runs, so
 * that it is neither parsed nor compiled anew.
 * @param version of the bundle's text: other texts have other versions
 */
export function runBundle(name: string, version: string): void {
  setV8Flags();
  const file = path.join(__dirname, `${name}.main.js`);
  // A bundle is ASCII: esbuild escapes the rest.
  const text = readFileSync(file, 'latin1').replace(/^#!.*/, '');
  const cache = new CodeCache(cacheFolder());
  const key = [name, version, process.versions.v8, process.arch].join('-');
  const cached = cache.read(key);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: file,
    ...(cached && { cachedData: cached.data }),
  });
  globalThis.tcgscopeBundle = keeper(script, cache, key, script.cachedDataRejected === false ? cached : undefined);
  (script.runInThisContext() as BundleFunction)(module.exports, require, module, file, __dirname);
}

/** Writes what V8 has compiled of the script, a few times, if it has more than what was `known`. */
function keeper(script: Script, cache: CodeCache, key: string, known: CachedCode | undefined): RunningBundle {
  if (known && known.writes >= MOST_WRITES) return { keepCode: () => undefined };
  let isKept = false;
  return {
    keepCode: () => {
      if (isKept) return;
      isKept = true;
      const data = script.createCachedData();
      // Of what has run long, V8 has thrown away what was needed at the start only.
      const isMore = !known || data.length > WORTH_IT * known.data.length;
      cache.write(key, { data: isMore ? data : known.data, writes: (known?.writes ?? 0) + 1 });
    },
  };
}
