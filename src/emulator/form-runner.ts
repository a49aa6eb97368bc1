import type { InstructionForms, RunForms } from '../tcg/forms';
import type { GuestCpu } from '../tcg/guest-cpu';
import type { HostMemory } from '../tcg/host-memory';
import { ENV_FORMS } from '../tcg/layout';
import type { WasmHost } from '../tcg/wasm/host';

/** Runs the instructions of one vCPU that have forms; made when the first one runs. */
export class FormRunner {
  private runs: RunForms | undefined;

  constructor(
    private readonly forms: InstructionForms,
    private readonly cpu: GuestCpu,
    private readonly memory: HostMemory,
    private readonly host: WasmHost,
  ) {}

  accepts(flags: number): boolean {
    return this.forms.accepts(flags);
  }

  /** Bytes of the small page at whose boundaries blocks end. */
  get blockBytes(): number {
    return this.forms.blockBytes;
  }

  get run(): RunForms {
    return (this.runs ??= this.instantiate());
  }

  private instantiate(): RunForms {
    const { forms, cpu, memory, host } = this;
    const env = cpu.env.byteOffset;
    const { wasm, table } = forms.module(env, (text) => host.fromBase64(text));
    memory.u8.set(table, env + 4 * ENV_FORMS);
    return host.instantiate(wasm, { env: { memory: host.memory } })['run'] as RunForms;
  }
}
