/** The user's plugin breakpoints: what the view shows and what each session is told. Knows nothing of VS Code. */
import type { CallbackBreakpointSpec, CallbackKind, ContributedKindInfo } from '../../adapter/protocol/custom';

export interface KindInfo {
  readonly kind: CallbackKind;
  readonly label: string;
  readonly detail: string;
  /** What a condition's address means; undefined where there is none. */
  readonly address?: string;
}

/** Every kind there is, in the order of the menus. */
export const KINDS: readonly KindInfo[] = [
  { kind: 'tb_trans', label: 'Block translated', detail: 'tb_trans', address: "the block's first instruction" },
  { kind: 'tb_exec', label: 'Block executed', detail: 'tb_exec', address: "the block's first instruction" },
  { kind: 'insn_exec', label: 'Instruction executed', detail: 'insn_exec', address: 'the instruction' },
  { kind: 'mem_read', label: 'Memory read', detail: 'mem, loads', address: 'the data' },
  { kind: 'mem_write', label: 'Memory written', detail: 'mem, stores', address: 'the data' },
  { kind: 'l1i_miss', label: 'L1 instruction cache miss', detail: 'needs a cache plugin', address: 'the instruction' },
  { kind: 'l1d_miss', label: 'L1 data cache miss', detail: 'needs a cache plugin', address: 'the data' },
  { kind: 'l2_miss', label: 'L2 cache miss', detail: 'needs a cache plugin', address: 'what was fetched or accessed' },
  { kind: 'syscall', label: 'System call', detail: 'semihosting and SVC', address: 'the instruction' },
  { kind: 'exit', label: 'Exit', detail: 'atexit: the guest has ended' },
];

/** What the address in a condition on a plugin's own kind means: the plugin says. */
const CONTRIBUTED_ADDRESS = 'what it is about';
const CONTRIBUTED = 'plugin:';

/** A kind that a plugin contributes, as the menus show it: `plugin:libx.so/name` is `name` of libx.so. */
export function contributedInfo({ kind, label, description }: ContributedKindInfo): KindInfo {
  const plugin = kind.slice(CONTRIBUTED.length).replace(/\/[^/]*$/, '');
  return { kind, label, detail: [plugin, description].filter(Boolean).join(': '), address: CONTRIBUTED_ADDRESS };
}

/** @param contributed the kinds that plugins of running sessions contribute; others go by their bare names */
export function kindInfo(kind: CallbackKind, contributed: readonly ContributedKindInfo[] = []): KindInfo {
  const info = KINDS.find((candidate) => candidate.kind === kind);
  if (!info && isContributed(kind)) {
    const known = contributed.find((one) => one.kind === kind);
    if (known) return contributedInfo(known);
    const label = kind.slice(CONTRIBUTED.length);
    return { kind, label, detail: 'contributed by a plugin', address: CONTRIBUTED_ADDRESS };
  }
  if (!info) throw new Error(`No callback kind is called ${String(kind)}`);
  return info;
}

/** The adapter's answer about one breakpoint. */
export interface Verification {
  readonly verified: boolean;
  readonly message?: string;
}

export interface PluginBreakpoint {
  readonly id: number;
  readonly spec: CallbackBreakpointSpec;
  /** Of the latest session that was asked; undefined before any. */
  readonly verification?: Verification;
}

/** An ordered list with change notification. */
export class PluginBreakpoints {
  private list: PluginBreakpoint[] = [];
  private nextId = 1;

  /** @param changed called after each change; `specs` says whether sessions and storage must learn of it */
  constructor(private readonly changed: (what: 'specs' | 'verification') => void) {}

  get all(): readonly PluginBreakpoint[] {
    return this.list;
  }

  get specs(): CallbackBreakpointSpec[] {
    return this.list.map(({ spec }) => spec);
  }

  /** Starts over with what an earlier window has stored; anything that is no breakpoint is dropped. */
  restore(stored: unknown): void {
    const specs = Array.isArray(stored) ? stored.filter(isSpec) : [];
    this.list = specs.map((spec) => ({ id: this.nextId++, spec }));
  }

  add(spec: CallbackBreakpointSpec): void {
    this.list.push({ id: this.nextId++, spec });
    this.changed('specs');
  }

  /** Replaces a breakpoint's parts; does nothing if it has been removed in the meantime. */
  update(id: number, spec: Partial<CallbackBreakpointSpec>): void {
    this.list = this.list.map((item) => (item.id === id ? { id, spec: { ...item.spec, ...spec } } : item));
    this.changed('specs');
  }

  remove(id: number): void {
    this.list = this.list.filter((item) => item.id !== id);
    this.changed('specs');
  }

  clear(): void {
    this.list = [];
    this.changed('specs');
  }

  /** Notes the adapter's answers to {@link specs}, in their order. */
  verify(answers: readonly Verification[]): void {
    this.list = this.list.map((item, index) => {
      const verification = answers[index];
      return { id: item.id, spec: item.spec, ...(verification ? { verification } : {}) };
    });
    this.changed('verification');
  }
}

function isContributed(kind: unknown): boolean {
  return typeof kind === 'string' && kind.startsWith(CONTRIBUTED);
}

function isSpec(value: unknown): value is CallbackBreakpointSpec {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('enabled' in value)) return false;
  const texts = ['condition', 'hitCondition', 'logMessage'].map((key) => (value as Record<string, unknown>)[key]);
  return (
    (KINDS.some(({ kind }) => kind === value.kind) || isContributed(value.kind)) &&
    typeof value.enabled === 'boolean' &&
    texts.every((text) => text === undefined || typeof text === 'string')
  );
}

/** One line that says what a breakpoint does, without its kind. */
export function describe({ condition, hitCondition, logMessage }: CallbackBreakpointSpec): string {
  const parts = [
    condition,
    hitCondition && `hits: ${hitCondition}`,
    logMessage === undefined ? undefined : `log: ${logMessage}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
