import path from 'node:path';
import type { Transform } from 'sucrase';
import { RequestError, messageOf } from '../dap/errors';
import type { FileService } from '../dap/file-service';
import type { LoadedPluginFile, PluginLoader } from '../dap/launch';
import { NodeFiles } from './files';

const SCRIPTS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
const MODULE = '.wasm';
/** What an import without an extension may mean, in the order tried; a TypeScript project writes `.js` for its `.ts`. */
const TRIED = ['', '.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

interface Module {
  readonly path: string;
  /** CommonJS. */
  readonly code: string;
  /** What its `require('./x')` calls mean. */
  readonly imports: ReadonlyMap<string, string>;
}

/**
 * Makes one CommonJS text of a user's plugin file and of the files it imports by relative paths. Types are removed and
 * ECMAScript module syntax becomes CommonJS; line numbers stay, so that errors point into the user's file. Imports
 * of packages stay `require` calls, for the plugin's host to answer.
 */
export class NodePluginLoader implements PluginLoader {
  constructor(private readonly files: FileService = new NodeFiles()) {}

  handles(file: string): boolean {
    const extension = path.extname(file).toLowerCase();
    return extension === MODULE || SCRIPTS.includes(extension);
  }

  async load(file: string): Promise<LoadedPluginFile> {
    if (path.extname(file).toLowerCase() === MODULE) {
      return { wasm: await this.files.readFile(file), sources: [file] };
    }
    return this.loadScript(file);
  }

  private async loadScript(file: string): Promise<LoadedPluginFile> {
    const modules = new Map<string, Module>();
    const main = await this.collect(file, modules);
    const sources = [...modules.keys()];
    modules.delete(main.path);
    return { code: relativeRequires(main.code).length ? link(main, [...modules.values()]) : main.code, sources };
  }

  private async collect(file: string, modules: Map<string, Module>): Promise<Module> {
    const known = modules.get(file);
    if (known) return known;
    const text = decode(await this.files.readFile(file));
    const code = path.extname(file) === '.json' ? jsonModule(file, text) : await toCommonJs(file, text);
    const imports = new Map<string, string>();
    const module: Module = { path: file, code, imports };
    modules.set(file, module);
    for (const name of relativeRequires(code)) {
      const target = await this.find(file, name);
      if (target === undefined) continue;
      imports.set(name, target);
      await this.collect(target, modules);
    }
    return module;
  }

  /** The file an import means. One that is not found fails when it runs: the text may have been a comment. */
  private async find(from: string, name: string): Promise<string | undefined> {
    const base = this.files.resolve(this.files.dirname(from), name);
    const bases = [base, base.replace(/\.([mc]?)js$/, '.$1ts')];
    for (const candidate of bases.flatMap((start) => TRIED.map((suffix) => start + suffix))) {
      if ((await this.files.kindOf(candidate)) === 'file') return candidate;
    }
    return undefined;
  }
}

async function toCommonJs(file: string, text: string): Promise<string> {
  // Evaluated only when somebody has a plugin of that kind.
  const { transform } = await import('sucrase');
  const typed = /\.[mc]?ts$/i.test(file);
  const transforms: Transform[] = typed ? ['typescript', 'imports'] : ['imports'];
  try {
    // An interpreter line is no JavaScript for a function's body; the line itself is kept.
    return transform(text.replace(/^#!.*/, ''), { transforms, filePath: file, production: true }).code;
  } catch (error) {
    const message = messageOf(error).replace(`Error transforming ${file}: `, '');
    throw new RequestError(`${file} is not valid ${typed ? 'TypeScript' : 'JavaScript'}: ${message}`);
  }
}

function jsonModule(file: string, text: string): string {
  try {
    return `module.exports = ${JSON.stringify(JSON.parse(text))};`;
  } catch (error) {
    throw new RequestError(`${file} is not valid JSON: ${messageOf(error)}`);
  }
}

function relativeRequires(code: string): string[] {
  return [...code.matchAll(/\brequire\(\s*(['"])(\.{1,2}\/[^'"]*)\1\s*\)/g)].map((match) => match[2]);
}

/**
 * The imports of a linked plugin, at run time: evaluates each module once, under its own name, so that a stack trace
 * shows each file's own lines. Kept as text because it runs inside the plugin, not here.
 */
const LINKER = `function (table, outer, main) {
  const loaded = new Map([[table[0].path, main]]);
  const requireFrom = (from) => (name) => {
    const path = from.imports[name];
    if (path === undefined) {
      if (name.startsWith('.')) throw new Error(from.path + ' imports "' + name + '", but there is no such file');
      if (outer) return outer(name);
      throw new Error(from.path + ' imports "' + name + '": a plugin can import its own files only');
    }
    let module = loaded.get(path);
    if (!module) {
      loaded.set(path, (module = { exports: {} }));
      const found = table.find((entry) => entry.path === path);
      const text = '(function (module, exports, require) {' + found.code + '\\n})\\n//# sourceURL=' + path;
      (0, eval)(text)(module, module.exports, requireFrom(found));
    }
    return module.exports;
  };
  return requireFrom(table[0]);
}`.replace(/\n\s*/g, ' ');

/** One text of the main module and those it imports; the main one's lines stay where they are. */
function link(main: Module, others: readonly Module[]): string {
  const table = [main, ...others].map((module) => ({
    path: module.path,
    imports: Object.fromEntries(module.imports),
    code: module === main ? '' : module.code,
  }));
  const outer = "typeof require === 'function' ? require : undefined";
  return `(function (require) {${main.code}\n})((${LINKER})(${JSON.stringify(table)}, ${outer}, module));`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
