import type { PluginModule } from '../plugin-module';
import { booleanOption, parseOptions } from './options';

interface Call {
  readonly number: number;
  calls: number;
  errors: number;
}

/**
 * `libsyscall.so`: system calls of user-mode emulation, counted or, with `print`, as they come. A whole machine has none:
 * the table is empty, as QEMU's then.
 */
export function syscallPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let print = false;
      const ok = parseOptions(api, argv, {
        print: booleanOption(api, 'print', (value) => (print = value)),
        log_writes: booleanOption(api, 'log_writes', () => undefined),
      });
      if (!ok) return -1;
      const calls = new Map<number, Call>();
      api.qemu_plugin_register_vcpu_syscall_cb(id, (_id, _vcpu, number) => {
        if (print) return api.qemu_plugin_outs(`syscall #${number}\n`);
        let call = calls.get(number);
        if (!call) calls.set(number, (call = { number, calls: 0, errors: 0 }));
        call.calls++;
      });
      api.qemu_plugin_register_vcpu_syscall_ret_cb(id, (_id, _vcpu, number, ret) => {
        if (print) return api.qemu_plugin_outs(`syscall #${number} returned -> ${ret}\n`);
        const call = calls.get(number);
        if (call && ret < 0) call.errors++;
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        if (print) return;
        const rows = [...calls.values()]
          .sort((a, b) => b.calls - a.calls || a.number - b.number)
          .map((call) => `${String(call.number).padEnd(13)}${String(call.calls).padEnd(6)} ${call.errors}\n`);
        api.qemu_plugin_outs(`syscall no.  calls  errors\n${rows.join('')}`);
      });
      return 0;
    },
  };
}
