import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { hexAddress, hexBytes } from './format';
import { numberOption, parseOptions } from './options';

export const FAULT_LEVELS = ['l1i', 'l1d', 'l2'] as const;
type Level = (typeof FAULT_LEVELS)[number];

interface CacheWord {
  readonly level: Level;
  readonly set: number;
  readonly way: number;
  readonly offset: number;
}

/** What is flipped. */
type Target =
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'memory'; readonly address: number }
  | ({ readonly kind: 'cache' } & CacheWord)
  /** The word of those that the cache holds then which lies at so much of them, from 0 up to 1. */
  | { readonly kind: 'held'; readonly level: Level; readonly at: number };

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What a seed chooses from. */
interface Choice {
  readonly instructions: number;
  readonly memory: Range | undefined;
  readonly caches: readonly Level[];
}

/** Registers that a seed chooses from: the general ones without the pc. */
const REGISTERS = [...Array.from({ length: 13 }, (_, i) => `r${i}`), 'sp', 'lr'];

/**
 * `libfault.so,after=N,register=r3,bit=7`: after N instructions flips one bit of a register (`register`), of the word at a
 * virtual address (`address`) or of the word that a cache model holds (`cache=l1d:set:way:offset`), and lets the guest go on.
 * `seed=S,instructions=N[,memory=start-end][,caches=l1d:l2]` chooses instead, the same for the same seed: a register, a word
 * of the range, or a word that one of the caches holds at that moment.
 */
export function faultPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let after: number | undefined;
      let bit: number | undefined;
      let target: Target | undefined;
      let seed: number | undefined;
      let instructions = 0;
      let memory: Range | undefined;
      let caches: readonly Level[] = [];
      const ok = parseOptions(api, argv, {
        after: numberOption((value) => (after = value), 1),
        bit: numberOption((value) => (bit = value)),
        register: (name) => {
          target = { kind: 'register', name };
          return name !== '';
        },
        address: (text) => {
          target = { kind: 'memory', address: Number(text) & ~3 };
          return Number.isInteger(Number(text)) && text !== '';
        },
        cache: (text) => {
          target = cacheTarget(text);
          return target !== undefined;
        },
        seed: numberOption((value) => (seed = value)),
        instructions: numberOption((value) => (instructions = value), 1),
        memory: (text) => {
          memory = rangeOf(text);
          return memory !== undefined;
        },
        caches: (text) => {
          const names = text.split(':');
          caches = FAULT_LEVELS.filter((level) => names.includes(level));
          return names.every((name) => caches.some((level) => level === name));
        },
      });
      if (!ok) return -1;
      if (seed !== undefined) {
        if (!instructions) {
          api.tcg_error('seed needs instructions=N, to choose from\n');
          return -1;
        }
        ({ after, bit, target } = chosen(seed, { instructions, memory, caches }));
      }
      if (after === undefined || target === undefined) {
        api.tcg_error('after=N and one of register, address, cache (or seed) are needed\n');
        return -1;
      }
      const place = target;
      const where = after;
      const flip = (vcpu: number, vaddr: number): void => {
        const what = inject(api, vcpu, place, (bit ?? 0) % 32);
        api.qemu_plugin_outs(`fault after ${where} instructions at ${hexAddress(vaddr)}: ${what}\n`);
        // Nothing is to be counted any more: the guest goes on at its full speed.
        api.qemu_plugin_reset(id, () => undefined);
      };
      const count = api.tcg_u64_new();
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) {
          const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
          const vaddr = api.qemu_plugin_insn_vaddr(insn);
          const [flags, equal] = [api.QEMU_PLUGIN_CB_RW_REGS, api.QEMU_PLUGIN_COND_EQ];
          api.qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, flip, flags, equal, count, where, vaddr);
          api.qemu_plugin_register_vcpu_insn_exec_inline(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, count, 1);
        }
      });
      return 0;
    },
  };
}

function cacheTarget(text: string): Target | undefined {
  const match = /^(l1i|l1d|l2):(\d+):(\d+)(?::(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [set, way, offset] = match.slice(2).map((part) => Number(part ?? 0));
  return { kind: 'cache', level: match[1] as Level, set, way, offset: offset & ~3 };
}

function rangeOf(text: string): Range | undefined {
  const [start, end] = text.split('-').map((part) => (part === '' ? NaN : Number(part)));
  return Number.isInteger(start) && Number.isInteger(end) && end > start ? { start, end } : undefined;
}

/** Numbers from a seed (the generator mulberry32): 0 up to and without 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function chosen(seed: number, choice: Choice): { after: number; bit: number; target: Target } {
  const { instructions, memory, caches } = choice;
  const random = generator(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const after = 1 + upTo(instructions);
  const bit = upTo(32);
  const places = [...(memory ? [memory] : []), ...caches];
  const place = places.length ? places.at(upTo(places.length + 1)) : undefined;
  if (place === undefined) return { after, bit, target: { kind: 'register', name: REGISTERS[upTo(REGISTERS.length)] } };
  if (typeof place === 'string') return { after, bit, target: { kind: 'held', level: place, at: random() } };
  const words = Math.floor((place.end - place.start) / 4);
  return { after, bit, target: { kind: 'memory', address: place.start + 4 * upTo(Math.max(1, words)) } };
}

/** Flips the bit; what was done, in words. */
function inject(api: QemuPluginApi, vcpu: number, target: Target, bit: number): string {
  if (target.kind === 'register') return flipRegister(api, target.name, bit);
  if (target.kind === 'memory') return flipWord(api, target.address, bit, false, '');
  const core = api.tcg_cache_geometry(target.level, vcpu) ? vcpu : 0;
  const word = target.kind === 'cache' ? target : heldWord(api, core, target);
  if (!word) return `${target.level} holds no line`;
  const { level, set, way, offset } = word;
  const line = api.tcg_cache_line(level, core, set, way);
  const place = `${level} set ${set} way ${way}`;
  return line === null ? `${place} holds no line` : flipWord(api, line + offset, bit, true, ` (${place})`);
}

/** Which of the words that the cache holds now is meant. */
function heldWord(api: QemuPluginApi, core: number, { level, at }: Target & { kind: 'held' }): CacheWord | undefined {
  const geometry = api.tcg_cache_geometry(level, core);
  if (!geometry) return undefined;
  const { sets, associativity, lineSize } = geometry;
  const held: CacheWord[] = [];
  for (let set = 0; set < sets; set++) {
    for (let way = 0; way < associativity; way++) {
      if (api.tcg_cache_line(level, core, set, way) !== null) held.push({ level, set, way, offset: 0 });
    }
  }
  const words = lineSize / 4;
  const index = Math.floor(at * held.length * words);
  const line = held.at(Math.floor(index / words));
  return line && { ...line, offset: 4 * (index % words) };
}

function flipRegister(api: QemuPluginApi, name: string, bit: number): string {
  const register = api.qemu_plugin_get_registers().find((descriptor) => descriptor.name === name);
  if (!register) return `there is no register ${name}`;
  const bytes = api.g_byte_array_new();
  if (api.qemu_plugin_read_register(register.handle, bytes) <= 0) return `${name} cannot be read`;
  const before = hexBytes(bytes.data, bytes.len);
  const at = (bit >>> 3) % bytes.len;
  bytes.data[at] ^= 1 << (bit & 7);
  if (api.qemu_plugin_write_register(register.handle, bytes) <= 0) return `${name} cannot be written`;
  return `${name} ${before} -> ${hexBytes(bytes.data, bytes.len)} (bit ${8 * at + (bit & 7)})`;
}

function flipWord(api: QemuPluginApi, address: number, bit: number, physical: boolean, note: string): string {
  const bytes = api.g_byte_array_new();
  const good = api.QEMU_PLUGIN_HWADDR_OPERATION_OK;
  const read = physical
    ? api.qemu_plugin_read_memory_hwaddr(address, bytes, 4) === good
    : api.qemu_plugin_read_memory_vaddr(address, bytes, 4);
  if (!read) return `memory at ${hexAddress(address, 8)} cannot be read${note}`;
  const before = hexBytes(bytes.data, 4);
  bytes.data[bit >>> 3] ^= 1 << (bit & 7);
  const written = physical
    ? api.qemu_plugin_write_memory_hwaddr(address, bytes) === good
    : api.qemu_plugin_write_memory_vaddr(address, bytes);
  if (!written) return `memory at ${hexAddress(address, 8)} cannot be written${note}`;
  return `memory at ${hexAddress(address, 8)} ${before} -> ${hexBytes(bytes.data, 4)} (bit ${bit})${note}`;
}
