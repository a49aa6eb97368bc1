import type { PluginEngine } from '../engine';
import type { QemuPluginApi } from '../plugin-module';
import { U64Entry, wordsOf } from '../scoreboard';
import { checkEntry, checkScoreboard, checkVcpu } from './checks';

type Scoreboards = Pick<
  QemuPluginApi,
  | 'qemu_plugin_scoreboard_new'
  | 'qemu_plugin_scoreboard_free'
  | 'qemu_plugin_scoreboard_find'
  | 'qemu_plugin_scoreboard_u64'
  | 'qemu_plugin_scoreboard_u64_in_struct'
  | 'qemu_plugin_u64_add'
  | 'qemu_plugin_u64_get'
  | 'qemu_plugin_u64_set'
  | 'qemu_plugin_u64_sum'
  | 'tcg_u64_new'
>;

/** The largest element of a scoreboard, in bytes. */
const MAX_ELEMENT = 1 << 24;

/** Per-vCPU storage. */
export function scoreboards(engine: PluginEngine): Scoreboards {
  const vcpuOf = (vcpu: number, api: string): number => checkVcpu(vcpu, engine.host.smpVcpus, api);
  return {
    qemu_plugin_scoreboard_new(size) {
      if (!Number.isInteger(size) || size < 1 || size > MAX_ELEMENT) {
        throw new RangeError(`qemu_plugin_scoreboard_new: an element has 1 to ${MAX_ELEMENT} bytes, not ${size}`);
      }
      return engine.newScoreboard(size);
    },
    qemu_plugin_scoreboard_free: (score) =>
      engine.freeScoreboard(checkScoreboard(score, 'qemu_plugin_scoreboard_free')),
    qemu_plugin_scoreboard_find: (score, vcpu) =>
      checkScoreboard(score, 'qemu_plugin_scoreboard_find').find(vcpuOf(vcpu, 'qemu_plugin_scoreboard_find')),
    qemu_plugin_scoreboard_u64: (score) => entryOf(score, 0, 'qemu_plugin_scoreboard_u64'),
    qemu_plugin_scoreboard_u64_in_struct: (score, offset) =>
      entryOf(score, offset, 'qemu_plugin_scoreboard_u64_in_struct'),
    qemu_plugin_u64_add(entry, vcpu, added): void {
      const { score, offset } = checkEntry(entry, 'qemu_plugin_u64_add');
      score.add(vcpuOf(vcpu, 'qemu_plugin_u64_add'), offset, wordsOf(added, 'qemu_plugin_u64_add: added'));
    },
    qemu_plugin_u64_get(entry, vcpu) {
      const { score, offset } = checkEntry(entry, 'qemu_plugin_u64_get');
      return score.get(vcpuOf(vcpu, 'qemu_plugin_u64_get'), offset);
    },
    qemu_plugin_u64_set(entry, vcpu, value): void {
      const { score, offset } = checkEntry(entry, 'qemu_plugin_u64_set');
      score.store(vcpuOf(vcpu, 'qemu_plugin_u64_set'), offset, wordsOf(value, 'qemu_plugin_u64_set: val'));
    },
    qemu_plugin_u64_sum(entry) {
      const { score, offset } = checkEntry(entry, 'qemu_plugin_u64_sum');
      return new U64Entry(score, offset).get();
    },
    tcg_u64_new: () => new U64Entry(engine.newScoreboard(8, false), 0),
  };
}

function entryOf(score: unknown, offset: number, api: string): U64Entry {
  const entry = checkEntry({ score, offset }, api);
  return new U64Entry(entry.score, entry.offset);
}
