import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StackEntry } from '../../symbols';
import { reference } from './addresses';
import { baseName } from './breakpoints/kinds';
import { CheckedObject } from './checked';
import type { Handlers, Numbering } from './client';
import { RequestError } from './errors';
import { inspect } from './machine';
import type { CurrentProgram, Program } from './program';
import { threadOf } from './run-control';

/** Frames unwound when the client does not say how many. */
const DEPTH = 1000;

/** A frame that the client has been told of, until the guest goes on. */
export interface FramePlace {
  readonly vcpu: number;
  /** In the call stack, 0 for the innermost. */
  readonly index: number;
}

interface KnownStack {
  readonly entries: readonly StackEntry[];
  /** Whether these are all. */
  readonly complete: boolean;
}

/** threads and stackTrace, and what the frame numbers given out mean. */
export class Stack {
  readonly handlers: Handlers = {
    threads: () => this.threads(),
    stackTrace: (args) => this.stackTrace(new CheckedObject(args, 'stackTrace')),
  };
  private readonly stacks = new Map<number, KnownStack>();
  private readonly places = new Map<number, FramePlace>();
  private readonly idOf = new Map<string, number>();
  private nextId = 1;

  constructor(
    private readonly program: CurrentProgram,
    private readonly numbering: Numbering,
  ) {}

  /** The guest goes on: frames and their numbers are void. */
  clear(): void {
    this.stacks.clear();
    this.places.clear();
    this.idOf.clear();
  }

  /** Registers or memory were written: the same frames, unwound anew. */
  refresh(): void {
    this.stacks.clear();
  }

  /** @throws RequestError when the number is none of this stop */
  place(frameId: number): FramePlace {
    const place = this.places.get(frameId);
    if (!place) throw new RequestError(`there is no frame ${frameId}: the guest has gone on since`);
    return place;
  }

  /** The stack entry of a frame. */
  async entry({ vcpu, index }: FramePlace): Promise<StackEntry> {
    const { entries } = await this.unwind(this.program(), vcpu, index + 1);
    const entry = entries[index];
    if (!entry) throw new RequestError('this frame does not exist any more');
    return entry;
  }

  /** The vCPU of a thread argument. */
  vcpu(args: CheckedObject): number {
    const { vcpus } = this.program();
    return args.integer('threadId', { min: threadOf(0), max: threadOf(vcpus - 1) }) - threadOf(0);
  }

  private threads(): DebugProtocol.ThreadsResponse['body'] {
    const { vcpus, cpu } = this.program();
    const threads = Array.from({ length: vcpus }, (_, vcpu) => ({ id: threadOf(vcpu), name: `CPU#${vcpu} (${cpu})` }));
    return { threads };
  }

  private async stackTrace(args: CheckedObject): Promise<DebugProtocol.StackTraceResponse['body']> {
    const program = this.program();
    const vcpu = this.vcpu(args);
    program.run.requireStopped('stackTrace');
    const start = args.optionalInteger('startFrame', { min: 0 }) ?? 0;
    const levels = args.optionalInteger('levels', { min: 0 }) || DEPTH;
    const { entries, complete } = await this.unwind(program, vcpu, start + levels + 1);
    const stackFrames = entries
      .slice(start, start + levels)
      .map((entry, offset) => this.describe(entry, { vcpu, index: start + offset }));
    return { stackFrames, totalFrames: complete ? entries.length : Math.max(entries.length, start + levels + 1) };
  }

  /** At least `wanted` entries, or all there are. */
  private async unwind(program: Program, vcpu: number, wanted: number): Promise<KnownStack> {
    const known = this.stacks.get(vcpu);
    if (known && (known.complete || known.entries.length >= wanted)) return known;
    const { value } = await inspect(program, vcpu, (machine) => {
      const frames = program.symbols.backtrace(machine.core, machine.readMemory, wanted);
      const entries = frames.flatMap((frame) => program.symbols.entriesOf(frame));
      return { entries, complete: frames.length < wanted };
    });
    this.stacks.set(vcpu, value);
    return value;
  }

  private describe(entry: StackEntry, place: FramePlace): DebugProtocol.StackFrame {
    const { position, frame } = entry;
    const file = this.program().symbols.files.find(({ isCode }, index, files) => isCode.call(files[index], frame.pc));
    return {
      id: this.id(place),
      name: frameName(entry),
      line: position ? this.numbering.toClientLine(position.line) : 0,
      column: position && position.column > 0 ? this.numbering.toClientColumn(position.column) : 0,
      ...(position && { source: { name: baseName(position.path), path: position.path } }),
      instructionPointerReference: reference(frame.pc),
      ...(file && { moduleId: file.name }),
      ...(!position && { presentationHint: 'subtle' as const }),
    };
  }

  private id(place: FramePlace): number {
    const key = `${place.vcpu}:${place.index}`;
    let id = this.idOf.get(key);
    if (id === undefined) {
      id = this.nextId++;
      this.idOf.set(key, id);
      this.places.set(id, place);
    }
    return id;
  }
}

/** `main`, `inlined_one [inlined]`; without source `memcpy+0x10`, or the address where nothing is known. */
function frameName({ name, inlined, position, offset }: StackEntry): string {
  if (inlined) return `${name} [inlined]`;
  if (position || offset === undefined || offset === 0) return name;
  return `${name}+0x${offset.toString(16)}`;
}
