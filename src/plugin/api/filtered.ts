import type { PluginEngine } from '../engine';
import type { FilteredCallbacks } from '../filtered';
import { MEM_R, MEM_W } from '../meminfo';
import { RegisterUse } from '../register-use';
import { checkInsn } from '../translation-view';

/** {@link FilteredCallbacks} on top of `engine`. */
export function filteredCallbacks(engine: PluginEngine): FilteredCallbacks {
  const flags = RegisterUse.None;
  return {
    memory: engine.models,
    wasm: engine.host.wasm,
    vcpuOf: (handle) => checkInsn(handle, 'filtered callbacks').tb.vcpu,
    exec(handle, callback, userdata, execFilter, compiled) {
      const { tb, index: insn } = checkInsn(handle, 'filtered exec callback');
      const { plugin } = tb;
      const untyped = callback as (vcpu: number, userdata: unknown) => void;
      const index = engine.addExec({ plugin, name: 'insn_exec', callback: untyped, flags, userdata, compiled });
      const { generation } = plugin;
      tb.registrations.exec[insn].callbacks.push({ plugin, generation, index, flags, rw: 0, execFilter });
    },
    mem(handle, callback, userdata, lines, compiled) {
      const { tb, index: insn } = checkInsn(handle, 'filtered mem callback');
      const { plugin } = tb;
      const untyped = callback as (vcpu: number, info: number, vaddr: number, userdata: unknown) => void;
      const index = engine.addMem({ plugin, callback: untyped, flags, userdata, compiled });
      const { generation } = plugin;
      tb.registrations.mem[insn].callbacks.push({ plugin, generation, index, flags, rw: MEM_R | MEM_W, lines });
    },
    lineTable: (vcpu, shape) => engine.lineTables.create(vcpu, shape),
  };
}
