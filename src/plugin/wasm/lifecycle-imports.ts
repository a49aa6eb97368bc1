import type { ImportContext, Imports } from './module';

const wide = (value: number): bigint => BigInt(value);

/** Events of the plugin's and the vCPUs' life. Ids are uint64_t. */
export function lifecycleImports({ api, callbacks, handles, flush }: ImportContext): Imports {
  const simple = (pointer: number) =>
    callbacks.optional(pointer, (fn) => (id: number) => void callbacks.call(fn, wide(id)));
  const vcpu = (pointer: number) =>
    callbacks.optional(pointer, (fn) => (id: number, index: number) => void callbacks.call(fn, wide(id), index));
  return {
    qemu_plugin_uninstall: (id: bigint, cb: number) => api.qemu_plugin_uninstall(Number(id), simple(cb)),
    qemu_plugin_reset: (id: bigint, cb: number) => api.qemu_plugin_reset(Number(id), simple(cb)),
    qemu_plugin_register_flush_cb: (id: bigint, cb: number) =>
      api.qemu_plugin_register_flush_cb(Number(id), simple(cb)),
    qemu_plugin_register_atexit_cb: (id: bigint, cb: number, userdata: number) =>
      api.qemu_plugin_register_atexit_cb(
        Number(id),
        callbacks.optional(cb, (fn) => (self: number): void => {
          callbacks.call(fn, wide(self), userdata);
          flush();
        }),
      ),
    qemu_plugin_register_vcpu_init_cb: (id: bigint, cb: number) =>
      api.qemu_plugin_register_vcpu_init_cb(Number(id), vcpu(cb)),
    qemu_plugin_register_vcpu_exit_cb: (id: bigint, cb: number) =>
      api.qemu_plugin_register_vcpu_exit_cb(Number(id), vcpu(cb)),
    qemu_plugin_register_vcpu_idle_cb: (id: bigint, cb: number) =>
      api.qemu_plugin_register_vcpu_idle_cb(Number(id), vcpu(cb)),
    qemu_plugin_register_vcpu_resume_cb: (id: bigint, cb: number) =>
      api.qemu_plugin_register_vcpu_resume_cb(Number(id), vcpu(cb)),
    qemu_plugin_register_vcpu_discon_cb: (id: bigint, type: number, cb: number) =>
      api.qemu_plugin_register_vcpu_discon_cb(
        Number(id),
        type,
        callbacks.optional(
          cb,
          (fn) => (self: number, index: number, kind: number, from: number, to: number) =>
            void callbacks.call(fn, wide(self), index, kind, wide(from), wide(to)),
        ),
      ),
    qemu_plugin_register_vcpu_tb_trans_cb: (id: bigint, cb: number) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(
        Number(id),
        callbacks.optional(
          cb,
          (fn) => (self: number, tb: Parameters<typeof handles.during>[0]) =>
            handles.during(tb, (pointer) => void callbacks.call(fn, wide(self), pointer)),
        ),
      ),
    qemu_plugin_vcpu_for_each(id: bigint, cb: number): void {
      // The plugin runs already.
      const callback = callbacks.optional(cb, (fn) => (self: number, index: number) => void fn(wide(self), index));
      if (callback) api.qemu_plugin_vcpu_for_each(Number(id), callback);
    },
    qemu_plugin_n_vcpus: () => api.qemu_plugin_n_vcpus(),
    qemu_plugin_n_max_vcpus: () => api.qemu_plugin_n_max_vcpus(),
    qemu_plugin_num_vcpus: () => api.qemu_plugin_num_vcpus(),
    // There is no user-mode guest: as in QEMU's system emulation these are accepted and never called.
    qemu_plugin_register_vcpu_syscall_cb: () => undefined,
    qemu_plugin_register_vcpu_syscall_ret_cb: () => undefined,
    qemu_plugin_register_vcpu_syscall_filter_cb: () => undefined,
  };
}
