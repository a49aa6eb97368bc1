import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { booleanOption, parseOptions } from './options';

interface Counts {
  reads: number;
  readers: number;
  writes: number;
  writers: number;
}

interface Device extends Counts {
  readonly name: string;
  readonly base: number;
  /** By offset (`pattern`) or by the address of the instruction (`source`). */
  readonly details: Map<number, Counts>;
}

const none = (): Counts => ({ reads: 0, readers: 0, writes: 0, writers: 0 });

/** `libhwprofile.so`: accesses to devices, by device, by register or by the code that makes them. */
export function hwprofilePlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      let rw: 1 | 2 | 3 = api.QEMU_PLUGIN_MEM_RW;
      let source = false;
      let pattern = false;
      const matches: string[] = [];
      const ok = parseOptions(api, argv, {
        track: (value) => {
          if (value !== 'read' && value !== 'write') return `invalid value for track: ${value}`;
          rw = value === 'read' ? api.QEMU_PLUGIN_MEM_R : api.QEMU_PLUGIN_MEM_W;
          return true;
        },
        source: booleanOption(api, 'source', (value) => (source = value)),
        pattern: booleanOption(api, 'pattern', (value) => (pattern = value)),
        match: (value) => {
          matches.push(value);
          return true;
        },
      });
      if (!ok) return -1;
      if (source && pattern) {
        api.tcg_error('can only currently track either source or pattern.\n');
        return -1;
      }
      if (!info.system_emulation) {
        api.tcg_error('plugin is only useful for system emulation\n');
        return -1;
      }
      const devices = new Map<string, Device>();
      const count = (counts: Counts, vcpu: number, store: boolean): void => {
        if (store) {
          counts.writes++;
          counts.writers |= 1 << vcpu;
        } else {
          counts.reads++;
          counts.readers |= 1 << vcpu;
        }
      };
      const access = (vcpu: number, meminfo: number, vaddr: number, pc: number): void => {
        const hwaddr = api.qemu_plugin_get_hwaddr(meminfo, vaddr);
        if (!hwaddr || !api.qemu_plugin_hwaddr_is_io(hwaddr)) return;
        const name = api.qemu_plugin_hwaddr_device_name(hwaddr) ?? '';
        if (matches.length > 0 && !matches.includes(name)) return;
        const physical = api.qemu_plugin_hwaddr_phys_addr(hwaddr);
        let device = devices.get(name);
        if (!device) {
          const base = physical - api.qemu_plugin_hwaddr_device_offset(hwaddr);
          devices.set(name, (device = { ...none(), name, base, details: new Map() }));
        }
        const store = api.qemu_plugin_mem_is_store(meminfo);
        count(device, vcpu, store);
        if (!source && !pattern) return;
        const key = source ? pc : physical - device.base;
        let detail = device.details.get(key);
        if (!detail) device.details.set(key, (detail = none()));
        count(detail, vcpu, store);
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) {
          const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
          const pc = api.qemu_plugin_insn_vaddr(insn);
          api.qemu_plugin_register_vcpu_mem_cb(insn, access, api.QEMU_PLUGIN_CB_NO_REGS, rw, pc);
        }
      });
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(report(devices, rw, source ? 'pc' : 'off')));
      return 0;
    },
  };
}

function report(devices: ReadonlyMap<string, Device>, rw: 1 | 2 | 3, label: string): string {
  const [reads, writes] = [(rw & 1) !== 0, (rw & 2) !== 0];
  const cells = (counts: Counts): string =>
    [
      ...(reads ? [hexAddress(counts.readers, 4), counts.reads] : []),
      ...(writes ? [hexAddress(counts.writers, 4), counts.writes] : []),
    ].join(', ');
  const total = ({ reads: r, writes: w }: Counts): number => r + w;
  const header = ['Device, Address', ...(reads ? ['RCPUs, Reads'] : []), ...(writes ? [' WCPUs, Writes'] : [])].join(
    ', ',
  );
  const lines = [...devices.values()]
    .sort((a, b) => total(b) - total(a) || a.base - b.base)
    .flatMap((device) => [
      `${device.name}, ${hexAddress(device.base)}, ${cells(device)}`,
      ...[...device.details]
        .sort(([a, x], [b, y]) => total(y) - total(x) || a - b)
        .map(([key, counts]) => `  ${label}:${key.toString(16).padStart(8, '0')}, ${cells(counts)}`),
    ]);
  return [header, ...lines, ''].join('\n');
}
