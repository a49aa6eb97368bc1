import type { LineTable } from '../tcg/line-table';
import { parseBoolean } from './args';
import { isCounter, type Counter } from './counters';
import type { PluginEngine } from './engine';
import { provideFiltered, type ExecFilter, type FilteredCallbacks } from './filtered';
import { HwAddr } from './hwaddr';
import type { EventCallback, EventName, LoadedPlugin } from './loaded-plugin';
import { MEM_R, MEM_W, memIsBigEndian, memIsSignExtended, memIsStore, memSizeShift } from './meminfo';
import type { QemuPluginApi } from './plugin-module';
import type { Place } from './registrations';
import { checkInsn, checkTb, type PluginTb } from './translation-view';

/** The API as plugins import it, on top of `engine`. */
export function createApi(engine: PluginEngine): QemuPluginApi {
  const api: QemuPluginApi = {
    ...constants,
    ...lifecycle(engine),
    ...translation(engine),
    ...execution(engine),
    ...memory(engine),
    ...services(engine),
  };
  provideFiltered(api, filteredCallbacks(engine));
  return Object.freeze(api);
}

const constants = {
  QEMU_PLUGIN_VERSION: 1,
  QEMU_PLUGIN_CB_NO_REGS: 0,
  QEMU_PLUGIN_CB_R_REGS: 1,
  QEMU_PLUGIN_CB_RW_REGS: 2,
  QEMU_PLUGIN_MEM_R: MEM_R,
  QEMU_PLUGIN_MEM_W: MEM_W,
  QEMU_PLUGIN_MEM_RW: 3,
  QEMU_PLUGIN_INLINE_ADD_U64: 0,
} as const;

function checkFunction(callback: unknown, api: string): void {
  if (typeof callback !== 'function') throw new TypeError(`${api}: the callback is not a function`);
}

type Lifecycle = Pick<
  QemuPluginApi,
  | 'qemu_plugin_register_vcpu_init_cb'
  | 'qemu_plugin_register_vcpu_exit_cb'
  | 'qemu_plugin_register_vcpu_idle_cb'
  | 'qemu_plugin_register_vcpu_resume_cb'
  | 'qemu_plugin_register_flush_cb'
  | 'qemu_plugin_register_atexit_cb'
  | 'qemu_plugin_register_vcpu_tb_trans_cb'
  | 'qemu_plugin_register_vcpu_syscall_cb'
  | 'qemu_plugin_register_vcpu_syscall_ret_cb'
  | 'qemu_plugin_uninstall'
  | 'qemu_plugin_reset'
  | 'qemu_plugin_vcpu_for_each'
  | 'qemu_plugin_n_vcpus'
  | 'qemu_plugin_n_max_vcpus'
>;

function lifecycle(engine: PluginEngine): Lifecycle {
  const registrar =
    <C extends EventCallback>(event: EventName, api: string) =>
    (id: number, callback: C): void => {
      checkFunction(callback, api);
      engine.plugin(id, api).on(event, callback);
    };
  return {
    qemu_plugin_register_vcpu_init_cb: registrar('vcpu_init', 'qemu_plugin_register_vcpu_init_cb'),
    qemu_plugin_register_vcpu_exit_cb: registrar('vcpu_exit', 'qemu_plugin_register_vcpu_exit_cb'),
    qemu_plugin_register_vcpu_idle_cb: registrar('vcpu_idle', 'qemu_plugin_register_vcpu_idle_cb'),
    qemu_plugin_register_vcpu_resume_cb: registrar('vcpu_resume', 'qemu_plugin_register_vcpu_resume_cb'),
    qemu_plugin_register_flush_cb: registrar('flush', 'qemu_plugin_register_flush_cb'),
    qemu_plugin_register_vcpu_tb_trans_cb: registrar('tb_trans', 'qemu_plugin_register_vcpu_tb_trans_cb'),
    qemu_plugin_register_vcpu_syscall_cb: registrar('vcpu_syscall', 'qemu_plugin_register_vcpu_syscall_cb'),
    qemu_plugin_register_vcpu_syscall_ret_cb: registrar('vcpu_syscall_ret', 'qemu_plugin_register_vcpu_syscall_ret_cb'),
    qemu_plugin_register_atexit_cb<T>(id: number, callback: (id: number, userdata: T) => void, userdata?: T): void {
      checkFunction(callback, 'qemu_plugin_register_atexit_cb');
      const call = (own: number): void => callback(own, userdata as T);
      engine.plugin(id, 'qemu_plugin_register_atexit_cb').on('atexit', call);
    },
    qemu_plugin_uninstall(id, callback): void {
      engine.uninstall(engine.plugin(id, 'qemu_plugin_uninstall'), callback);
    },
    qemu_plugin_reset(id, callback): void {
      engine.reset(engine.plugin(id, 'qemu_plugin_reset'), callback);
    },
    qemu_plugin_vcpu_for_each(id, callback): void {
      for (let vcpu = 0; vcpu < engine.host.smpVcpus; vcpu++) callback(id, vcpu);
    },
    qemu_plugin_n_vcpus: () => engine.host.smpVcpus,
    qemu_plugin_n_max_vcpus: () => engine.host.maxVcpus,
  };
}

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

function translation({ host }: PluginEngine): Translation {
  return {
    qemu_plugin_tb_n_insns: (tb) => checkTb(tb, 'qemu_plugin_tb_n_insns').insns.length,
    qemu_plugin_tb_vaddr: (tb) => checkTb(tb, 'qemu_plugin_tb_vaddr').block.pc,
    qemu_plugin_tb_get_insn: (tb, index) => checkTb(tb, 'qemu_plugin_tb_get_insn').insns[index] ?? null,
    qemu_plugin_insn_data: (insn) => checkInsn(insn, 'qemu_plugin_insn_data').source.data.slice(),
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

type Execution = Pick<
  QemuPluginApi,
  | 'qemu_plugin_register_vcpu_tb_exec_cb'
  | 'qemu_plugin_register_vcpu_insn_exec_cb'
  | 'qemu_plugin_register_vcpu_mem_cb'
  | 'qemu_plugin_register_vcpu_tb_exec_inline'
  | 'qemu_plugin_register_vcpu_insn_exec_inline'
  | 'qemu_plugin_register_vcpu_mem_inline'
>;

function execution(engine: PluginEngine): Execution {
  /** Userdata goes back to the very callback that it was registered with, so its type needs no check. */
  const addExec = <T>(
    plugin: LoadedPlugin,
    place: Place,
    name: string,
    callback: (vcpu: number, userdata: T) => void,
    userdata: T,
  ): void => {
    checkFunction(callback, `qemu_plugin_register_vcpu_${name}_cb`);
    const entry = { plugin, name, callback: callback as (vcpu: number, userdata: unknown) => void, userdata };
    place.callbacks.push({ plugin, generation: plugin.generation, index: engine.addExec(entry), rw: 0 });
  };
  const addExecInline = (tb: PluginTb, place: Place, name: string, op: number, ptr: unknown, value: number): void => {
    const { plugin } = tb;
    const counter = checkInline(`qemu_plugin_register_vcpu_${name}_inline`, op, ptr, value);
    const entry = { plugin, name: `${name} inline`, callback: () => counter.add(value), userdata: undefined };
    const index = counter.offset >= 0 ? -1 : engine.addExec(entry);
    place.inlines.push({ plugin, generation: plugin.generation, index, rw: 0, inline: { counter, value } });
  };
  return {
    qemu_plugin_register_vcpu_tb_exec_cb(handle, callback, _flags, userdata): void {
      const { plugin, registrations } = checkTb(handle, 'qemu_plugin_register_vcpu_tb_exec_cb');
      addExec(plugin, registrations.tb, 'tb_exec', callback, userdata);
    },
    qemu_plugin_register_vcpu_insn_exec_cb(handle, callback, _flags, userdata): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_insn_exec_cb');
      addExec(tb.plugin, tb.registrations.exec[index], 'insn_exec', callback, userdata);
    },
    qemu_plugin_register_vcpu_mem_cb<T>(
      handle: unknown,
      callback: (vcpu: number, info: number, vaddr: number, userdata: T) => void,
      _flags: unknown,
      rw: number,
      userdata: T,
    ): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_mem_cb');
      checkFunction(callback, 'qemu_plugin_register_vcpu_mem_cb');
      const { plugin, registrations } = tb;
      const entry = {
        plugin,
        callback: callback as (vcpu: number, info: number, vaddr: number, userdata: unknown) => void,
        userdata,
      };
      const number = engine.addMem(entry);
      registrations.mem[index].callbacks.push({ plugin, generation: plugin.generation, index: number, rw });
    },
    qemu_plugin_register_vcpu_tb_exec_inline(handle, op, ptr, value): void {
      const tb = checkTb(handle, 'qemu_plugin_register_vcpu_tb_exec_inline');
      addExecInline(tb, tb.registrations.tb, 'tb_exec', op, ptr, value);
    },
    qemu_plugin_register_vcpu_insn_exec_inline(handle, op, ptr, value): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_insn_exec_inline');
      addExecInline(tb, tb.registrations.exec[index], 'insn_exec', op, ptr, value);
    },
    qemu_plugin_register_vcpu_mem_inline(handle, rw, op, ptr, value): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_mem_inline');
      const { plugin, registrations } = tb;
      const counter = checkInline('qemu_plugin_register_vcpu_mem_inline', op, ptr, value);
      const entry = { plugin, callback: () => counter.add(value), userdata: undefined };
      const number = counter.offset >= 0 ? -1 : engine.addMem(entry);
      const inline = { counter, value };
      registrations.mem[index].inlines.push({ plugin, generation: plugin.generation, index: number, rw, inline });
    },
  };
}

function filteredCallbacks(engine: PluginEngine): FilteredCallbacks {
  return {
    memory: engine.models,
    vcpuOf: (handle) => checkInsn(handle, 'filtered callbacks').tb.vcpu,
    exec<T>(
      handle: unknown,
      callback: (vcpu: number, userdata: T) => void,
      userdata: T,
      execFilter: ExecFilter | undefined,
    ): void {
      const { tb, index } = checkInsn(handle, 'filtered exec callback');
      const { plugin } = tb;
      const entry = { plugin, name: 'insn_exec', callback: callback as (v: number, u: unknown) => void, userdata };
      const number = engine.addExec(entry);
      const { generation } = plugin;
      tb.registrations.exec[index].callbacks.push({ plugin, generation, index: number, rw: 0, execFilter });
    },
    mem<T>(
      handle: unknown,
      callback: (vcpu: number, info: number, vaddr: number, userdata: T) => void,
      userdata: T,
      lines: LineTable | undefined,
    ): void {
      const { tb, index } = checkInsn(handle, 'filtered mem callback');
      const { plugin } = tb;
      const entry = { plugin, callback: callback as (v: number, i: number, a: number, u: unknown) => void, userdata };
      const number = engine.addMem(entry);
      const { generation } = plugin;
      tb.registrations.mem[index].callbacks.push({ plugin, generation, index: number, rw: MEM_R | MEM_W, lines });
    },
    lineTable: (vcpu, lineBits, mask) => engine.lineTables.create(vcpu, lineBits, mask),
  };
}

function checkInline(api: string, op: number, ptr: unknown, value: number): Counter {
  if (op !== constants.QEMU_PLUGIN_INLINE_ADD_U64) throw new Error(`${api}: unknown operation ${op}`);
  if (!isCounter(ptr)) throw new TypeError(`${api}: ptr is not a counter that tcg_u64_new() made`);
  if (!Number.isSafeInteger(value)) throw new TypeError(`${api}: imm is not an integer within 2^53: ${value}`);
  return ptr;
}

type Memory = Pick<
  QemuPluginApi,
  | 'qemu_plugin_mem_size_shift'
  | 'qemu_plugin_mem_is_sign_extended'
  | 'qemu_plugin_mem_is_big_endian'
  | 'qemu_plugin_mem_is_store'
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
  return {
    qemu_plugin_mem_size_shift: memSizeShift,
    qemu_plugin_mem_is_sign_extended: memIsSignExtended,
    qemu_plugin_mem_is_big_endian: memIsBigEndian,
    qemu_plugin_mem_is_store: memIsStore,
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

type Services = Omit<
  QemuPluginApi,
  keyof typeof constants | keyof Lifecycle | keyof Translation | keyof Execution | keyof Memory
>;

function services(engine: PluginEngine): Services {
  const { host } = engine;
  return {
    qemu_plugin_outs: (text) => host.output(String(text)),
    qemu_plugin_bool_parse: (_name, value) => parseBoolean(value),
    qemu_plugin_path_to_binary: () => host.program?.path ?? null,
    qemu_plugin_start_code: () => host.program?.start ?? 0,
    qemu_plugin_end_code: () => host.program?.end ?? 0,
    qemu_plugin_entry_code: () => host.program?.entry ?? 0,
    tcg_u64_new: () => engine.newCounter(),
    tcg_error: (text) => host.error(String(text)),
    tcg_request_stop: (reason) => engine.requestStop(String(reason)),
    tcg_read_register: (vcpu, name) => host.readRegister(vcpu, name) ?? null,
    tcg_read_memory: (vcpu, vaddr, length) => host.readMemory(vcpu, vaddr, length),
    tcg_provide_cache_statistics(id, model): void {
      engine.plugin(id, 'tcg_provide_cache_statistics').cacheModel = model;
      engine.connectMisses();
    },
  };
}
