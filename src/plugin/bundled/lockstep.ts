import type { TcgSocket } from 'qemu-plugin';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { hexAddress } from './format';
import { booleanOption, parseOptions } from './options';

/** Blocks that are compared at once. A frame is their number and, for each, its address and the instructions before it. */
const BATCH = 256;
const STATE_BYTES = 16;
/** The last blocks shown where the two part. */
const SHOWN = 6;

interface BlockState {
  readonly pc: number;
  /** Instructions executed before the block. */
  readonly insns: number;
}

/**
 * `liblockstep.so,sockpath=p`: two runs of the program, each with this plugin and the same path, compare the blocks that they
 * execute and stop where they part.
 */
export function lockstepPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      let sockpath = '';
      let verbose = false;
      const ok = parseOptions(api, argv, {
        sockpath: (value) => {
          sockpath = value;
          return value !== '';
        },
        verbose: booleanOption(api, 'verbose', (value) => (verbose = value)),
      });
      if (!ok) return -1;
      if (!sockpath) {
        api.tcg_error('Need a socket path to talk to other instance.\n');
        return -1;
      }
      if (info.system_emulation && info.system.smp_vcpus > 1) {
        api.tcg_error('lockstep: one vCPU only: the order of several is not part of the comparison\n');
        return -1;
      }
      const lockstep = new Lockstep(api, api.tcg_open_socket(sockpath), verbose);
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const block = { pc: api.qemu_plugin_tb_vaddr(tb), insns: api.qemu_plugin_tb_n_insns(tb) };
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, lockstep.executed, api.QEMU_PLUGIN_CB_NO_REGS, block);
      });
      api.qemu_plugin_register_atexit_cb(id, () => lockstep.finish());
      return 0;
    },
  };
}

class Lockstep {
  private blocks = 0;
  private theirBlocks = 0;
  private insns = 0;
  private batch: BlockState[] = [];
  private last: BlockState[] = [];
  private diverged = false;

  constructor(
    private readonly api: QemuPluginApi,
    private readonly socket: TcgSocket,
    private readonly verbose: boolean,
  ) {}

  readonly executed = (_vcpu: number, block: BlockState): void => {
    if (this.diverged) return;
    this.batch.push({ pc: block.pc, insns: this.insns });
    this.insns += block.insns;
    this.blocks++;
    if (this.batch.length === BATCH) this.exchange();
  };

  private exchange(): void {
    this.socket.send(frameOf(this.batch));
    const theirs = this.receive();
    const ours = this.batch;
    this.batch = [];
    this.theirBlocks += theirs.length;
    const at = ours.findIndex((state, i) => theirs[i]?.pc !== state.pc || theirs[i]?.insns !== state.insns);
    if (at >= 0 || theirs.length > ours.length) return this.report(ours, theirs, at < 0 ? ours.length : at);
    this.last = [...this.last, ...ours].slice(-SHOWN);
    if (this.verbose) this.api.qemu_plugin_outs(`${this.blocks} blocks in step\n`);
  }

  /** The other side's frame; none once it has gone. */
  private receive(): BlockState[] {
    const head = this.socket.receive(4);
    if (!head) return [];
    const count = new DataView(head.buffer).getUint32(0, true);
    const bytes = this.socket.receive(count * STATE_BYTES);
    if (!bytes) return [];
    const view = new DataView(bytes.buffer);
    return Array.from({ length: count }, (_, i) => ({
      pc: view.getFloat64(STATE_BYTES * i, true),
      insns: view.getFloat64(STATE_BYTES * i + 8, true),
    }));
  }

  private report(ours: readonly BlockState[], theirs: readonly BlockState[], at: number): void {
    const { api } = this;
    this.diverged = true;
    const describe = (state: BlockState | undefined): string =>
      state ? `${hexAddress(state.pc, 8)} after ${state.insns} instructions` : 'at its end';
    api.qemu_plugin_outs(
      [
        `Diverged at block ${this.blocks - ours.length + at + 1}: here ${describe(ours[at])}, there ${describe(theirs[at])}`,
        'The blocks before:',
        ...[...this.last, ...ours.slice(0, at)].slice(-SHOWN).map((state) => `  ${describe(state)}`),
        '',
      ].join('\n'),
    );
    this.socket.close();
    api.tcg_exit(1, 'lockstep: the two runs have parted');
  }

  finish(): void {
    if (!this.diverged) {
      // The last frame is shorter than the others, so both sides know.
      this.exchange();
    }
    if (!this.diverged) {
      this.api.qemu_plugin_outs('No divergence :-)\n');
      this.socket.close();
    }
    this.api.qemu_plugin_outs(
      `Executed ${this.blocks}/${this.theirBlocks} blocks\nExecuted ~${this.insns} instructions\n`,
    );
  }
}

function frameOf(batch: readonly BlockState[]): Uint8Array {
  const bytes = new Uint8Array(4 + STATE_BYTES * batch.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, batch.length, true);
  batch.forEach(({ pc, insns }, i) => {
    view.setFloat64(4 + STATE_BYTES * i, pc, true);
    view.setFloat64(12 + STATE_BYTES * i, insns, true);
  });
  return bytes;
}
