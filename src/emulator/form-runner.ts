import type { InstructionForms, RunForms } from '../tcg/forms';
import type { GuestCpu } from '../tcg/guest-cpu';
import type { HostMemory } from '../tcg/host-memory';
import { ENV_FORMS, FORM_INDEX_BITS } from '../tcg/layout';
import type { WasmHost } from '../tcg/wasm/host';

/** The forms of one vCPU's instructions in its module, and their table, which is filled as words are met. */
export class FormRunner {
  readonly run: RunForms;
  private readonly met = new Uint8Array(1 << FORM_INDEX_BITS);
  /** The table's first element in the memory's halfwords. */
  private readonly table: number;

  constructor(
    readonly forms: InstructionForms,
    { env }: GuestCpu,
    private readonly memory: HostMemory,
    host: WasmHost,
  ) {
    this.table = (env.byteOffset + 4 * ENV_FORMS) >>> 1;
    const module = forms.module(host.memoryPages, env.byteOffset);
    this.run = host.instantiate(module, { env: { memory: host.memory } })['run'] as RunForms;
  }

  /** Looks for the form of words like this one, unless it has done so before; true if it has found one now. */
  learn(word: number): boolean {
    const index = this.forms.indexOf(word);
    if (this.met[index]) return false;
    this.met[index] = 1;
    const form = this.forms.formOf(word);
    this.memory.u16[this.table + index] = form;
    return form !== 0;
  }
}
