import { RequestError } from './errors';

/** Bounds of a number, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Reads the attributes of an object that came from outside (a request's arguments, a launch configuration), checking
 * each one's type. Every error names the attribute by its path and says what was expected and what was found.
 */
export class CheckedObject {
  private readonly values: Readonly<Record<string, unknown>>;

  /**
   * @param where names the object in messages, as `launch configuration`
   * @param path of the object inside of it, as `log`, or empty
   */
  constructor(
    value: unknown,
    private readonly where: string,
    private readonly path = '',
  ) {
    if (!isRecord(value)) {
      throw new RequestError(
        path
          ? `${where}: "${path}" must be an object, not ${describe(value)}`
          : `${where}: an object was expected, not ${describe(value)}`,
      );
    }
    this.values = value;
  }

  get keys(): string[] {
    return Object.keys(this.values);
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** The attribute unchecked; null counts as absent. */
  raw(name: string): unknown {
    return Object.hasOwn(this.values, name) ? (this.values[name] ?? undefined) : undefined;
  }

  /** The error that says what an attribute must be. */
  wrong(name: string, expected: string): RequestError {
    const value = this.raw(name);
    return new RequestError(
      value === undefined
        ? `${this.where}: "${this.pathOf(name)}" is missing: ${expected} was expected`
        : `${this.where}: "${this.pathOf(name)}" must be ${expected}, not ${describe(value)}`,
    );
  }

  /** An error about an attribute, its name put first. */
  error(name: string, message: string): RequestError {
    return new RequestError(`${this.where}: "${this.pathOf(name)}": ${message}`);
  }

  string(name: string, expected = 'a string'): string {
    const value = this.raw(name);
    if (typeof value !== 'string') throw this.wrong(name, expected);
    return value;
  }

  nonEmptyString(name: string, expected = 'a string that is not empty'): string {
    const value = this.string(name, expected);
    if (value.trim() === '') throw this.wrong(name, expected);
    return value;
  }

  optionalString(name: string, expected?: string): string | undefined {
    return this.raw(name) === undefined ? undefined : this.string(name, expected);
  }

  boolean(name: string, byDefault: boolean): boolean {
    const value = this.raw(name);
    if (value === undefined) return byDefault;
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false');
    return value;
  }

  integer(name: string, bounds: Bounds = {}): number {
    const value = this.raw(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || outside(value, bounds)) {
      throw this.wrong(
        name,
        bounds.min !== undefined && bounds.min === bounds.max ? String(bounds.min) : `a whole number${range(bounds)}`,
      );
    }
    return value;
  }

  optionalInteger(name: string, bounds?: Bounds): number | undefined {
    return this.raw(name) === undefined ? undefined : this.integer(name, bounds);
  }

  number(name: string, bounds: Bounds = {}): number {
    const value = this.raw(name);
    if (typeof value !== 'number' || !Number.isFinite(value) || outside(value, bounds)) {
      throw this.wrong(name, `a number${range(bounds)}`);
    }
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], byDefault?: T): T {
    const value = this.raw(name);
    if (value === undefined && byDefault !== undefined) return byDefault;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.wrong(name, choices.map((choice) => `"${choice}"`).join(' or '));
    return found;
  }

  strings(name: string): string[] {
    return this.array(name).map((value, index) => {
      if (typeof value !== 'string') throw this.wrongItem(name, index, 'a string', value);
      return value;
    });
  }

  /** The elements of an array; an absent one is empty. */
  array(name: string, expected = 'an array'): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.wrong(name, expected);
    return value;
  }

  wrongItem(name: string, index: number, expected: string, value: unknown): RequestError {
    return new RequestError(
      `${this.where}: "${this.pathOf(name)}[${index}]" must be ${expected}, not ${describe(value)}`,
    );
  }

  object(name: string): CheckedObject {
    const value = this.raw(name);
    if (!isRecord(value)) throw this.wrong(name, 'an object');
    return new CheckedObject(value, this.where, this.pathOf(name));
  }

  optionalObject(name: string): CheckedObject | undefined {
    return this.raw(name) === undefined ? undefined : this.object(name);
  }

  /** The elements of an array of objects; an absent one is empty. */
  objects(name: string): CheckedObject[] {
    return this.array(name, 'an array of objects').map(
      (value, index) => new CheckedObject(value, this.where, `${this.pathOf(name)}[${index}]`),
    );
  }

  /** An object whose values are all strings; absent it is empty. */
  stringMap(name: string): Record<string, string> {
    const object = this.optionalObject(name);
    if (!object) return {};
    return Object.fromEntries(object.keys.map((key) => [key, object.string(key)]));
  }

  private pathOf(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }
}

/** Whether a value is an object with attributes: no array, no null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as messages show it: short, on one line. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function outside(value: number, { min, max }: Bounds): boolean {
  return (min !== undefined && value < min) || (max !== undefined && value > max);
}

function range({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of ${min} or more`;
  return max !== undefined ? ` of ${max} or less` : '';
}
