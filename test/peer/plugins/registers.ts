// Prints the registers that plugins may list, one a line: feature and name.
import { qemu_plugin_get_registers, qemu_plugin_outs, qemu_plugin_register_vcpu_init_cb } from 'qemu-plugin';

export const qemu_plugin_version = 2;

export function qemu_plugin_install(id: number): number {
  qemu_plugin_register_vcpu_init_cb(id, () => {
    for (const { feature, name } of qemu_plugin_get_registers()) qemu_plugin_outs(`${feature} ${name}\n`);
  });
  return 0;
}
