import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ProgramSymbols } from '../../symbols';
import type { RunMode } from '../engine/api';
import { CheckedObject } from './checked';
import { AfterResponse } from './client';
import type { Handlers } from './client';
import { RequestError } from './errors';
import { inspect, machineOf } from './machine';
import type { CurrentProgram, Program } from './program';
import type { StepPlan } from './run-control';
import type { Stack } from './stack';

const GRANULARITIES = ['statement', 'line', 'instruction'] as const;
type Granularity = (typeof GRANULARITIES)[number];
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Stops between the lines that one step may pass, before it is taken as one that does not end by itself. */
const HOPS = 1000;

/** continue, pause, next, stepIn and stepOut. */
export class SteppingRequests {
  readonly handlers: Handlers = {
    continue: (args) => this.resume(new CheckedObject(args, 'continue')),
    pause: (args) => this.pause(new CheckedObject(args, 'pause')),
    next: (args) => this.step(new CheckedObject(args, 'next'), 'over'),
    stepIn: (args) => this.step(new CheckedObject(args, 'stepIn'), 'into'),
    stepOut: (args) => this.stepOut(new CheckedObject(args, 'stepOut')),
  };

  constructor(
    private readonly program: CurrentProgram,
    private readonly stack: Stack,
  ) {}

  private resume(args: CheckedObject): AfterResponse {
    const { run } = this.program();
    const vcpu = this.stack.vcpu(args);
    run.requireStopped('continue');
    const body: DebugProtocol.ContinueResponse['body'] = { allThreadsContinued: true };
    return new AfterResponse(body, () => run.resume(vcpu, { kind: 'continue' }));
  }

  private pause(args: CheckedObject): AfterResponse {
    const { run } = this.program();
    this.stack.vcpu(args);
    if (run.state === 'ended') throw new RequestError('pause: the guest has ended');
    return new AfterResponse(undefined, () => run.pause());
  }

  private async step(args: CheckedObject, calls: 'over' | 'into'): Promise<AfterResponse> {
    const program = this.program();
    const vcpu = this.stack.vcpu(args);
    const granularity = args.has('granularity') ? args.oneOf('granularity', GRANULARITIES) : 'line';
    program.run.requireStopped(calls === 'over' ? 'next' : 'stepIn');
    const { pc } = program.symbols.innermost((await machineOf(program, vcpu)).core);
    if (granularity === 'instruction') {
      const mode: RunMode =
        calls === 'into'
          ? { kind: 'stepInstruction' }
          : { kind: 'step', ranges: [instructionAt(program.symbols, pc)], calls, granularity };
      return new AfterResponse(undefined, () => program.run.resume(vcpu, mode));
    }
    const ranges = stepRanges(program.symbols, pc, granularity);
    const mode: RunMode = { kind: 'step', ranges, calls, granularity: 'line' };
    const plan = lineStepPlan(program, ranges, calls);
    return new AfterResponse(undefined, () => program.run.resume(vcpu, mode, plan));
  }

  /** Runs to where the current function returns; out of an inlined copy to its end. */
  private async stepOut(args: CheckedObject): Promise<AfterResponse> {
    const program = this.program();
    const { symbols, run } = program;
    const vcpu = this.stack.vcpu(args);
    if (args.has('granularity')) args.oneOf('granularity', GRANULARITIES);
    run.requireStopped('stepOut');
    const { value } = await inspect(program, vcpu, ({ core, readMemory }) => {
      const frame = symbols.innermost(core);
      return { frame, caller: symbols.caller(frame, readMemory) };
    });
    const inlined = symbols.scopeAt(value.frame.pc)?.frames[0];
    if (inlined?.inlined) {
      const ranges = inlined.ranges.map(({ low, high }) => ({ start: low, end: high }));
      const mode: RunMode = { kind: 'step', ranges, calls: 'over', granularity: 'line' };
      return new AfterResponse(undefined, () => run.resume(vcpu, mode));
    }
    const { caller } = value;
    if (!caller) throw new RequestError('stepOut: this function has no caller that is known');
    const mode: RunMode = { kind: 'runTo', address: caller.pc, minimumSp: caller.registers[13] };
    return new AfterResponse(undefined, () => run.resume(vcpu, mode));
  }
}

/** What a step over one instruction runs through. */
function instructionAt(symbols: ProgramSymbols, pc: number): Range {
  // Any address inside of the instruction does: the next one starts after it, and a branch leaves it.
  return { start: pc, end: pc + (symbols.isThumb(pc) ? 2 : 4) };
}

/** What a step by line or statement runs through: without lines the whole function. */
export function stepRanges(symbols: ProgramSymbols, pc: number, granularity: Granularity): Range[] {
  const line = symbols.lineAt(pc);
  if (line) {
    const range = symbols.stepRange(pc);
    if (granularity === 'statement' || !range) return [{ start: line.address, end: line.end }];
    return [{ start: range.low, end: range.high }];
  }
  const symbol = symbols.symbolAt(pc);
  if (symbol && symbol.size > 0) return [{ start: symbol.address, end: symbol.address + symbol.size }];
  return [instructionAt(symbols, pc)];
}

/**
 * Where a step by line goes on when the engine stops it: through a function's prologue, through code of no line in a
 * function that has lines, and through further code of the very line it started on.
 */
function lineStepPlan(program: Program, from: readonly Range[], calls: 'over' | 'into'): StepPlan {
  const { symbols } = program;
  const started = symbols.lineAt(from[0].start);
  const startedIn = symbols.functionAt(from[0].start);
  let hops = 0;
  return async ({ pc }) => {
    if (++hops > HOPS) return undefined;
    const own = symbols.functionAt(pc);
    if (own?.low === pc && own !== startedIn) {
      const [body] = symbols
        .resolveFunction(own.linkageName ?? own.name)
        .filter(({ address }) => within(own.ranges, address));
      return body && body.address !== pc ? { kind: 'runTo', address: body.address } : undefined;
    }
    const line = symbols.lineAt(pc);
    const again: RunMode = { kind: 'step', ranges: stepRanges(symbols, pc, 'line'), calls, granularity: 'line' };
    if (!line) {
      const symbol = symbols.symbolAt(pc);
      return own && symbol ? { ...again, ranges: [instructionAt(symbols, pc)] } : undefined;
    }
    const sameLine = started && line.line === started.line && line.file.path === started.file.path && own === startedIn;
    // A loop's line that comes again is a new turn: only code that does not start the line is passed.
    if (sameLine && !line.isStmt) return again;
    return undefined;
  };
}

function within(ranges: readonly { readonly low: number; readonly high: number }[], address: number): boolean {
  return ranges.some(({ low, high }) => address >= low && address < high);
}
