// test/peer/trace.c for our emulator, as with tb=on,values=on: its events, their order, hashes and text are specified there.
// Arguments: text=on writes the events to the log, from=N the first of them, limit=N stops after N events; with text
// the run may end then. near=N looks for
// a place shortly before event N that a debugger reaches soon: it prints `near: <pc> <arrivals> <instructions>`, all but
// the first decimal, what was executed before the last arrival.
import {
  qemu_plugin_bool_parse,
  qemu_plugin_get_hwaddr,
  qemu_plugin_hwaddr_device_name,
  qemu_plugin_hwaddr_is_io,
  qemu_plugin_hwaddr_phys_addr,
  qemu_plugin_insn_data,
  qemu_plugin_insn_vaddr,
  qemu_plugin_mem_is_big_endian,
  qemu_plugin_mem_is_sign_extended,
  qemu_plugin_mem_is_store,
  qemu_plugin_mem_size_shift,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_insn_exec_cb,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_tb_exec_cb,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  qemu_plugin_tb_vaddr,
  tcg_read_memory,
} from 'qemu-plugin';

const RAM = 128 << 20;

const hex = (value: number, digits = 8): string => (value >>> 0).toString(16).padStart(digits, '0');

/** The two lanes of a hash. */
class Hash {
  private a = 0x811c9dc5;
  private b = 0x811c9dc5;

  mix(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193);
    const b = this.b ^ word;
    this.b = Math.imul((b << 13) | (b >>> 19), 0x9e3779b1);
  }

  toString(): string {
    return hex(this.a) + hex(this.b);
  }
}

/** Of all events, of those of instructions and accesses, of accesses alone. */
const [everything, plain, memory] = [new Hash(), new Hash(), new Hash()];
let [insns, loads, stores, tbs, execs] = [0, 0, 0, 0, 0];
let text = false;
let [from, limit] = [0, Infinity];
let events = 0;

/** What a run that has no more to say prints: whoever started it may end it. */
const END = 'end of trace';

function event(hashes: readonly Hash[], words: readonly number[], line: () => string): void {
  if (events >= limit) return;
  for (const hash of hashes) for (const word of words) hash.mix(word);
  if (text && events >= from) qemu_plugin_outs(`${line()}\n`);
  events++;
  if (text && events >= limit) qemu_plugin_outs(`${END}\n`);
}

const OF_BLOCK = [everything];
const OF_INSN = [everything, plain];
const OF_ACCESS = [everything, plain, memory];

function onBlock(_vcpu: number, pc: number): void {
  execs++;
  event(OF_BLOCK, [0x58000000, pc], () => `X ${hex(pc)}`);
}

interface Insn {
  readonly pc: number;
  readonly size: number;
  readonly opcode: number;
  readonly words: readonly number[];
}

/** near=N: how often each instruction was reached, and the best place so far. */
const arrivals = new Map<number, number>();
const NEAR = { first: 3000, last: 50 };
let near = 0;
let place = { pc: 0, arrivals: Infinity, insns: 0 };

function lookForPlace(pc: number): void {
  if (events >= near) {
    qemu_plugin_outs(`near: ${hex(place.pc)} ${place.arrivals} ${place.insns}\n${END}\n`);
    near = 0;
    return;
  }
  const count = (arrivals.get(pc) ?? 0) + 1;
  arrivals.set(pc, count);
  const isNear = events >= near - NEAR.first && (events <= near - NEAR.last || place.arrivals === Infinity);
  if (isNear && count < place.arrivals) place = { pc, arrivals: count, insns };
}

function onInsn(_vcpu: number, { words, pc, size, opcode }: Insn): void {
  if (near) lookForPlace(pc);
  insns++;
  event(OF_INSN, words, () => `I ${hex(pc)} ${hex(opcode, 2 * size)}`);
}

function onMem(vcpu: number, info: number, vaddr: number): void {
  const store = qemu_plugin_mem_is_store(info);
  if (store) stores++;
  else loads++;
  const shift = qemu_plugin_mem_size_shift(info);
  const hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
  const io = qemu_plugin_hwaddr_is_io(hwaddr);
  const physical = hwaddr ? qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
  const size = 1 << shift;
  const hasValue = !io && physical + size <= RAM;
  const sign = qemu_plugin_mem_is_sign_extended(info);
  const big = qemu_plugin_mem_is_big_endian(info);
  const flag = (bit: number, on: boolean): number => (on ? 1 << bit : 0);
  const flags = shift | flag(4, store) | flag(5, sign) | flag(6, big) | flag(7, io) | flag(8, hasValue);
  const words = [0x4d000000 | flags, vaddr, physical];
  if (hasValue) {
    const bytes = tcg_read_memory(vcpu, vaddr, size);
    for (let at = 0; at < size; at += 4) words.push(word(bytes.subarray(at, at + 4)));
  }
  event(OF_ACCESS, words, () => {
    const kind = `${store ? 'S' : 'L'} ${hex(vaddr)} ${size}${sign ? 's' : ''}${big ? 'b' : ''} ${hex(physical)}`;
    const value = words.slice(3).reduceRight((digits, part) => digits + hex(part, Math.min(2 * size, 8)), '');
    return `${kind} ${io ? qemu_plugin_hwaddr_device_name(hwaddr) : 'ram'}${value && ` ${value}`}`;
  });
}

function word(bytes: Uint8Array): number {
  return bytes.reduce((value, byte, i) => value | (byte << (8 * i)), 0);
}

export function qemu_plugin_install(id: number, _info: unknown, argv: readonly string[]): number {
  for (const argument of argv) {
    const [name, value] = argument.split('=');
    if (name === 'text') text = qemu_plugin_bool_parse(name, value) ?? false;
    else if (name === 'from') from = Number(value);
    else if (name === 'limit') limit = Number(value);
    else if (name === 'near') near = Number(value);
    else return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = qemu_plugin_tb_n_insns(tb);
    const pc = qemu_plugin_tb_vaddr(tb);
    tbs++;
    event(OF_BLOCK, [0x54000000 | n, pc], () => `T ${hex(pc)} ${n}`);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, onBlock, 0, pc);
    for (let i = 0; i < n; i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      const data = qemu_plugin_insn_data(insn);
      const at = qemu_plugin_insn_vaddr(insn);
      const opcode = word(data);
      const kept: Insn = { pc: at, size: data.length, opcode, words: [0x49000000 | data.length, at, opcode] };
      qemu_plugin_register_vcpu_insn_exec_cb(insn, onInsn, 0, kept);
      qemu_plugin_register_vcpu_mem_cb(insn, onMem, 0, 3, undefined);
    }
  });
  qemu_plugin_register_atexit_cb(id, () => {
    const counts = `insns=${insns} loads=${loads} stores=${stores} tbs=${tbs} execs=${execs}`;
    qemu_plugin_outs(`trace: ${counts} hash=${everything} plain=${plain} memory=${memory}\n`);
  });
  return 0;
}
