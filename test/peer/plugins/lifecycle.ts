// What test/peer/lifecycle.c prints.
import {
  qemu_plugin_n_max_vcpus,
  qemu_plugin_n_vcpus,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_flush_cb,
  qemu_plugin_register_vcpu_exit_cb,
  qemu_plugin_register_vcpu_idle_cb,
  qemu_plugin_register_vcpu_init_cb,
  qemu_plugin_register_vcpu_resume_cb,
  qemu_plugin_register_vcpu_tb_exec_cb,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_reset,
  qemu_plugin_uninstall,
  qemu_plugin_vcpu_for_each,
  type qemu_info_t,
} from 'qemu-plugin';

export const qemu_plugin_version = 1;

export function qemu_plugin_install(id: number, info: qemu_info_t, argv: string[]): number {
  const argument = (name: string): number =>
    Number(argv.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1));
  const [resetAt, uninstallAt] = [argument('reset'), argument('uninstall')];
  let [blocks, translated, phase] = [0, 0, 'first'];
  const report = (): void => qemu_plugin_outs(`${phase}: ${blocks} blocks, ${translated} translated\n`);
  const there = (_id: number, vcpu: number): void => qemu_plugin_outs(`there is vcpu ${vcpu}\n`);

  const register = (): void => {
    qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
      translated++;
      qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0, undefined);
    });
    qemu_plugin_register_atexit_cb(id, report);
  };
  const executed = (): void => {
    blocks++;
    if (blocks === resetAt && phase === 'first') {
      qemu_plugin_reset(id, () => {
        report();
        [blocks, translated, phase] = [0, 0, 'second'];
        qemu_plugin_register_flush_cb(id, () => qemu_plugin_outs('flush\n'));
        register();
      });
    }
    if (blocks === uninstallAt) {
      qemu_plugin_uninstall(id, () => {
        report();
        qemu_plugin_outs('uninstalled\n');
      });
    }
  };

  const { smp_vcpus, max_vcpus } = info.system;
  qemu_plugin_outs(`${info.target_name}, system ${Number(info.system_emulation)}, ${smp_vcpus} of ${max_vcpus}\n`);
  qemu_plugin_vcpu_for_each(id, there);
  qemu_plugin_register_vcpu_init_cb(id, (_id, vcpu) => {
    qemu_plugin_outs(`init ${vcpu}, ${qemu_plugin_n_vcpus()} of ${qemu_plugin_n_max_vcpus()} vcpus\n`);
    qemu_plugin_vcpu_for_each(id, there);
  });
  qemu_plugin_register_vcpu_exit_cb(id, (_id, vcpu) => qemu_plugin_outs(`exit of vcpu ${vcpu}\n`));
  if (argv.includes('idle=on')) {
    const note = (what: string) => (_id: number, vcpu: number) => {
      if (blocks) qemu_plugin_outs(`${what} ${vcpu} after ${blocks} blocks\n`);
    };
    qemu_plugin_register_vcpu_idle_cb(id, note('idle'));
    qemu_plugin_register_vcpu_resume_cb(id, note('resume'));
  }
  register();
  return 0;
}
