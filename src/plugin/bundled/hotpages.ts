import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { booleanOption, numberOption, parseOptions } from './options';

interface Page {
  readonly address: number;
  readers: number;
  reads: number;
  writers: number;
  writes: number;
}

const ORDERS: Readonly<Record<string, (a: Page, b: Page) => number>> = {
  both: (a, b) => b.reads + b.writes - (a.reads + a.writes),
  reads: (a, b) => b.reads - a.reads,
  writes: (a, b) => b.writes - a.writes,
  address: (a, b) => b.address - a.address,
};

const newPage = (address: number): Page => ({ address, readers: 0, reads: 0, writers: 0, writes: 0 });

/** A power of two. */
const RECENT = 64;

/** At most so many rows are printed. */
const LIMIT = 50;

/** `libhotpages.so`: which pages of memory, or of devices with `io=on`, are read and written most. */
export function hotpagesPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let order = ORDERS.both;
      let io = false;
      let pageSize = 4096;
      const ok = parseOptions(api, argv, {
        sortby: (value) => {
          if (value === 'both' || !Object.hasOwn(ORDERS, value)) return `invalid value to sortby: ${value}`;
          order = ORDERS[value];
          return true;
        },
        io: booleanOption(api, 'io', (value) => (io = value)),
        pagesize: numberOption((value) => (pageSize = value), 1),
      });
      if (!ok) return -1;
      const bits = Math.log2(pageSize);
      if (!Number.isInteger(bits)) {
        api.tcg_error(`pagesize must be a power of two: ${pageSize}\n`);
        return -1;
      }

      const pages = new Map<number, Page>();
      const mask = bits < 32 ? -(2 ** bits) : 0;
      /** Pages accessed lately, by the lowest bits of their numbers. */
      const recent: Page[] = Array.from({ length: RECENT }, () => newPage(-1));
      const access = (vcpu: number, info: number, vaddr: number): void => {
        const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
        const isIo = api.qemu_plugin_hwaddr_is_io(hwaddr);
        if (io && !isIo) return;
        const at = hwaddr && !isIo ? api.qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
        const number = (at >>> bits) & (RECENT - 1);
        const address = (at & mask) >>> 0;
        let page = recent[number];
        if (page.address !== address) {
          page = pages.get(address) ?? newPage(address);
          pages.set(address, page);
          recent[number] = page;
        }
        if (api.qemu_plugin_mem_is_store(info)) {
          page.writes++;
          page.writers |= 1 << vcpu;
        } else {
          page.reads++;
          page.readers |= 1 << vcpu;
        }
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) {
          const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
          const rw = api.QEMU_PLUGIN_MEM_RW;
          api.qemu_plugin_register_vcpu_mem_cb(insn, access, api.QEMU_PLUGIN_CB_NO_REGS, rw, undefined);
        }
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        const sorted = [...pages.values()].sort((a, b) => order(a, b) || a.address - b.address);
        const cpus = (mask: number): string => hexAddress(mask >>> 0, 4);
        const rows = sorted
          .slice(0, LIMIT)
          .map((p) =>
            [hexAddress(p.address, 16), cpus(p.readers), p.reads, cpus(p.writers), p.writes].join(', ').concat('\n'),
          );
        api.qemu_plugin_outs(`Addr, RCPUs, Reads, WCPUs, Writes\n${rows.join('')}`);
      });
      return 0;
    },
  };
}
