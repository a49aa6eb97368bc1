import type { DebugProtocol } from '@vscode/debugprotocol';
import { CheckedObject } from './checked';
import type { Handlers, Numbering } from './client';
import type { CurrentProgram } from './program';
import type { ReplCommands } from './repl';
import type { Stack } from './stack';

const LIMIT = 200;

/** The completions request of the debug console: commands, registers, and names of the program. */
export class CompletionRequests {
  readonly handlers: Handlers = {
    completions: (args) => this.completions(new CheckedObject(args, 'completions')),
  };

  constructor(
    private readonly program: CurrentProgram,
    private readonly stack: Stack,
    private readonly repl: ReplCommands,
    private readonly numbering: Numbering,
  ) {}

  private async completions(args: CheckedObject): Promise<DebugProtocol.CompletionsResponse['body']> {
    const program = this.program();
    const text = args.string('text');
    const column = this.numbering.fromClientColumn(args.integer('column', { min: 0 })) - 1;
    const before = text.slice(0, column);
    const word = /[A-Za-z_$][\w$]*$/.exec(before)?.[0] ?? '';
    const start = column - word.length;
    const found = new Map<string, DebugProtocol.CompletionItem>();
    const offer = (label: string, type: DebugProtocol.CompletionItemType, prefix = word) => {
      if (found.size >= LIMIT || found.has(label) || !label.startsWith(prefix)) return;
      found.set(label, { label, type, start: column - prefix.length, length: prefix.length });
    };
    if (start === 0 || /^\w+ \w*$/.test(before)) for (const name of this.repl.names) offer(name, 'keyword', before);
    if (word) {
      const frameId = args.optionalInteger('frameId', { min: 0 });
      if (frameId !== undefined) {
        const entry = await this.stack.entry(this.stack.place(frameId));
        const frame = program.symbols.scopeAt(entry.frame.lookupPc)?.frames[entry.scopeIndex];
        for (const { name } of frame?.variables ?? []) offer(name, 'variable');
      }
      const bare = word.startsWith('$');
      for (const { name } of await program.view.registersOf(program.run.vcpu)) offer(bare ? `$${name}` : name, 'value');
      for (const file of program.symbols.files) {
        for (const { name } of file.info.globals) offer(name, 'variable');
        for (const { name } of file.symbols.functions) offer(name, 'function');
        for (const { name } of file.symbols.objects) offer(name, 'variable');
      }
    }
    return { targets: [...found.values()] };
  }
}
