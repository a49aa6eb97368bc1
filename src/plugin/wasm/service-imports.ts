import type { qemu_plugin_time_control } from 'qemu-plugin';
import type { ImportContext, Imports } from './module';

const TIME_CONTROL = 0x30;

/** Log, options, time. */
export function serviceImports({ api, instance }: ImportContext): Imports {
  let control: qemu_plugin_time_control | null = null;
  return {
    qemu_plugin_outs: (text: number) => api.qemu_plugin_outs(instance().memory.string(text)),
    qemu_plugin_bool_parse(name: number, value: number, into: number): number {
      const { memory } = instance();
      const parsed = api.qemu_plugin_bool_parse(
        name ? memory.string(name) : '',
        value ? memory.string(value) : undefined,
      );
      if (parsed === undefined) return 0;
      memory.setU8(into, parsed ? 1 : 0);
      return 1;
    },
    qemu_plugin_path_to_binary(): number {
      const path = api.qemu_plugin_path_to_binary();
      return path === null ? 0 : instance().newString(path);
    },
    qemu_plugin_start_code: () => BigInt(api.qemu_plugin_start_code()),
    qemu_plugin_end_code: () => BigInt(api.qemu_plugin_end_code()),
    qemu_plugin_entry_code: () => BigInt(api.qemu_plugin_entry_code()),
    qemu_plugin_request_time_control(): number {
      control = api.qemu_plugin_request_time_control();
      return control ? TIME_CONTROL : 0;
    },
    qemu_plugin_update_ns(handle: number, time: bigint): void {
      if (handle !== TIME_CONTROL || !control) throw new Error('qemu_plugin_update_ns: the handle is not valid');
      api.qemu_plugin_update_ns(control, Number(time));
    },
  };
}
