import type { TcgBreakpointEvent, TcgCacheMiss } from 'qemu-plugin';
import type { ImportContext, Imports } from './module';

const LEVELS: readonly TcgCacheMiss['level'][] = ['l1i', 'l1d', 'l2'];

/** What QEMU does not have, as `tcgscope.h` declares it. */
export function ownImports({ api, instance, callbacks, flush }: ImportContext): Imports {
  const text = (at: number): string => (at ? instance().memory.string(at) : '');
  /** By handle, from 1. */
  const kinds: ((event: TcgBreakpointEvent) => void)[] = [];
  return {
    tcg_request_stop: (reason: number) => api.tcg_request_stop(text(reason)),
    tcg_exit: (code: number, reason: number) => {
      flush();
      api.tcg_exit(code, reason ? text(reason) : undefined);
    },
    tcg_instructions: () => BigInt(api.tcg_instructions()),
    tcg_source_line(vaddr: bigint, file: number, line: number): number {
      const found = api.tcg_source_line(Number(vaddr));
      if (!found) return 0;
      const { memory } = instance();
      if (file) memory.setU32(file, instance().ownString(found.file));
      if (line) memory.setU32(line, found.line);
      return 1;
    },
    tcg_cache_line(level: number, core: number, set: number, way: number, into: number): number {
      const line = api.tcg_cache_line(LEVELS[level], core, set, way);
      if (line === null) return 0;
      instance().memory.setU64(into, BigInt(line));
      return 1;
    },
    tcg_register_cache_maintenance_cb: (id: bigint, cb: number) =>
      api.tcg_register_cache_maintenance_cb(
        Number(id),
        callbacks.optional(cb, (fn) => (self, vcpu, { source, operation, value }): void => {
          const name = instance().ownString(operation);
          callbacks.call(fn, BigInt(self), vcpu, source === 'l2c' ? 1 : 0, name, value);
        }),
      ),
    tcg_register_statistics_cb: (id: bigint, cb: number) =>
      api.tcg_register_statistics_cb(
        Number(id),
        callbacks.optional(cb, (fn) => () => ownedText(callbacks.call(fn, id))),
      ),
    tcg_contribute_view(id: bigint, name: number, title: number, columns: number, rows: number): void {
      const fn = instance().function(rows);
      if (!fn) throw new Error('tcg_contribute_view: the callback is NULL');
      api.tcg_contribute_view(Number(id), {
        id: text(name),
        title: text(title),
        columns: text(columns).split('\t'),
        rows: (limit) => rowsOf(ownedText(callbacks.call(fn, id, limit))),
      });
    },
    tcg_contribute_breakpoint_kind(id: bigint, name: number, label: number, description: number): number {
      const kind = { name: text(name), label: text(label), description: text(description) };
      return kinds.push(api.tcg_contribute_breakpoint_kind(Number(id), kind));
    },
    tcg_breakpoint(kind: number, vcpu: number, pc: bigint, what: number): void {
      const report = kinds[kind - 1];
      if (!report) throw new Error(`tcg_breakpoint: ${kind} is no kind of breakpoint`);
      report({ vcpu, pc: Number(pc), text: text(what) });
    },
  };

  /** The text that a callback has made with malloc and given away; NULL is an empty one. */
  function ownedText(at: unknown): string {
    const pointer = Number(at) >>> 0;
    if (!pointer) return '';
    const made = text(pointer);
    instance().free(pointer);
    return made;
  }
}

/** Rows are lines, cells stand between tabs; a decimal number is one. */
function rowsOf(made: string): (string | number)[][] {
  return made
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t').map((cell) => (/^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell)));
}
