import { AccessType } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import { CONTROL_BASE, Control, TierWord } from '../tcg/layout';
import { MemOp } from '../tcg/memop';
import type { WasmValue } from '../tcg/wasm/host';
import { SlowAccess, type HandOver } from '../tcg/wasm/linkage';
import type { RunServices } from './tier-services';

/** Why compiled code was asked to leave. */
export type Wish = 'none' | 'stop' | 'stopAfterInstruction' | 'interrupt' | 'exit' | 'device' | 'endWithBlock';

const STOP_WORD = CONTROL_BASE / 4 + Control.StopRequest;
const MAX_LEFT = 0x7fffffff;
/** What an access is, as callbacks are told. */
const READ = 1;
const WRITE = 2;

/** What compiled code of one vCPU calls: memory's slow paths, helpers that use all state, plugins' callbacks. */
export class CompiledCallouts {
  /** What a callback or a device asked for since {@link begin}. */
  wish: Wish = 'none';
  /** Behind the call of a helper that has thrown. */
  private thrownBy: HandOver | undefined;
  /** The part of the budget that does not fit TierWord.Left. */
  private beyond = 0;
  /** Whether a device has answered the access that was made last. */
  private byDevice = false;
  /** Byte offset of TierWord.Value in the shared memory. */
  private readonly valueOffset: number;

  /** @param handOvers by number of the site */
  constructor(
    private readonly services: RunServices,
    private readonly handOvers: readonly HandOver[],
  ) {
    this.valueOffset = services.cpu.env.byteOffset + 4 * TierWord.Value;
  }

  /** The functions by the names that modules import them by. Not bound ones: V8 calls those by a longer way. */
  imports(): Record<string, WasmValue> {
    return {
      load: (address: number, memop: number) => this.load(address, memop),
      store: (address: number, memop: number, low: number, high: number) => this.store(address, memop, low, high),
      filteredLoad: (address: number, memop: number, callback: number) => this.filteredLoad(address, memop, callback),
      filteredStore: (address: number, memop: number, low: number, high: number, callback: number) =>
        this.filteredStore(address, memop, low, high, callback),
      execCallback: (index: number, flags: number, pc: number, aux: number) => this.execCallback(index, flags, pc, aux),
      afterCallback: (index: number) => this.afterCallback(index),
      memCallback: (
        index: number,
        flags: number,
        pc: number,
        aux: number,
        address: number,
        memop: number,
        rw: number,
      ) => this.memCallback(index, flags, pc, aux, address, memop, rw),
      systemCall: (site: number, helper: number, a: number, b: number, c: number, d: number) =>
        this.systemCall(site, helper, a, b, c, d),
    };
  }

  /** Compiled code is going to be entered, or goes on: gives it the interpreter's budget. */
  begin(wish: Wish = 'none'): void {
    const { interpreter, cpu } = this.services;
    this.wish = wish;
    this.beyond = Math.max(0, interpreter.left - MAX_LEFT);
    cpu.env[TierWord.Left] = interpreter.left - this.beyond;
  }

  /** Callbacks and devices may ask how many instructions have run, which says how many are left. Returns how many. */
  showLeft(): number {
    const { interpreter, cpu } = this.services;
    return (interpreter.left = cpu.env[TierWord.Left] + this.beyond);
  }

  /** Where the helper was called from that has thrown, if one has; it is forgotten. */
  takeThrownBy(): HandOver | undefined {
    const from = this.thrownBy;
    this.thrownBy = undefined;
    return from;
  }

  /** Whether somebody wants the vCPU to look at its main loop. */
  isInterrupted(): boolean {
    const { interpreter, memory } = this.services;
    return interpreter.interrupted || memory.i32[STOP_WORD] !== 0;
  }

  private load(address: number, memop: number): SlowAccess {
    const { softmmu } = this.services;
    const { valueOffset } = this;
    const device = softmmu.knownDevice(address, memop, AccessType.Load);
    if (!device && softmmu.tryLoad(address, memop, valueOffset)) return SlowAccess.Done;
    const left = this.showLeft();
    const done = device
      ? softmmu.readDevice(device, memop, valueOffset)
      : softmmu.tryDeviceLoad(address, memop, valueOffset);
    return done ? this.behindDevice(left) : SlowAccess.Refused;
  }

  private store(address: number, memop: number, low: number, high: number): SlowAccess {
    const { softmmu, cpu, interpreter } = this.services;
    const device = softmmu.knownDevice(address, memop, AccessType.Store);
    if (device?.post?.(low)) {
      this.byDevice = true;
      return SlowAccess.Done;
    }
    if (!device) {
      cpu.env[TierWord.Value] = low;
      if ((memop & MemOp.SIZE) === MemOp.UQ) cpu.env[TierWord.ValueHigh] = high;
      if (softmmu.tryStore(address, memop, this.valueOffset)) return SlowAccess.Done;
    }
    const left = this.showLeft();
    const done = device ? softmmu.writeDevice(device, memop, low) : softmmu.tryDeviceStore(address, memop, low);
    if (!done) return SlowAccess.Refused;
    const result = this.behindDevice(left);
    if (!interpreter.interrupted) return result;
    this.wish = 'endWithBlock';
    return SlowAccess.DoneAndLeave;
  }

  private filteredLoad(address: number, memop: number, callback: number): SlowAccess {
    this.byDevice = false;
    return this.filtered(this.load(address, memop), address, memop, READ, callback);
  }

  private filteredStore(address: number, memop: number, low: number, high: number, callback: number): SlowAccess {
    this.byDevice = false;
    return this.filtered(this.store(address, memop, low, high), address, memop, WRITE, callback);
  }

  /** What the filtered callback behind an access does, which was made with this result. */
  private filtered(made: SlowAccess, address: number, memop: number, rw: number, callback: number): SlowAccess {
    if (made === SlowAccess.Refused) return made;
    const { runtime, cpu, interpreter } = this.services;
    const device = this.byDevice ? runtime.filteredFunction('mem', callback)?.device : undefined;
    if (device) {
      device(rw === WRITE);
      return made;
    }
    if (made === SlowAccess.Done) this.showLeft();
    // The device may have cut the budget: what is left is that, for whoever asks.
    else this.begin(this.wish);
    if (!runtime.memCallback(cpu.index, callback, address, memop, rw)) return made;
    if (made === SlowAccess.Done) {
      this.wish = 'stopAfterInstruction';
    } else {
      interpreter.stopAfterInstruction = true;
      interpreter.withholdAll();
    }
    return SlowAccess.DoneAndLeave;
  }

  /** A device was accessed, when `left` instructions were left: that may have cut the budget. */
  private behindDevice(left: number): SlowAccess {
    this.byDevice = true;
    if (this.services.interpreter.left === left) return SlowAccess.Done;
    this.wish = 'device';
    return SlowAccess.DoneAndLeave;
  }

  /** A helper may throw, and drop everything compiled: where it was called from is taken before. */
  private systemCall(site: number, helper: number, a: number, b: number, c: number, d: number): number {
    const { cpu } = this.services;
    const from = this.handOvers[site];
    this.showLeft();
    try {
      cpu.env[TierWord.Value] = cpu.helpers[helper](a, b, c, d);
      return 0;
    } catch (thrown) {
      this.thrownBy = from;
      return this.caught(thrown);
    }
  }

  private execCallback(index: number, flags: number, pc: number, aux: number): number {
    const { cpu, runtime } = this.services;
    if (flags !== 0) return this.callback(flags, pc, aux, 'stop', () => runtime.execCallback(cpu.index, index));
    this.showLeft();
    try {
      if (runtime.execCallback(cpu.index, index)) return this.leaveFor('stop');
    } catch (thrown) {
      return this.caught(thrown);
    }
    return this.checkInterrupt();
  }

  /** pc and aux are those of the next instruction already. */
  private afterCallback(index: number): number {
    const { cpu, runtime } = this.services;
    return this.callback(0, 0, 0, 'stopAfterInstruction', () => runtime.execCallback(cpu.index, index));
  }

  private memCallback(
    index: number,
    flags: number,
    pc: number,
    aux: number,
    address: number,
    memop: number,
    rw: number,
  ): number {
    const { cpu, runtime } = this.services;
    if (flags !== 0) {
      return this.callback(flags, pc, aux, 'stopAfterInstruction', () =>
        runtime.memCallback(cpu.index, index, address, memop, rw),
      );
    }
    this.showLeft();
    try {
      if (runtime.memCallback(cpu.index, index, address, memop, rw)) return this.leaveFor('stopAfterInstruction');
    } catch (thrown) {
      return this.caught(thrown);
    }
    return this.checkInterrupt();
  }

  private caught(thrown: unknown): number {
    if (!(thrown instanceof CpuLoopExit)) throw thrown;
    this.services.interpreter.exit = thrown;
    return this.leaveFor('exit');
  }

  /** Runs a callback that sees the instruction's pc, if it wants to. */
  private callback(flags: number, pc: number, aux: number, stop: Wish, call: () => boolean): number {
    const { env, pcSlot, auxSlot } = this.services.cpu;
    this.showLeft();
    const before = { pc: env[pcSlot], aux: env[auxSlot] };
    if (flags) {
      env[pcSlot] = pc;
      env[auxSlot] = aux;
    }
    try {
      if (call()) return this.leaveFor(stop);
    } catch (thrown) {
      return this.caught(thrown);
    } finally {
      if (flags) {
        env[pcSlot] = before.pc;
        env[auxSlot] = before.aux;
      }
    }
    return this.checkInterrupt();
  }

  private checkInterrupt(): number {
    return this.isInterrupted() ? this.leaveFor('interrupt') : 0;
  }

  private leaveFor(wish: Wish): number {
    this.wish = wish;
    return 1;
  }
}
