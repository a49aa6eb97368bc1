import type { qemu_plugin_cb_flags, qemu_plugin_cond, qemu_plugin_mem_rw } from 'qemu-plugin';
import type { ImportContext, Imports } from './module';
import { entryAt } from './counter-imports';

/** Callbacks at run time. */
export function executionImports(context: ImportContext): Imports {
  const { api, handles, callbacks } = context;
  return {
    qemu_plugin_register_vcpu_tb_exec_cb: (tb: number, cb: number, flags: qemu_plugin_cb_flags, userdata: number) =>
      api.qemu_plugin_register_vcpu_tb_exec_cb(handles.block(tb), callbacks.vcpuCallback(cb), flags, userdata),
    qemu_plugin_register_vcpu_insn_exec_cb: (insn: number, cb: number, flags: qemu_plugin_cb_flags, userdata: number) =>
      api.qemu_plugin_register_vcpu_insn_exec_cb(handles.insn(insn), callbacks.vcpuCallback(cb), flags, userdata),
    tcg_register_vcpu_insn_after_cb: (insn: number, cb: number, flags: qemu_plugin_cb_flags, userdata: number) =>
      api.tcg_register_vcpu_insn_after_cb(handles.insn(insn), callbacks.vcpuCallback(cb), flags, userdata),
    qemu_plugin_register_vcpu_mem_cb: (
      insn: number,
      cb: number,
      flags: qemu_plugin_cb_flags,
      rw: qemu_plugin_mem_rw,
      userdata: number,
    ) => api.qemu_plugin_register_vcpu_mem_cb(handles.insn(insn), callbacks.memCallback(cb), flags, rw, userdata),
    qemu_plugin_register_vcpu_tb_exec_cond_cb: (
      tb: number,
      cb: number,
      flags: qemu_plugin_cb_flags,
      cond: qemu_plugin_cond,
      entry: number,
      imm: bigint,
      userdata: number,
    ) =>
      api.qemu_plugin_register_vcpu_tb_exec_cond_cb(
        handles.block(tb),
        callbacks.vcpuCallback(cb),
        flags,
        cond,
        entryAt(context, entry),
        imm,
        userdata,
      ),
    qemu_plugin_register_vcpu_insn_exec_cond_cb: (
      insn: number,
      cb: number,
      flags: qemu_plugin_cb_flags,
      cond: qemu_plugin_cond,
      entry: number,
      imm: bigint,
      userdata: number,
    ) =>
      api.qemu_plugin_register_vcpu_insn_exec_cond_cb(
        handles.insn(insn),
        callbacks.vcpuCallback(cb),
        flags,
        cond,
        entryAt(context, entry),
        imm,
        userdata,
      ),
  };
}
