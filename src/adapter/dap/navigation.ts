import type { DebugProtocol } from '@vscode/debugprotocol';
import { reference } from './addresses';
import { sourcePath } from './breakpoints/code-requests';
import { baseName } from './breakpoints/kinds';
import { CheckedObject } from './checked';
import { AfterResponse } from './client';
import type { Handlers, Numbering } from './client';
import { RequestError } from './errors';
import type { CurrentProgram } from './program';
import type { Stack } from './stack';

interface Target {
  readonly address: number;
}

/** gotoTargets and goto (set the next statement), loadedSources and modules. */
export class NavigationRequests {
  readonly handlers: Handlers = {
    gotoTargets: (args) => this.targets(new CheckedObject(args, 'gotoTargets')),
    goto: (args) => this.goto(new CheckedObject(args, 'goto')),
    loadedSources: () => this.loadedSources(),
    modules: (args) => this.modules(new CheckedObject(args ?? {}, 'modules')),
  };
  private readonly known = new Map<number, Target>();
  private nextId = 1;

  constructor(
    private readonly program: CurrentProgram,
    private readonly stack: Stack,
    private readonly numbering: Numbering,
    private readonly changed: () => void,
  ) {}

  private targets(args: CheckedObject): DebugProtocol.GotoTargetsResponse['body'] {
    const { map } = this.program();
    const path = sourcePath(args);
    const line = this.numbering.fromClientLine(args.integer('line', { min: 0 }));
    const code = map.codeOf(path, line);
    const targets = (code?.addresses ?? []).map((address): DebugProtocol.GotoTarget => {
      const id = this.nextId++;
      this.known.set(id, { address });
      const symbol = map.symbolAt(address);
      return {
        id,
        label: `${symbol?.name ?? baseName(path)} at ${reference(address)}`,
        line: this.numbering.toClientLine(code!.line),
        instructionPointerReference: reference(address),
      };
    });
    return { targets };
  }

  private async goto(args: CheckedObject): Promise<AfterResponse> {
    const { run, engine, symbols } = this.program();
    const vcpu = this.stack.vcpu(args);
    run.requireStopped('goto');
    const id = args.integer('targetId', { min: 0 });
    const target = this.known.get(id);
    if (!target) throw new RequestError(`goto: there is no target ${id}`);
    const status = (await engine.readRegisters(vcpu)).find(({ name }) => name === 'cpsr')?.value;
    const thumb = symbols.isThumb(target.address);
    if (status !== undefined && thumb !== undefined && thumb !== ((status & 0x20) !== 0)) {
      throw new RequestError(
        `goto: the code at ${reference(target.address)} is ${thumb ? 'Thumb' : 'ARM'} code, the CPU executes the other`,
      );
    }
    await engine.writeRegister(vcpu, 'pc', target.address);
    this.changed();
    return new AfterResponse(undefined, async () => run.stopAfterGoto(vcpu));
  }

  private loadedSources(): DebugProtocol.LoadedSourcesResponse['body'] {
    return { sources: this.program().map.sources.map((path) => ({ name: baseName(path), path })) };
  }

  private modules(args: CheckedObject): DebugProtocol.ModulesResponse['body'] {
    const { symbols } = this.program();
    const start = args.optionalInteger('startModule', { min: 0 }) ?? 0;
    const count = args.optionalInteger('moduleCount', { min: 0 }) || symbols.files.length;
    const modules = symbols.files.slice(start, start + count).map((file): DebugProtocol.Module => {
      const loads = file.elf.segments.filter(({ type, memsz }) => type === 1 && memsz > 0);
      const low = Math.min(...loads.map(({ vaddr }) => vaddr));
      const high = Math.max(...loads.map(({ vaddr, memsz }) => vaddr + memsz));
      const hasLines = file.lines.files.length > 0;
      return {
        id: file.name,
        name: baseName(file.name),
        path: file.name,
        isUserCode: true,
        symbolStatus: hasLines ? 'Debug information loaded' : 'Symbols only: no debug information',
        ...(loads.length > 0 && { addressRange: `${reference(low)}-${reference(high - 1)}` }),
      };
    });
    return { modules, totalModules: symbols.files.length };
  }
}
