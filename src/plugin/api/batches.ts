import type { PluginEngine } from '../engine';
import { EVENT_INSN, EventRing, RING_BYTES } from '../event-ring';
import type { LoadedPlugin } from '../loaded-plugin';
import type { QemuPluginApi } from '../plugin-module';
import { RegisterUse } from '../register-use';
import { checkInsn } from '../translation-view';
import { checkFunction } from './checks';

type Batches = Pick<
  QemuPluginApi,
  'tcg_register_batch_cb' | 'tcg_register_vcpu_insn_exec_batch' | 'tcg_register_vcpu_mem_batch'
>;

/** Events that plugins are told of many at a time. */
export function batches(engine: PluginEngine): Batches {
  return {
    tcg_register_batch_cb(id, callback): void {
      const api = 'tcg_register_batch_cb';
      checkFunction(callback, api);
      const plugin = engine.plugin(id, api);
      if (plugin.ring) throw new Error(`${api}: the plugin has such a callback already`);
      const score = engine.newScoreboard(RING_BYTES, false);
      if (!score.isShared) throw new Error(`${api}: plugins' counters have left no room for events`);
      plugin.ring = new EventRing(score, (events, count) => {
        engine.callBatch(plugin, callback, events, count);
      });
    },
    tcg_register_vcpu_insn_exec_batch(handle, tag): void {
      const api = 'tcg_register_vcpu_insn_exec_batch';
      const { tb, index, source } = checkInsn(handle, api);
      const { plugin, registrations } = tb;
      const ring = ringOf(plugin, api);
      const word = checkTag(tag, api);
      const number = engine.addExec({
        plugin,
        name: 'insn_exec',
        callback: (vcpu) => ring.append(vcpu, word, source.vaddr, EVENT_INSN),
        flags: RegisterUse.None,
        userdata: undefined,
        event: { ring, tag: word, vaddr: source.vaddr },
      });
      const { generation } = plugin;
      registrations.exec[index].callbacks.push({ plugin, generation, index: number, flags: RegisterUse.None, rw: 0 });
    },
    tcg_register_vcpu_mem_batch(handle, rw, tag): void {
      const api = 'tcg_register_vcpu_mem_batch';
      const { tb, index } = checkInsn(handle, api);
      const { plugin, registrations } = tb;
      const ring = ringOf(plugin, api);
      const word = checkTag(tag, api);
      const number = engine.addMem({
        plugin,
        callback: (vcpu, info, vaddr) => ring.append(vcpu, word, vaddr, info),
        flags: RegisterUse.None,
        userdata: undefined,
        event: { ring, tag: word },
      });
      const { generation } = plugin;
      registrations.mem[index].callbacks.push({ plugin, generation, index: number, flags: RegisterUse.None, rw });
    },
  };
}

function ringOf({ ring }: LoadedPlugin, api: string): EventRing {
  if (!ring) throw new Error(`${api}: tcg_register_batch_cb comes first`);
  return ring;
}

function checkTag(tag: unknown, api: string): number {
  if (typeof tag === 'number' && Number.isInteger(tag) && tag >= -(2 ** 31) && tag < 2 ** 32) return tag >>> 0;
  throw new RangeError(`${api}: tag is not an integer of 32 bits: ${String(tag)}`);
}
