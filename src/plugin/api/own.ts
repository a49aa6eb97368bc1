import { checkName, type ContributedKind } from '../contributions';
import type { PluginEngine } from '../engine';
import type { QemuPluginApi } from '../plugin-module';
import { RegisterUse } from '../register-use';
import { checkFunction } from './checks';

type Own = Pick<
  QemuPluginApi,
  | 'tcg_error'
  | 'tcg_request_stop'
  | 'tcg_read_register'
  | 'tcg_read_memory'
  | 'tcg_instructions'
  | 'tcg_source_line'
  | 'tcg_code_lines'
  | 'tcg_provide_cache_statistics'
  | 'tcg_cache_line'
  | 'tcg_cache_geometry'
  | 'tcg_register_cache_maintenance_cb'
  | 'tcg_register_statistics_cb'
  | 'tcg_contribute_view'
  | 'tcg_contribute_breakpoint_kind'
>;

/** What QEMU does not have. */
export function own(engine: PluginEngine): Own {
  const { host } = engine;
  const modelWithLines = () =>
    engine.plugins.find(({ active, cacheModel }) => active && cacheModel?.lineAddress)?.cacheModel;
  return {
    tcg_error: (text) => host.error(String(text)),
    tcg_request_stop: (reason) => engine.requestStop(String(reason)),
    tcg_read_register: (vcpu, name) =>
      engine.caller && engine.registerUse === RegisterUse.None ? null : (host.readRegister(vcpu, name) ?? null),
    tcg_read_memory: (vcpu, vaddr, length) => host.readMemory(vcpu, vaddr, length),
    tcg_instructions: () => host.instructions(),
    tcg_source_line: (vaddr) => host.lineAt(vaddr) ?? null,
    tcg_code_lines: () => host.codeLines?.() ?? [],
    tcg_provide_cache_statistics(id, model): void {
      engine.plugin(id, 'tcg_provide_cache_statistics').cacheModel = model;
      engine.connectMisses();
    },
    tcg_cache_line(level, core, set, way) {
      return modelWithLines()?.lineAddress?.(level, core, set, way) ?? null;
    },
    tcg_cache_geometry(level, core) {
      const levels = modelWithLines()?.statistics(0).levels ?? [];
      const found = levels.find((one) => one.name.toLowerCase() === level && one.core === core);
      if (!found) return null;
      const { sets, associativity, lineSize } = found;
      return { sets, associativity, lineSize };
    },
    tcg_register_cache_maintenance_cb(id, callback): void {
      const name = 'tcg_register_cache_maintenance_cb';
      if (callback) checkFunction(callback, name);
      engine.plugin(id, name).on('cache_maintenance', callback ?? undefined);
    },
    tcg_register_statistics_cb(id, callback): void {
      if (callback) checkFunction(callback, 'tcg_register_statistics_cb');
      engine.plugin(id, 'tcg_register_statistics_cb').contributions.statistics = callback ?? undefined;
    },
    tcg_contribute_view(id, view): void {
      const api = 'tcg_contribute_view';
      checkFunction(view.rows, api);
      engine.plugin(id, api).contributions.views.set(checkName(view.id, api), view);
    },
    tcg_contribute_breakpoint_kind(id, kind) {
      const api = 'tcg_contribute_breakpoint_kind';
      const plugin = engine.plugin(id, api);
      const name: ContributedKind = `plugin:${plugin.name}/${checkName(kind.name, api)}`;
      plugin.contributions.kinds.set(name, kind);
      const { breakpoints } = engine;
      return (event) => {
        if (breakpoints.has(name)) breakpoints.report({ ...event, kind: name });
      };
    },
  };
}
