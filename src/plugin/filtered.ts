import { PAGE_BITS } from '../tcg/layout';
import { LineTable, lineTableBytes, MIN_LINE_BITS, type LineTableShape } from '../tcg/line-table';
import type { ModelMemory } from '../tcg/model-memory';
import type { FilteredFunction } from '../tcg/wasm/filtered';
import type { WasmHost } from '../tcg/wasm/host';
import type { qemu_plugin_insn } from 'qemu-plugin';
import type { QemuPluginApi } from './plugin-module';

/** When an exec callback is left out: while a word of the shared memory has a value. */
export interface ExecFilter {
  /** Byte offset in the shared memory. */
  readonly offset: number;
  readonly value: number;
  /** Whether only code of the block's vCPU changes the word. */
  readonly exclusive: boolean;
}

/**
 * Callbacks that translated code leaves out where they would change nothing, for models whose usual event is one of those.
 * An exec callback leaves its word at the value, and changes no word that filters another but by that; so in a block the
 * callback of the next instruction with the same filter is left out without a look.
 */
export interface FilteredCallbacks {
  /** For state that filters read. */
  readonly memory: ModelMemory;
  /** For functions that compiled code calls instead of callbacks; undefined where nothing is compiled. */
  readonly wasm: WasmHost | undefined;
  /** The vCPU whose translation the instruction belongs to. */
  vcpuOf(insn: qemu_plugin_insn): number;
  exec<T>(
    insn: qemu_plugin_insn,
    callback: (vcpu: number, userdata: T) => void,
    userdata: T,
    filter: ExecFilter | undefined,
    compiled?: FilteredFunction,
  ): void;
  /** Called after each access, but where the table has its line. */
  mem<T>(
    insn: qemu_plugin_insn,
    callback: (vcpu: number, info: number, vaddr: number, userdata: T) => void,
    userdata: T,
    table: LineTable | undefined,
    compiled?: FilteredFunction,
  ): void;
  /** A new table for the vCPU, see {@link LineTable}; undefined where lines are too short or longer than a page, or memory is used up. */
  lineTable(vcpu: number, shape: LineTableShape): LineTable | undefined;
}

const known = new WeakMap<QemuPluginApi, FilteredCallbacks>();

/** What comes beside the public API, for the bundled plugins. */
export function provideFiltered(api: QemuPluginApi, filtered: FilteredCallbacks): void {
  known.set(api, filtered);
}

export function filteredOf(api: QemuPluginApi): FilteredCallbacks {
  const filtered = known.get(api);
  if (!filtered) throw new Error('this API is no engine’s');
  return filtered;
}

/** The tables of an engine's vCPUs. */
export class LineTables {
  private readonly tables: LineTable[] = [];

  constructor(private readonly memory: ModelMemory) {}

  create(vcpu: number, shape: LineTableShape): LineTable | undefined {
    if (shape.lineBits < MIN_LINE_BITS || shape.lineBits > PAGE_BITS) return undefined;
    const { buffer, offset, shared } = this.memory.allocate(lineTableBytes(shape.mask));
    if (!shared) return undefined;
    const table = new LineTable(new Int32Array(buffer), offset, vcpu, shape);
    this.tables.push(table);
    return table;
  }

  flush(vcpu: number): void {
    for (const table of this.tables) if (table.vcpu === vcpu) table.flush();
  }
}
