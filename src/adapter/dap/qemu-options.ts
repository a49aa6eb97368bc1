import { RequestError } from './errors';

/** One part of an option in QEMU's syntax: `name=value`, or a bare word without a value. */
export interface OptionPart {
  readonly name: string;
  readonly value?: string;
  /** The part as written, `,,` undone. */
  readonly text: string;
}

/** Splits an option value as QEMU does: parts are separated by commas, `,,` stands for a comma. */
export function splitOption(text: string): OptionPart[] {
  const parts: string[] = [];
  let current = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== ',') current += text[i];
    else if (text[i + 1] === ',') {
      current += ',';
      i++;
    } else {
      parts.push(current);
      current = '';
    }
  }
  parts.push(current);
  return parts.map((part) => {
    const equals = part.indexOf('=');
    return equals < 0
      ? { name: part, text: part }
      : { name: part.slice(0, equals), value: part.slice(equals + 1), text: part };
  });
}

/** Writes commas so that {@link splitOption} gives them back. */
export function escapeOption(text: string): string {
  return text.replaceAll(',', ',,');
}

const SUFFIXES: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/**
 * A size as QEMU's `-m` takes it, in bytes: decimal or hexadecimal, with a suffix of B, K, M, G or T in either case;
 * without one it counts in `unit` bytes. Undefined when the text is none.
 */
export function parseSize(text: string, unit: number): number | undefined {
  const match = /^\s*(0x[0-9a-f]+|\d+(?:\.\d+)?)\s*([bkmgt]?)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, digits, suffix] = match;
  const size = Number(digits) * (suffix ? SUFFIXES[suffix.toLowerCase()] : unit);
  return Number.isSafeInteger(Math.floor(size)) ? Math.floor(size) : undefined;
}

/** An unsigned number in C's notation (decimal, 0x hexadecimal, 0 octal) up to 64 bits; undefined when it is none. */
export function parseUnsigned(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (!/^(0x[0-9a-f]+|[1-9]\d*|0[0-7]*)$/i.test(trimmed)) return undefined;
  const value = BigInt(/^0[0-7]+$/.test(trimmed) ? `0o${trimmed.slice(1)}` : trimmed);
  return value < 1n << 64n ? value : undefined;
}

/** One `-device loader,…` as checked. Exactly one of the kinds of QEMU's generic loader. */
export type LoaderOption =
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly address?: number;
      readonly cpu?: number;
      readonly raw: boolean;
    }
  | {
      readonly kind: 'data';
      readonly address: number;
      readonly value: bigint;
      readonly length: number;
      readonly bigEndian: boolean;
    }
  | { readonly kind: 'pc'; readonly address: number; readonly cpu: number };

const LOADER_PROPERTIES = ['file', 'addr', 'cpu-num', 'data', 'data-len', 'data-be', 'force-raw'];

/**
 * Parses the value of a `-device loader,…` option (QEMU: docs/system/generic-loader.rst).
 * @throws RequestError that names the option and what is wrong in it
 */
export function parseLoader(option: string): LoaderOption {
  const fail = (message: string) => new RequestError(`loader "${option}": ${message}`);
  const [device, ...parts] = splitOption(option);
  if (device.text !== 'loader') throw fail('it must start with "loader,"');
  const values = new Map<string, string>();
  for (const part of parts) {
    if (!LOADER_PROPERTIES.includes(part.name)) {
      throw fail(`"${part.name}" is no property of it; these are: ${LOADER_PROPERTIES.join(', ')}`);
    }
    values.set(part.name, part.value ?? 'on');
  }
  const number = (name: string, limit: bigint): bigint | undefined => {
    const text = values.get(name);
    if (text === undefined) return undefined;
    const value = parseUnsigned(text);
    if (value === undefined || value > limit)
      throw fail(`${name}=${text} is no number from 0 to 0x${limit.toString(16)}`);
    return value;
  };
  const flag = (name: string): boolean => {
    const text = values.get(name);
    if (text === undefined || /^(off|no|false|n)$/.test(text)) return false;
    if (/^(on|yes|true|y)$/.test(text)) return true;
    throw fail(`${name}=${text} is neither on nor off`);
  };
  const file = values.get('file');
  const address = number('addr', 0xffffffffn);
  const cpu = number('cpu-num', 255n);
  const value = number('data', (1n << 64n) - 1n);
  const length = number('data-len', 8n);
  const raw = flag('force-raw');
  const bigEndian = flag('data-be');
  if (value !== undefined || length !== undefined || values.has('data-be')) {
    if (file !== undefined) throw fail('file and data exclude each other');
    if (raw) throw fail('force-raw needs a file');
    if (value === undefined || !length) throw fail('data and data-len (1 to 8) belong together');
    if (address === undefined) throw fail('data needs addr');
    return { kind: 'data', address: Number(address), value, length: Number(length), bigEndian };
  }
  if (file !== undefined) {
    if (file === '') throw fail('file= is empty');
    return {
      kind: 'file',
      file,
      raw,
      ...(address !== undefined && { address: Number(address) }),
      ...(cpu !== undefined && { cpu: Number(cpu) }),
    };
  }
  if (raw) throw fail('force-raw needs a file');
  if (address === undefined) throw fail('it needs a file, data with addr, or addr with cpu-num');
  if (cpu === undefined) throw fail('addr without a file or data sets a program counter and needs cpu-num');
  return { kind: 'pc', address: Number(address), cpu: Number(cpu) };
}
