import { CpuRunState, type GuestCpu } from '../../../src/tcg/guest-cpu';
import type { CpuLoopExit, HelperDef, HelperFn } from '../../../src/tcg/helpers';
import { ConstantPool } from '../../../src/tcg/constants';
import { HostMemory } from '../../../src/tcg/host-memory';
import { Interpreter } from '../../../src/tcg/interp';
import type { InterpreterExit } from '../../../src/tcg/interp-state';
import { Discontinuity, type PluginRuntime } from '../../../src/tcg/instrument';
import type { IrBlock } from '../../../src/tcg/ir';
import { ENV_BASE, ENV_WORDS, MODELS_BASE } from '../../../src/tcg/layout';
import { lowerBlock } from '../../../src/tcg/lower';
import type { SoftMmu } from '../../../src/tcg/softmmu';
import { TranslationBlock } from '../../../src/tcg/tb';
import { parseIr } from '../../../src/tcg/text';

export const GLOBALS = ['a', 'b', 'c', 'd', 'pc', 'aux'].map((name, slot) => ({ name, slot }));

/** A vCPU without a guest: six globals and the interpreter, for running IR written as text. */
export class IrMachine {
  readonly memory = new HostMemory(new ArrayBuffer(MODELS_BASE + 0x10000));
  readonly env = new Int32Array(this.memory.buffer, ENV_BASE, ENV_WORDS);
  readonly constants = new ConstantPool([this.env]);
  readonly interpreter: Interpreter;
  readonly callbacks: string[] = [];
  stopAt: string | undefined;
  onCallback: () => void = () => undefined;

  constructor(
    mmu: Partial<SoftMmu> = {},
    private readonly helpers: readonly { def: HelperDef; fn: HelperFn }[] = [],
  ) {
    const noAccess = (): never => {
      throw new Error('no memory');
    };
    const cpu: GuestCpu = {
      index: 0,
      env: this.env,
      globals: GLOBALS,
      get translator(): never {
        throw new Error('no translator');
      },
      helpers: helpers.map((h) => h.fn),
      helperDefs: helpers.map((h) => h.def),
      inlineHelpers: new Map(),
      pcSlot: 4,
      auxSlot: 5,
      flagWords: [],
      interruptWords: { lines: 0, masks: 0, interrupts: [] },
      linkSlot: 3,
      memoryWords: [],
      returnFlags: (flags) => flags,
      jumpTable: () => undefined,
      isIdentityMapped: () => false,
      reset: () => undefined,
      tbFlags: () => 0,
      translate: noAccess,
      debugTranslate: () => undefined,
      mmuIndex: () => 0,
      accessFault: noAccess,
      handleExit: (_exit: CpuLoopExit) => CpuRunState.Running,
      exclusiveAddress: () => undefined,
      loseExclusive: () => undefined,
      discontinuityOf: () => Discontinuity.None,
      setPc: (address) => void (this.env[4] = address),
      hasWork: () => true,
      interruptPending: () => false,
      takeInterrupt: () => undefined,
    };
    const note = (text: string): boolean => {
      this.callbacks.push(text);
      this.onCallback();
      return text === this.stopAt;
    };
    const runtime: PluginRuntime = {
      execCallback: (_vcpu, index) => note(`exec ${index}`),
      memCallback: (_vcpu, index, vaddr, memop, rw) => note(`mem ${index} ${vaddr} ${memop} ${rw}`),
      discontinuity: () => false,
      vcpuIdle: () => undefined,
      mappingChanged: () => undefined,
      codeFull: () => undefined,
      filteredFunction: () => undefined,
      wantsStop: false,
      directCallback: () => undefined,
      callbackThrew: () => undefined,
      vcpuResume: () => undefined,
    };
    this.interpreter = new Interpreter(
      cpu,
      this.memory,
      { load: noAccess, store: noAccess, prepareStore: () => undefined, ...mmu },
      runtime,
      {
        findBlock: () => null,
      },
    );
  }

  parse(text: string): IrBlock {
    return parseIr(text, { globals: GLOBALS, helpers: this.helpers.map((h) => h.def) });
  }

  block(text: string): TranslationBlock {
    const ir = this.parse(text);
    return new TranslationBlock({ pc: 0x1000, flags: 0, size: 4, insns: [], ir }, lowerBlock(ir, this.constants));
  }

  /** Runs one block to its end and returns why it ended. */
  run(text: string, state: Record<string, number> = {}, budget = 100): InterpreterExit {
    this.set(state);
    this.interpreter.left = budget;
    return this.interpreter.execute(this.block(text), 0, false);
  }

  set(state: Record<string, number>): void {
    for (const [name, value] of Object.entries(state)) this.env[slotOf(name)] = value;
  }

  get(name: string): number {
    return this.env[slotOf(name)];
  }
}

function slotOf(name: string): number {
  const global = GLOBALS.find((g) => g.name === name);
  if (!global) throw new Error(`no global ${name}`);
  return global.slot;
}
