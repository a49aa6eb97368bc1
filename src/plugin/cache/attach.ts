import type { LineTable } from '../../tcg/line-table';
import { memOpMmuIndex } from '../../tcg/memop';
import type { FilteredFunction } from '../../tcg/wasm/filtered';
import type { WasmValue } from '../../tcg/wasm/host';
import type { qemu_plugin_insn } from 'qemu-plugin';
import { filteredOf, type FilteredCallbacks } from '../filtered';
import { memIsStore } from '../meminfo';
import type { QemuPluginApi } from '../plugin-module';
import type { CoreCaches } from './core';
import { CacheHierarchy } from './hierarchy';
import { LineEntries } from './line-entries';
import { LineHints } from './line-hints';
import type { Policy } from './policies';
import type { InstructionRecord } from './records';
import { Access, SetAssociativeCache, type CacheGeometry } from './set-associative';
import { wasmFunctions, type VcpuFunctions } from './wasm-functions';

/** What a model's caches are, for each core. */
export interface HierarchyConfig {
  readonly model: string;
  readonly cores: number;
  readonly l1i: readonly [CacheGeometry, Policy];
  readonly l1d: readonly [CacheGeometry, Policy];
  readonly l2?: readonly [CacheGeometry, Policy];
  /** How the L2 counts the fetches that come to it. */
  readonly l2FetchKind: Access.Load | Access.Fetch;
  /** Whether data accesses that memory does not answer are the model's as well, by their virtual address. */
  readonly withIo: boolean;
  /** Physical addresses [start, end) whose data accesses are none for the model. */
  readonly leftOut?: { readonly start: number; readonly end: number };
}

/**
 * A model's caches joined to the instructions of the guest: counters and filtered callbacks in translated code, and what
 * the callbacks do. Where a table can be had, a data access to a line that the cache has calls nothing.
 */
export class AttachedCaches {
  readonly hierarchy: CacheHierarchy;
  private readonly filtered: FilteredCallbacks;
  /** By vCPU. */
  private readonly tables: readonly (LineTable | undefined)[];
  /** By vCPU. */
  private readonly functions: readonly VcpuFunctions[] | undefined;
  /** By vCPU: what is done for accesses to devices, where they are none for the model. */
  private readonly toDevices: readonly ((isStore: boolean) => void)[];

  constructor(
    private readonly api: QemuPluginApi,
    private readonly config: HierarchyConfig,
    vcpus: number,
  ) {
    const filtered = filteredOf(api);
    this.filtered = filtered;
    const allocate = filtered.memory.allocate.bind(filtered.memory);
    const make = ([geometry, policy]: readonly [CacheGeometry, Policy], hasFront = true): SetAssociativeCache =>
      new SetAssociativeCache(geometry, policy, allocate, hasFront);
    const core = (): CoreCaches => {
      const [l1i, l1d] = [make(config.l1i), make(config.l1d, false)];
      return {
        l1i,
        l1iHints: new LineHints(l1i, filtered.memory),
        l1d,
        l1dEntries: new LineEntries(l1d, allocate),
        ...(config.l2 ? { l2: make(config.l2) } : {}),
        l2FetchKind: config.l2FetchKind,
        loads: api.tcg_u64_new(),
        stores: api.tcg_u64_new(),
        fetches: api.tcg_u64_new(),
      };
    };
    const cores = Array.from({ length: config.cores }, core);
    this.hierarchy = new CacheHierarchy(config.model, cores, filtered.memory);
    this.tables = Array.from({ length: vcpus }, (_, vcpu) => {
      const { l1d, l1dEntries } = this.hierarchy.core(vcpu);
      if (!l1dEntries.shared) return undefined;
      const mask = tableEntries(l1dEntries.count) - 1;
      const { lineBits, layout } = l1d;
      return filtered.lineTable(vcpu, { lineBits, mask, clock: layout.clock ?? 0, made: l1dEntries });
    });
    const { leftOut } = config;
    const { listening } = this.hierarchy;
    this.toDevices = this.tables.map(
      (_, vcpu) => (isStore) => this.hierarchy.ignore(vcpu, isStore ? Access.Store : Access.Load),
    );
    this.functions =
      filtered.wasm &&
      wasmFunctions(filtered.wasm, {
        cores,
        tables: this.tables,
        leftOut,
        listening: listening.byteOffset,
      });
  }

  /** The instruction's fetches, from the address of its record, go to the L1I. */
  attachFetch(insn: qemu_plugin_insn, record: InstructionRecord): void {
    const { api, filtered, hierarchy } = this;
    const vcpu = filtered.vcpuOf(insn);
    const { l1i, l1iHints, fetches } = hierarchy.core(vcpu);
    const { front, shared } = l1i.layout;
    const filter =
      shared && front !== undefined
        ? {
            offset: front + 4 * l1i.setOf(record.address),
            value: (record.address >>> l1i.lineBits) | 0,
            exclusive: this.tables.length <= hierarchy.cores.length,
          }
        : undefined;
    const held = l1iHints.of(record.address);
    const compiled = held && compiledOf(this.functions?.[vcpu].fetch, record);
    filtered.exec(insn, this.fetch, record, filter, compiled && { ...compiled, held });
    api.qemu_plugin_register_vcpu_insn_exec_inline(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, fetches, 1);
  }

  /** The instruction's data accesses go to the L1D. */
  attachData(insn: qemu_plugin_insn, record: InstructionRecord): void {
    const { api, filtered } = this;
    const vcpu = filtered.vcpuOf(insn);
    const { loads, stores } = this.hierarchy.core(vcpu);
    const compiled = compiledOf(this.functions?.[vcpu].data, record);
    const device = this.config.withIo ? undefined : this.toDevices[vcpu];
    filtered.mem(insn, this.data, record, this.tables[vcpu], compiled && { ...compiled, device });
    const add = api.QEMU_PLUGIN_INLINE_ADD_U64;
    api.qemu_plugin_register_vcpu_mem_inline(insn, api.QEMU_PLUGIN_MEM_R, add, loads, 1);
    api.qemu_plugin_register_vcpu_mem_inline(insn, api.QEMU_PLUGIN_MEM_W, add, stores, 1);
  }

  private readonly fetch = (vcpu: number, insn: InstructionRecord): void => {
    this.hierarchy.fetch(vcpu, insn, insn.address);
  };

  private readonly data = (vcpu: number, info: number, vaddr: number, insn: InstructionRecord): void => {
    const { hierarchy, config } = this;
    const { leftOut } = config;
    const kind = memIsStore(info) ? Access.Store : Access.Load;
    const table = this.tables[vcpu];
    const mmuIndex = memOpMmuIndex(info);
    let address = table?.physical(vaddr, mmuIndex) ?? -1;
    const inTlb = address >= 0;
    if (!inTlb) address = this.addressOf(info, vaddr);
    if (address < 0 || (leftOut && address >= leftOut.start && address < leftOut.end)) {
      hierarchy.ignore(vcpu, kind);
      return;
    }
    const { l1d, l1dEntries } = hierarchy.core(vcpu);
    hierarchy.data(vcpu, insn, address, kind);
    // A line is in the table as a whole, so none of it may be left out.
    const line = address - (address % l1d.geometry.lineSize);
    const whole = !leftOut || line >= leftOut.end || line + l1d.geometry.lineSize <= leftOut.start;
    l1dEntries.settle(address, inTlb && whole ? table : undefined, vaddr, mmuIndex);
  };

  /** The address by which an access that the TLB does not know is the model's; -1 when it is not. */
  private addressOf(info: number, vaddr: number): number {
    const { api } = this;
    const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
    if (!hwaddr) return vaddr;
    if (!api.qemu_plugin_hwaddr_is_io(hwaddr)) return api.qemu_plugin_hwaddr_phys_addr(hwaddr);
    return this.config.withIo ? vaddr : -1;
  }
}

/** Entries of a part of the table for a cache of so many lines: few lines should be in each other's way. */
function tableEntries(lines: number): number {
  return 1 << Math.min(14, Math.max(6, Math.ceil(Math.log2(lines)) + 3));
}

/** The function for an instruction's callback; undefined where its record is out of the function's reach. */
function compiledOf(
  made: readonly WasmValue[] | undefined,
  { offset }: InstructionRecord,
): FilteredFunction | undefined {
  return made === undefined || offset < 0 ? undefined : { functions: made, data: offset };
}
