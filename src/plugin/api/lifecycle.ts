import { Discontinuity } from '../../tcg/instrument';
import type { PluginEngine } from '../engine';
import type { EventCallback, EventName } from '../loaded-plugin';
import type { QemuPluginApi } from '../plugin-module';
import { checkFunction } from './checks';

type Lifecycle = Pick<
  QemuPluginApi,
  | 'qemu_plugin_register_vcpu_init_cb'
  | 'qemu_plugin_register_vcpu_exit_cb'
  | 'qemu_plugin_register_vcpu_idle_cb'
  | 'qemu_plugin_register_vcpu_resume_cb'
  | 'qemu_plugin_register_vcpu_discon_cb'
  | 'qemu_plugin_register_flush_cb'
  | 'qemu_plugin_register_atexit_cb'
  | 'qemu_plugin_register_vcpu_tb_trans_cb'
  | 'qemu_plugin_register_vcpu_syscall_cb'
  | 'qemu_plugin_register_vcpu_syscall_ret_cb'
  | 'qemu_plugin_register_vcpu_syscall_filter_cb'
  | 'qemu_plugin_uninstall'
  | 'qemu_plugin_reset'
  | 'qemu_plugin_vcpu_for_each'
  | 'qemu_plugin_n_vcpus'
  | 'qemu_plugin_n_max_vcpus'
  | 'qemu_plugin_num_vcpus'
>;

/** Events of the session and of vCPUs. Null as a callback takes the one there is away, as in C. */
export function lifecycle(engine: PluginEngine): Lifecycle {
  const register = (api: string, id: number, event: EventName, callback: EventCallback | null | undefined): void => {
    if (callback) checkFunction(callback, api);
    engine.plugin(id, api).on(event, callback ?? undefined);
  };
  const registrar =
    <C extends EventCallback>(event: EventName, api: string) =>
    (id: number, callback: C | null): void =>
      register(api, id, event, callback);
  return {
    qemu_plugin_register_vcpu_init_cb: registrar('vcpu_init', 'qemu_plugin_register_vcpu_init_cb'),
    qemu_plugin_register_vcpu_exit_cb: registrar('vcpu_exit', 'qemu_plugin_register_vcpu_exit_cb'),
    qemu_plugin_register_vcpu_idle_cb: registrar('vcpu_idle', 'qemu_plugin_register_vcpu_idle_cb'),
    qemu_plugin_register_vcpu_resume_cb: registrar('vcpu_resume', 'qemu_plugin_register_vcpu_resume_cb'),
    qemu_plugin_register_vcpu_discon_cb(id, type, callback): void {
      const api = 'qemu_plugin_register_vcpu_discon_cb';
      if (type & Discontinuity.Interrupt) register(api, id, 'vcpu_interrupt', callback);
      if (type & Discontinuity.Exception) register(api, id, 'vcpu_exception', callback);
      if (type & Discontinuity.HostCall) register(api, id, 'vcpu_hostcall', callback);
    },
    qemu_plugin_register_flush_cb: registrar('flush', 'qemu_plugin_register_flush_cb'),
    qemu_plugin_register_vcpu_tb_trans_cb: registrar('tb_trans', 'qemu_plugin_register_vcpu_tb_trans_cb'),
    qemu_plugin_register_vcpu_syscall_cb: registrar('vcpu_syscall', 'qemu_plugin_register_vcpu_syscall_cb'),
    qemu_plugin_register_vcpu_syscall_ret_cb: registrar('vcpu_syscall_ret', 'qemu_plugin_register_vcpu_syscall_ret_cb'),
    qemu_plugin_register_vcpu_syscall_filter_cb: registrar(
      'vcpu_syscall_filter',
      'qemu_plugin_register_vcpu_syscall_filter_cb',
    ),
    qemu_plugin_register_atexit_cb<T>(
      id: number,
      callback: ((id: number, userdata: T) => void) | null,
      userdata?: T,
    ): void {
      const call = callback && ((own: number): void => callback(own, userdata as T));
      if (callback) checkFunction(callback, 'qemu_plugin_register_atexit_cb');
      register('qemu_plugin_register_atexit_cb', id, 'atexit', call);
    },
    qemu_plugin_uninstall(id, callback): void {
      engine.uninstall(engine.plugin(id, 'qemu_plugin_uninstall'), callback ?? undefined);
    },
    qemu_plugin_reset(id, callback): void {
      engine.reset(engine.plugin(id, 'qemu_plugin_reset'), callback ?? undefined);
    },
    qemu_plugin_vcpu_for_each(id, callback): void {
      engine.plugin(id, 'qemu_plugin_vcpu_for_each');
      for (let vcpu = 0; vcpu < engine.vcpus; vcpu++) callback(id, vcpu);
    },
    qemu_plugin_n_vcpus: () => engine.host.smpVcpus,
    qemu_plugin_n_max_vcpus: () => engine.host.maxVcpus,
    qemu_plugin_num_vcpus: () => engine.vcpus,
  };
}
