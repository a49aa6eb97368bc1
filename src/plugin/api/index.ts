import { parseBoolean } from '../args';
import type { PluginEngine } from '../engine';
import { provideFiltered } from '../filtered';
import { HwAddr } from '../hwaddr';
import { MEM_R, MEM_W, memIsBigEndian, memIsSignExtended, memIsStore, memSizeShift } from '../meminfo';
import type { QemuPluginApi } from '../plugin-module';
import { checkInsn, checkTb, type PluginInsn } from '../translation-view';
import { batches } from './batches';
import { execution } from './execution';
import { filteredCallbacks } from './filtered';
import { lifecycle } from './lifecycle';
import { machine } from './machine';
import { own } from './own';
import { scoreboards } from './scoreboards';
import { obeyVersions } from './versions';
import { world } from './world';

/** The API as plugins import it, on top of `engine`. */
export function createApi(engine: PluginEngine): QemuPluginApi {
  const api: QemuPluginApi = {
    ...constants,
    ...lifecycle(engine),
    ...translation(engine),
    ...execution(engine),
    ...scoreboards(engine),
    ...memory(engine),
    ...machine(engine),
    ...services(engine),
    ...own(engine),
    ...batches(engine),
    ...world(engine),
  };
  const offered = Object.freeze(obeyVersions(api, () => engine.caller?.version));
  provideFiltered(offered, filteredCallbacks(engine));
  return offered;
}

const constants = {
  QEMU_PLUGIN_VERSION: 6,
  TCG_EVENT_WORDS: 4,
  TCG_EVENT_VCPU: 0,
  TCG_EVENT_TAG: 1,
  TCG_EVENT_VADDR: 2,
  TCG_EVENT_INFO: 3,
  TCG_EVENT_INSN: 0xffffffff,
  QEMU_PLUGIN_CB_NO_REGS: 0,
  QEMU_PLUGIN_CB_R_REGS: 1,
  QEMU_PLUGIN_CB_RW_REGS: 2,
  QEMU_PLUGIN_CB_RW_REGS_PC: 3,
  QEMU_PLUGIN_MEM_R: MEM_R,
  QEMU_PLUGIN_MEM_W: MEM_W,
  QEMU_PLUGIN_MEM_RW: 3,
  QEMU_PLUGIN_INLINE_ADD_U64: 0,
  QEMU_PLUGIN_INLINE_STORE_U64: 1,
  QEMU_PLUGIN_COND_NEVER: 0,
  QEMU_PLUGIN_COND_ALWAYS: 1,
  QEMU_PLUGIN_COND_EQ: 2,
  QEMU_PLUGIN_COND_NE: 3,
  QEMU_PLUGIN_COND_LT: 4,
  QEMU_PLUGIN_COND_LE: 5,
  QEMU_PLUGIN_COND_GT: 6,
  QEMU_PLUGIN_COND_GE: 7,
  QEMU_PLUGIN_MEM_VALUE_U8: 0,
  QEMU_PLUGIN_MEM_VALUE_U16: 1,
  QEMU_PLUGIN_MEM_VALUE_U32: 2,
  QEMU_PLUGIN_MEM_VALUE_U64: 3,
  QEMU_PLUGIN_MEM_VALUE_U128: 4,
  QEMU_PLUGIN_DISCON_INTERRUPT: 1,
  QEMU_PLUGIN_DISCON_EXCEPTION: 2,
  QEMU_PLUGIN_DISCON_HOSTCALL: 4,
  QEMU_PLUGIN_DISCON_ALL: -1,
  QEMU_PLUGIN_HWADDR_OPERATION_OK: 0,
  QEMU_PLUGIN_HWADDR_OPERATION_ERROR: 1,
  QEMU_PLUGIN_HWADDR_OPERATION_DEVICE_ERROR: 2,
  QEMU_PLUGIN_HWADDR_OPERATION_ACCESS_DENIED: 3,
  QEMU_PLUGIN_HWADDR_OPERATION_INVALID_ADDRESS: 4,
  QEMU_PLUGIN_HWADDR_OPERATION_INVALID_ADDRESS_SPACE: 5,
} as const;

type Translation = Pick<
  QemuPluginApi,
  | 'qemu_plugin_tb_n_insns'
  | 'qemu_plugin_tb_vaddr'
  | 'qemu_plugin_tb_get_insn'
  | 'qemu_plugin_insn_data'
  | 'qemu_plugin_insn_size'
  | 'qemu_plugin_insn_vaddr'
  | 'qemu_plugin_insn_haddr'
  | 'qemu_plugin_insn_disas'
  | 'qemu_plugin_insn_symbol'
>;

function translation(engine: PluginEngine): Translation {
  const { host } = engine;
  return {
    qemu_plugin_tb_n_insns: (tb) => checkTb(tb, 'qemu_plugin_tb_n_insns').insns.length,
    qemu_plugin_tb_vaddr: (tb) => checkTb(tb, 'qemu_plugin_tb_vaddr').block.pc,
    qemu_plugin_tb_get_insn: (tb, index) => checkTb(tb, 'qemu_plugin_tb_get_insn').insns[index] ?? null,
    qemu_plugin_insn_data: insnData(engine),
    qemu_plugin_insn_size: (insn) => checkInsn(insn, 'qemu_plugin_insn_size').source.size,
    qemu_plugin_insn_vaddr: (insn) => checkInsn(insn, 'qemu_plugin_insn_vaddr').source.vaddr,
    qemu_plugin_insn_haddr(insn) {
      const { tb, source } = checkInsn(insn, 'qemu_plugin_insn_haddr');
      return host.translate(tb.vcpu, source.vaddr) ?? null;
    },
    qemu_plugin_insn_disas: (insn) => host.disassemble(checkInsn(insn, 'qemu_plugin_insn_disas').source),
    qemu_plugin_insn_symbol: (insn) => host.symbolAt(checkInsn(insn, 'qemu_plugin_insn_symbol').source.vaddr) ?? null,
  };
}

/** Version 3 changed the opcode's access from a pointer to a copy into the caller's memory. */
const INSN_DATA_COPIES = 3;

/** Both forms of `qemu_plugin_insn_data`: a plugin that declares a version has that version's only. */
function insnData(engine: PluginEngine): QemuPluginApi['qemu_plugin_insn_data'] {
  const api = 'qemu_plugin_insn_data';
  function data(insn: unknown): Uint8Array;
  function data(insn: unknown, dest: Uint8Array, len: number): number;
  function data(insn: unknown, dest?: Uint8Array, len = 0): Uint8Array | number {
    const { source }: PluginInsn = checkInsn(insn, api);
    const version = engine.caller?.version;
    const copies = version === undefined ? dest !== undefined : version >= INSN_DATA_COPIES;
    if (!copies) return source.data.slice();
    if (!(dest instanceof Uint8Array)) throw new TypeError(`${api}: dest is not a Uint8Array`);
    const count = Math.max(0, Math.min(len, dest.length, source.data.length));
    dest.set(source.data.subarray(0, count));
    return count;
  }
  return data;
}

type Memory = Pick<
  QemuPluginApi,
  | 'qemu_plugin_mem_size_shift'
  | 'qemu_plugin_mem_is_sign_extended'
  | 'qemu_plugin_mem_is_big_endian'
  | 'qemu_plugin_mem_is_store'
  | 'qemu_plugin_mem_get_value'
  | 'qemu_plugin_get_hwaddr'
  | 'qemu_plugin_hwaddr_is_io'
  | 'qemu_plugin_hwaddr_phys_addr'
  | 'qemu_plugin_hwaddr_device_offset'
  | 'qemu_plugin_hwaddr_device_name'
>;

function memory(engine: PluginEngine): Memory {
  const known = (handle: unknown, api: string): HwAddr | null => {
    if (handle === null || handle instanceof HwAddr) return handle;
    throw new TypeError(`${api}: not what qemu_plugin_get_hwaddr returns`);
  };
  const wide = (index: number): bigint => (BigInt(engine.memValue(index + 1)) << 32n) | BigInt(engine.memValue(index));
  return {
    qemu_plugin_mem_size_shift: memSizeShift,
    qemu_plugin_mem_is_sign_extended: memIsSignExtended,
    qemu_plugin_mem_is_big_endian: memIsBigEndian,
    qemu_plugin_mem_is_store: memIsStore,
    qemu_plugin_mem_get_value(info) {
      switch (memSizeShift(info)) {
        case 0:
          return { type: 0, data: { u8: engine.memValue(0) & 0xff } };
        case 1:
          return { type: 1, data: { u16: engine.memValue(0) & 0xffff } };
        case 2:
          return { type: 2, data: { u32: engine.memValue(0) } };
        case 3:
          return { type: 3, data: { u64: wide(0) } };
        default:
          return { type: 4, data: { u128: { low: wide(0), high: wide(2) } } };
      }
    },
    qemu_plugin_get_hwaddr: (_info, vaddr) => engine.lookUpHwaddr(vaddr),
    qemu_plugin_hwaddr_is_io: (haddr) => known(haddr, 'qemu_plugin_hwaddr_is_io')?.region.io ?? false,
    qemu_plugin_hwaddr_phys_addr: (haddr) => known(haddr, 'qemu_plugin_hwaddr_phys_addr')?.physical ?? 0,
    qemu_plugin_hwaddr_device_offset(handle) {
      const haddr = known(handle, 'qemu_plugin_hwaddr_device_offset');
      return haddr ? haddr.physical - haddr.region.base : 0;
    },
    qemu_plugin_hwaddr_device_name: (haddr) => known(haddr, 'qemu_plugin_hwaddr_device_name')?.region.name ?? null,
  };
}

type Services = Pick<
  QemuPluginApi,
  | 'qemu_plugin_outs'
  | 'qemu_plugin_bool_parse'
  | 'qemu_plugin_path_to_binary'
  | 'qemu_plugin_start_code'
  | 'qemu_plugin_end_code'
  | 'qemu_plugin_entry_code'
>;

function services(engine: PluginEngine): Services {
  const { host } = engine;
  return {
    qemu_plugin_outs: (text) => engine.output(String(text)),
    qemu_plugin_bool_parse: (_name, value) => parseBoolean(value),
    qemu_plugin_path_to_binary: () => host.program?.path ?? null,
    qemu_plugin_start_code: () => host.program?.start ?? 0,
    qemu_plugin_end_code: () => host.program?.end ?? 0,
    qemu_plugin_entry_code: () => host.program?.entry ?? 0,
  };
}
