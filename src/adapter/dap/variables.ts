import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StackEntry, TypedValue } from '../../symbols';
import { formatValue, sizeOf } from '../../symbols';
import type { DataPlace, DataPlaces } from './breakpoints/data-requests';
import { baseName } from './breakpoints/kinds';
import { CheckedObject } from './checked';
import type { Client, Handlers } from './client';
import { RequestError } from './errors';
import type { FrameValues } from './frame-values';
import type { CurrentProgram, Program } from './program';
import { FrameRegisters, RegisterGroups } from './registers';
import type { FramePlace, Stack } from './stack';
import { TypedVariables } from './typed-variables';
import type { ValueSource } from './typed-variables';
import type { VariableContainer, VariableStore } from './variable-store';

/** Named groups of variables: the globals of each source file. */
class Groups implements VariableContainer {
  constructor(
    private readonly groups: readonly { readonly name: string; readonly container: VariableContainer }[],
    private readonly keep: (container: VariableContainer) => number,
  ) {}

  list(): DebugProtocol.Variable[] {
    return this.groups.map(({ name, container }) => ({
      name,
      value: '',
      variablesReference: this.keep(container),
      presentationHint: { kind: 'virtual', attributes: ['readOnly'] },
    }));
  }
}

/** scopes, variables and setVariable; and where variables lie, for data breakpoints. */
export class VariableRequests implements DataPlaces {
  readonly handlers: Handlers = {
    scopes: (args) => this.scopes(new CheckedObject(args, 'scopes')),
    variables: (args) => this.variables(new CheckedObject(args, 'variables')),
    setVariable: (args) => this.setVariable(new CheckedObject(args, 'setVariable')),
  };

  constructor(
    private readonly program: CurrentProgram,
    private readonly stack: Stack,
    private readonly frames: FrameValues,
    private readonly store: VariableStore,
    private readonly client: Client,
    private readonly changed: () => void,
  ) {}

  async ofVariable(container: number, name: string): Promise<DataPlace | undefined> {
    return this.store.get(container).place?.(name);
  }

  async ofExpression(expression: string, frameId: number | undefined): Promise<DataPlace | undefined> {
    const frame = frameId === undefined ? undefined : this.stack.place(frameId);
    const { address, data } = await this.frames.evaluate(expression, frame);
    return address === undefined ? undefined : { address, size: sizeOf(data.type) ?? 1 };
  }

  private async scopes(args: CheckedObject): Promise<DebugProtocol.ScopesResponse['body']> {
    const program = this.program();
    const frame = this.stack.place(args.integer('frameId', { min: 0 }));
    const entry = await this.stack.entry(frame);
    const { keep } = this.store;
    const variables = program.symbols.scopeAt(entry.frame.lookupPc)?.frames[entry.scopeIndex]?.variables ?? [];
    const scopes: DebugProtocol.Scope[] = [];
    const add = (name: string, hint: string | undefined, container: VariableContainer, expensive = false) =>
      scopes.push({
        name,
        variablesReference: keep(container),
        expensive,
        ...(hint !== undefined && { presentationHint: hint }),
      });
    const own = (isParameter: boolean): VariableContainer =>
      new TypedVariables(this.frames, frame, sliced(localsOf(program, entry, isParameter)), keep);
    if (variables.some(({ kind }) => kind === 'parameter')) add('Arguments', 'arguments', own(true));
    if (variables.some(({ kind }) => kind !== 'parameter')) add('Locals', 'locals', own(false));
    add('Globals', 'globals', this.globals(program, frame), true);
    add('Registers', 'registers', this.registers(program, frame, entry));
    return { scopes };
  }

  private registers(program: Program, frame: FramePlace, entry: StackEntry): VariableContainer {
    if (entry.frame.method !== 'registers') return new FrameRegisters(program, entry.frame.registers);
    const evaluate = (text: string) => this.frames.integer(text, frame);
    return new RegisterGroups(program, frame.vcpu, evaluate, this.store.keep);
  }

  /** The globals of each source file, and the data symbols that no debug information describes. */
  private globals(program: Program, frame: FramePlace): VariableContainer {
    const { keep } = this.store;
    const byFile = new Map<string, ValueSource>();
    const described = new Set<string>();
    for (const file of program.symbols.files) {
      for (const variable of file.info.globals) {
        const path = variable.declaration?.path ?? file.name;
        const before = byFile.get(path);
        described.add(variable.name);
        byFile.set(path, (context, view, machine) => [
          ...(before?.(context, view, machine) ?? []),
          formatValue(variable.qualifiedName ?? variable.name, context.valueOf(file, variable), context),
        ]);
      }
    }
    const groups = [...byFile]
      .sort(([a], [b]) => (baseName(a) < baseName(b) ? -1 : 1))
      .map(([path, source]) => ({
        name: baseName(path),
        container: new TypedVariables(this.frames, frame, sliced(sortedByName(source)), keep),
      }));
    const bare = program.symbols.files
      .flatMap((file) => file.symbols.objects)
      .filter(({ name }) => !described.has(name))
      .map(({ name }) => name);
    if (bare.length) {
      const source: ValueSource = (context) =>
        bare.flatMap((name) => {
          const data = context.variable(name);
          return data ? [formatValue(name, data, context)] : [];
        });
      const container = new TypedVariables(this.frames, frame, sliced(sortedByName(source)), keep);
      groups.push({ name: 'no debug information', container });
    }
    return new Groups(groups, keep);
  }

  private async variables(args: CheckedObject): Promise<DebugProtocol.VariablesResponse['body']> {
    const container = this.store.get(args.integer('variablesReference', { min: 1 }));
    const start = args.optionalInteger('start', { min: 0 }) ?? 0;
    const count = args.optionalInteger('count', { min: 0 }) || undefined;
    const filter = args.has('filter') ? args.oneOf('filter', ['indexed', 'named']) : undefined;
    return { variables: await container.list({ start, count, filter, hex: wantsHex(args) }) };
  }

  private async setVariable(args: CheckedObject): Promise<DebugProtocol.SetVariableResponse['body']> {
    const container = this.store.get(args.integer('variablesReference', { min: 1 }));
    const name = args.string('name');
    const value = args.nonEmptyString('value', 'an expression');
    if (!container.assign) throw new RequestError(`${name} cannot be changed`);
    const assigned = await container.assign(name, value, wantsHex(args));
    this.changed();
    if (this.client.can('supportsInvalidatedEvent')) {
      this.client.event<DebugProtocol.InvalidatedEvent>('invalidated', { areas: ['variables', 'stacks'] });
    }
    return assigned;
  }
}

/** The `format` argument. */
export function wantsHex(args: CheckedObject): boolean {
  return args.optionalObject('format')?.boolean('hex', false) ?? false;
}

function localsOf(program: Program, entry: StackEntry, parameters: boolean): ValueSource {
  return (_context, _view, machine) =>
    program.symbols.variables(entry, machine).filter(({ kind }) => (kind === 'parameter') === parameters);
}

function sortedByName(source: ValueSource): ValueSource {
  return (context, view, machine) =>
    [...source(context, view, machine)].sort((a: TypedValue, b: TypedValue) => (a.name < b.name ? -1 : 1));
}

/** A source that is computed whole, by ranges. */
function sliced(source: ValueSource): (start: number, count: number | undefined) => ValueSource {
  return (start, count) => (context, view, machine) =>
    source(context, view, machine).slice(start, count === undefined ? undefined : start + count);
}
