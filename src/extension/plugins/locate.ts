/** Finds the place in a plugin's file that an error message tells of. */

export interface ErrorPlace {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The file: another than the plugin's own where one that it imports is at fault. */
  readonly path: string;
  /** The message without what only says the place. */
  readonly message: string;
}

/** A place in a stack trace, `at f (/a/b.ts:3:5)`, or behind a parser's message, `Unexpected token (3:5)`. */
const STACK_PLACE = /\(?\bat (?:[^()]*\()?((?:[A-Za-z]:)?[^():]+):(\d+):(\d+)\)*/;
const PARSER_PLACE = / ?\((\d+):(\d+)\)/;

/** @param plugin absolute path of the plugin's file; a message without a place is about its first line */
export function locateError(message: string, plugin: string): ErrorPlace {
  const stack = STACK_PLACE.exec(message);
  if (stack) {
    const [text, file = '', line, column] = stack;
    const path = decode(file.trim());
    const rest = message.replace(text, '').trim();
    return { line: Number(line), column: Number(column), path: isAbsolute(path) ? path : plugin, message: rest };
  }
  const parser = PARSER_PLACE.exec(message);
  if (!parser) return { line: 1, column: 1, path: plugin, message };
  const [text, line, column] = parser;
  // `/a/b.ts is not valid TypeScript: …`: the file may be one that the plugin imports.
  const [, named] = /((?:\/|[A-Za-z]:\\)\S.*?) is not valid /.exec(message) ?? [];
  return { line: Number(line), column: Number(column), path: named ?? plugin, message: message.replace(text, '') };
}

function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/])/.test(path);
}

/** Stack traces have paths as `sourceURL` does: percent signs for what a URL cannot have. */
function decode(file: string): string {
  try {
    return decodeURI(file);
  } catch {
    return file;
  }
}
