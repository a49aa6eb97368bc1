import { Scoreboard, U64Entry } from '../scoreboard';
import type { InlineEntry } from '../registrations';

/** Throws a TypeError that names the API function unless `callback` can be called. */
export function checkFunction(callback: unknown, api: string): void {
  if (typeof callback !== 'function') throw new TypeError(`${api}: the callback is not a function`);
}

/** `value` as a scoreboard, or a TypeError that names the API function. */
export function checkScoreboard(value: unknown, api: string): Scoreboard {
  if (!(value instanceof Scoreboard)) {
    throw new TypeError(`${api}: not a scoreboard that qemu_plugin_scoreboard_new() made`);
  }
  if (value.freed) throw new Error(`${api}: the scoreboard was freed`);
  return value;
}

/** `value` as an entry: a U64Entry, or a scoreboard with an offset. Throws an Error that names the API function. */
export function checkEntry(value: unknown, api: string): InlineEntry {
  if (!isEntry(value)) throw new TypeError(`${api}: not a qemu_plugin_u64`);
  const score = checkScoreboard(value.score, api);
  const { offset } = value;
  if (!Number.isInteger(offset) || offset < 0 || offset % 8 || offset + 8 > score.elementSize) {
    throw new RangeError(`${api}: offset ${offset} is no u64 of an element of ${score.elementSize} bytes`);
  }
  return value instanceof U64Entry ? value : { score, offset };
}

function isEntry(value: unknown): value is InlineEntry {
  return typeof value === 'object' && value !== null && 'score' in value && 'offset' in value;
}

/** `value` as qemu_plugin_cb_flags, or a RangeError that names the API function. */
export function checkFlags(value: unknown, api: string): number {
  if (value === 0 || value === 1 || value === 2 || value === 3) return value;
  throw new RangeError(`${api}: flags is not one of QEMU_PLUGIN_CB_NO_REGS to _RW_REGS_PC: ${String(value)}`);
}

/** `value` as the number of a vCPU that there is, or a RangeError that names the API function. */
export function checkVcpu(value: unknown, vcpus: number, api: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vcpus) return value;
  throw new RangeError(`${api}: there is no vCPU ${String(value)}`);
}
