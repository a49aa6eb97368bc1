import { InterpreterExit } from '../tcg/interp-state';
import { CONTROL_BASE, Control, TierWord } from '../tcg/layout';
import type { CounterAdd } from '../tcg/wasm/counters';
import { Status, type HandOver } from '../tcg/wasm/linkage';
import type { Runtime } from '../tcg/wasm/runtime';
import type { CompiledCallouts, Wish } from './compiled-callouts';
import type { CompiledTails } from './compiled-tails';
import type { RunServices } from './tier-services';

const PLUGIN_WORD = CONTROL_BASE / 4 + Control.PluginInCallback;

/** Enters compiled code of one vCPU, and hands over to the interpreter where it left in the middle of a block. */
export class CompiledRun {
  /** The shared memory as plugins' counters. */
  private readonly counters: BigUint64Array;
  /** Compiled code runs. */
  private isInside = false;

  /** @param handOvers by number of the site */
  constructor(
    private readonly services: RunServices,
    private readonly callouts: CompiledCallouts,
    private readonly functions: Runtime,
    private readonly handOvers: readonly HandOver[],
    private readonly tails: CompiledTails,
  ) {
    const { buffer } = services.memory;
    this.counters = new BigUint64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
  }

  /** Runs from the function at `slot` on, which begins with the block for the state; where it hands over, the interpreter too. */
  enter(slot: number): InterpreterExit {
    return this.run(this.functions.enter, slot);
  }

  private run(code: (argument: number) => Status, argument: number): InterpreterExit {
    const { callouts, handOvers } = this;
    const { interpreter, cpu } = this.services;
    const { env } = cpu;
    callouts.begin();
    const status = this.call(code, argument);
    const wish = this.takeWish(status);
    if (status === Status.Interpret && (wish === 'device' || wish === 'endWithBlock')) {
      // The budget is what the device's access has made of it.
      const place = handOvers[env[TierWord.Site]];
      const { tb, at, ahead } = place;
      this.takeBack(ahead);
      if (wish === 'endWithBlock') interpreter.endWithBlock(tb, at);
      else this.services.cutToBoundary(tb, at);
      return this.enterTail(place) ?? interpreter.execute(tb, at, false);
    }
    callouts.showLeft();
    if (status === Status.Lookup) {
      interpreter.link = -1;
      return InterpreterExit.Lookup;
    }
    if (status === Status.MainLoop) return InterpreterExit.MainLoop;
    const { tb, at, refund, ahead } = callouts.takeThrownBy() ?? handOvers[env[TierWord.Site]];
    this.takeBack(ahead);
    interpreter.left += refund;
    switch (wish) {
      case 'stop':
        return interpreter.stopBehindCallback(tb, at);
      case 'exit':
        return interpreter.leftByException(tb, at);
      case 'stopAfterInstruction':
        interpreter.stopAfterInstruction = true;
        interpreter.withholdAll();
        break;
      case 'interrupt':
        interpreter.interrupted = true;
        interpreter.withholdAll();
        break;
    }
    return interpreter.execute(tb, at, false);
  }

  /** Runs the rest of the block behind the place, if it is compiled and all of it may run. */
  private enterTail(place: HandOver): InterpreterExit | undefined {
    const { interpreter } = this.services;
    if (interpreter.left <= 0) return undefined;
    const tail = this.tails.behind(place);
    if (!tail || interpreter.left < tail.instructions) return undefined;
    interpreter.left -= tail.instructions;
    return this.run(tail.run, 0);
  }

  /** Counters were added to for operations that the interpreter executes now. */
  private takeBack(ahead: readonly CounterAdd[]): void {
    for (const { offset, value } of ahead) this.counters[offset >>> 3] -= value;
  }

  private call(code: (argument: number) => Status, argument: number): Status {
    this.isInside = true;
    try {
      return code(argument);
    } catch (thrown) {
      return this.unwound(thrown);
    } finally {
      this.isInside = false;
    }
  }

  /** A plugin's function in WebAssembly has thrown: all that compiled code had in locals was written before. */
  private unwound(thrown: unknown): Status {
    const { cpu, memory, runtime } = this.services;
    const { env, pcSlot, auxSlot } = cpu;
    const { behind, refund } = this.handOvers[env[TierWord.Site]] ?? {};
    if (!behind || memory.i32[PLUGIN_WORD] === 0) throw thrown;
    memory.i32[PLUGIN_WORD] = 0;
    env[TierWord.Left] -= refund;
    if (behind.flags !== 0 && behind.place !== 'after') {
      env[pcSlot] = env[TierWord.SavedPc];
      env[auxSlot] = env[TierWord.SavedAux];
    }
    runtime.callbackThrew(behind.kind, behind.index, thrown);
    return Status.Interpret;
  }

  /** What the callback asked for that compiled code was left behind. */
  private takeWish(status: Status): Wish {
    const { callouts } = this;
    const { cpu, runtime } = this.services;
    if (callouts.wish !== 'none' || status !== Status.Interpret) return callouts.wish;
    const { behind } = this.handOvers[cpu.env[TierWord.Site]];
    if (!behind) return 'none';
    if (runtime.wantsStop) return behind.place === 'before' ? 'stop' : 'stopAfterInstruction';
    return callouts.isInterrupted() ? 'interrupt' : 'none';
  }

  /** A callback may ask how many instructions have run while compiled code is counting them. */
  publishLeft(): void {
    if (this.isInside && this.services.memory.i32[PLUGIN_WORD] !== 0) this.callouts.showLeft();
  }
}
