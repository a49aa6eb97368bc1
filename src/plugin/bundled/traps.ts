import type { PluginModule } from '../plugin-module';
import { parseOptions } from './options';

/** `libtraps.so`: counts interrupts, exceptions and host calls of each vCPU. */
export function trapsPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      if (!parseOptions(api, argv, {})) return -1;
      const kinds = [
        api.QEMU_PLUGIN_DISCON_INTERRUPT,
        api.QEMU_PLUGIN_DISCON_EXCEPTION,
        api.QEMU_PLUGIN_DISCON_HOSTCALL,
      ] as const;
      const counts = Array.from({ length: info.system.max_vcpus }, () => kinds.map(() => 0));
      api.qemu_plugin_register_vcpu_discon_cb(id, api.QEMU_PLUGIN_DISCON_ALL, (_id, vcpu, type) => {
        counts[vcpu][kinds.indexOf(type)]++;
      });
      const report = (): string => {
        const rows = counts.map((row, vcpu) =>
          [String(vcpu).padStart(4), ...row.map((n) => String(n).padStart(10))].join(', '),
        );
        return ['VCPU, interrupts, exceptions, hostcalls', ...rows, ''].join('\n');
      };
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(report()));
      return 0;
    },
  };
}
