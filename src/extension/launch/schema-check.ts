/** Checks a value against the part of JSON Schema that the manifest uses, with messages for people. */
import type { JsonSchema, JsonType } from '../manifest/types';

/**
 * What is wrong with `value`, one sentence each; none if it fits.
 * @param path how the value is called in the sentences, for instance `plugins[0].file`
 */
export function checkSchema(schema: JsonSchema, value: unknown, path: string): string[] {
  if (schema.anyOf) return checkAnyOf(schema.anyOf, value, path);
  const types = schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (types.length && !types.some((type) => hasType(value, type))) {
    return [`${name(path)} must be ${expected(schema)}, not ${show(value)}`];
  }
  if (schema.enum && !schema.enum.some((allowed) => allowed === value)) {
    return [`${name(path)} must be ${list(schema.enum.map(show))}, not ${show(value)}`];
  }
  if (typeof value === 'string') return checkText(schema, value, path);
  if (typeof value === 'number') return checkNumber(schema, value, path);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item: unknown, index) => checkSchema(items, item, `${path}[${index}]`)) : [];
  }
  return isObject(value) ? checkObject(schema, value, path) : [];
}

function checkText(schema: JsonSchema, value: string, path: string): string[] {
  if (schema.minLength !== undefined && value.length < schema.minLength) return [`${name(path)} must not be empty`];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    return [`${name(path)} is ${show(value)}; expected: ${schema.patternErrorMessage ?? schema.pattern}`];
  }
  return [];
}

function checkNumber(schema: JsonSchema, value: number, path: string): string[] {
  if (schema.minimum !== undefined && value < schema.minimum) {
    return [`${name(path)} must be at least ${schema.minimum}, not ${value}`];
  }
  if (schema.maximum !== undefined && value > schema.maximum) {
    return [`${name(path)} must be at most ${schema.maximum}, not ${value}`];
  }
  return [];
}

function checkObject(schema: JsonSchema, value: Record<string, unknown>, path: string): string[] {
  const problems: string[] = [];
  const at = (key: string) => (path ? `${path}.${key}` : key);
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) problems.push(`${name(at(key))} is missing`);
  }
  for (const [key, item] of Object.entries(value)) {
    const known = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (known) {
      if (item !== undefined) problems.push(...checkSchema(known, item, at(key)));
    } else if (schema.additionalProperties === false) {
      problems.push(`${name(at(key))} is unknown; known are ${list(Object.keys(schema.properties ?? {}), 'and')}`);
    } else if (typeof schema.additionalProperties === 'object') {
      problems.push(...checkSchema(schema.additionalProperties, item, at(key)));
    }
  }
  return problems;
}

/** Reports the alternative that `value` was meant to be: the one of its type, else all of them. */
function checkAnyOf(alternatives: readonly JsonSchema[], value: unknown, path: string): string[] {
  let meant: string[] | undefined;
  for (const alternative of alternatives) {
    const problems = checkSchema(alternative, value, path);
    if (!problems.length) return [];
    const types = typeof alternative.type === 'string' ? [alternative.type] : (alternative.type ?? []);
    if (types.some((type) => hasType(value, type))) meant = problems;
  }
  return meant ?? [`${name(path)} must be ${list(alternatives.map(expected))}, not ${show(value)}`];
}

function hasType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const WORDS: Record<JsonType, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function expected(schema: JsonSchema): string {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const words = types.map((type) =>
    type === 'array' && schema.items && !schema.items.anyOf ? `a list (${expected(schema.items)} each)` : WORDS[type],
  );
  return words.length ? list(words) : 'something else';
}

function list(words: readonly string[], last = 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

function name(path: string): string {
  return path ? `"${path}"` : 'The value';
}

const SHOWN_CHARACTERS = 60;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
