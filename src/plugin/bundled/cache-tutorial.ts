import type { TcgCacheMaintenance, qemu_plugin_insn } from 'qemu-plugin';
import { AttachedCaches } from '../cache/attach';
import { accessCounts, type CoreCaches, type LevelName } from '../cache/core';
import type { CacheHierarchy } from '../cache/hierarchy';
import { obeyL2c } from '../cache/l2c';
import { Access } from '../cache/set-associative';
import type { QemuPluginApi } from '../plugin-module';
import { formatFixed, percent } from './format';

const L1 = { size: 32 * 1024, associativity: 4, lineSize: 32 };
const L2 = { size: 512 * 1024, associativity: 8, lineSize: 32 };

/** Installs the tutorial's Cortex-A9 model, as docs/tutorial-cache.md specifies it. Returns install's result. */
export function installTutorialModel(api: QemuPluginApi, id: number, target: string, argv: readonly string[]): number {
  if (target !== 'arm') {
    api.qemu_plugin_outs('ERROR: Architecture not supported!\n');
    return 1;
  }
  if (argv.length !== 2) {
    api.qemu_plugin_outs('Wrong number of arguments to plugin!\n');
    return 1;
  }
  const bounds: number[] = [];
  for (const argument of argv) {
    const address = /^(0x)?[0-9a-f]+$/i.test(argument) ? parseInt(argument, 16) : NaN;
    if (!(address <= 0xffffffff)) {
      api.qemu_plugin_outs(`Not a hexadecimal address: ${argument}\n`);
      return 1;
    }
    bounds.push(address);
  }
  const model = new TutorialModel(api, bounds[0], bounds[1], api.qemu_plugin_n_vcpus());
  api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = api.qemu_plugin_tb_n_insns(tb);
    for (let i = 0; i < n; i++) model.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
  });
  api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(model.report()));
  api.tcg_register_cache_maintenance_cb(id, (_id, _vcpu, event) => model.maintained(event));
  api.tcg_provide_cache_statistics(id, model.caches);
  return 0;
}

class TutorialModel {
  readonly caches: CacheHierarchy;
  private readonly attached: AttachedCaches;
  private readonly core: CoreCaches;

  constructor(
    private readonly api: QemuPluginApi,
    private readonly begin: number,
    private readonly end: number,
    vcpus: number,
  ) {
    this.attached = new AttachedCaches(
      api,
      {
        model: 'cortex-a9',
        cores: 1,
        l1i: [L1, 'multiplicative'],
        l1d: [L1, 'multiplicative'],
        l2: [L2, 'round-robin'],
        l2FetchKind: Access.Load,
        withIo: true,
        leftOut: { start: begin, end },
      },
      vcpus,
    );
    this.caches = this.attached.hierarchy;
    this.core = this.caches.core(0);
  }

  translated(insn: qemu_plugin_insn): void {
    const { api } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    const record = this.caches.records.find(vaddr, () => ({
      vaddr,
      symbol: api.qemu_plugin_insn_symbol(insn),
      disassembly: api.qemu_plugin_insn_disas(insn),
    }));
    if (this.isText(vaddr)) this.attached.attachFetch(insn, record);
    this.attached.attachData(insn, record);
    const operation = maintenance(api.qemu_plugin_insn_data(insn));
    if (operation?.name === 'dcisw') {
      const { rt } = operation;
      api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.dcisw, api.QEMU_PLUGIN_CB_R_REGS, rt);
    } else if (operation?.name === 'iciallu') {
      api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.iciallu, api.QEMU_PLUGIN_CB_NO_REGS, undefined);
    }
  }

  private isText(address: number): boolean {
    return address >= this.begin && address < this.end;
  }

  private readonly dcisw = (vcpu: number, rt: string): void => {
    this.caches.maintenance++;
    const value = this.api.tcg_read_register(vcpu, rt) ?? 0;
    const set = (value >>> 4) & 0x3ff;
    this.core.l1d.invalidate(set, value >>> 30);
    this.core.l1dEntries.forget(set, value >>> 30);
  };

  /** Operations of the L2C-310, on a board that has it; those of CP15 come with their instructions. */
  maintained(event: TcgCacheMaintenance): void {
    if (event.source === 'l2c' && this.core.l2) obeyL2c(this.core.l2, event);
  }

  private readonly iciallu = (): void => {
    this.caches.maintenance++;
    this.core.l1i.invalidateAll();
    this.core.l1i.compulsory = 0;
  };

  report(): string {
    const { caches, core } = this;
    return (
      line('insn count', caches.instructions) +
      line('load count', accessCounts(core, 'l1d', Access.Load).accesses) +
      line('store count', accessCounts(core, 'l1d', Access.Store).accesses) +
      line('cp count', caches.maintenance) +
      section('icache', core, 'l1i', Access.Fetch, false) +
      section('dcache', core, 'l1d', Access.Load, true) +
      section('l2cache', core, 'l2', Access.Load, true)
    );
  }
}

function section(name: string, core: CoreCaches, level: LevelName, loads: Access, stores: boolean): string {
  const kind = (label: string, access: Access): string => {
    const { accesses, hits, misses } = accessCounts(core, level, access);
    return (
      line(`${name} ${label} hits`, hits) +
      line(`${name} ${label} misses`, misses) +
      `${aligned(`${name} ${label} miss rate:`, formatFixed(percent(misses, accesses), 5))}%\n`
    );
  };
  const cache = core[level];
  return (
    kind('load', loads) +
    (stores ? kind('store', Access.Store) : '') +
    line(`${name} compulsory misses`, cache?.compulsory ?? 0) +
    line(`${name} evictions`, cache?.evictions ?? 0)
  );
}

function line(label: string, value: number): string {
  return `${aligned(`${label}:`, String(value))}\n`;
}

/** The number ends in column 34, whatever the label's length. */
function aligned(label: string, number: string): string {
  return label + number.padStart(34 - label.length);
}

/** The cache operation that the opcode is, if it is one of the two that the model obeys; `rt` is its operand register. */
function maintenance(data: Uint8Array): { name: 'dcisw' | 'iciallu'; rt: string } | undefined {
  if (data.length !== 4) return undefined;
  const first = data[0] | (data[1] << 8);
  const second = data[2] | (data[3] << 8);
  const thumb = first === 0xee07;
  const a32 = ((second << 16) | first) >>> 0;
  if (!thumb && ((a32 & 0x0fff0000) !== 0x0e070000 || a32 >>> 28 === 15)) return undefined;
  const low = thumb ? second : first;
  const name = (low & 0xfff) === 0xf56 ? 'dcisw' : (low & 0xfff) === 0xf15 ? 'iciallu' : undefined;
  return name && { name, rt: REGISTERS[low >>> 12] };
}

const REGISTERS = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc'];
