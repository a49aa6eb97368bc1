import type { BuiltinCallbackKind, CallbackKind } from '../protocol/custom';

export interface CallbackKindText {
  readonly label: string;
  readonly description: string;
  /** Shown where a condition is typed. */
  readonly conditionDescription: string;
  /** Why the guest stopped. */
  readonly stopped: string;
}

const CODE = 'Where: an address, first-last, start+length or a symbol; then && and an expression, as main && r0 == 3';
const DATA =
  'Data at: an address, first-last, start+length or a symbol; then && and an expression, as 0x1000+64 && r0 == 3';

/** Every callback kind that can stop or log, as the user meets it. The key is also the filter's id. */
export const CALLBACK_KINDS: Readonly<Record<BuiltinCallbackKind, CallbackKindText>> = {
  tb_trans: {
    label: 'Block Translated',
    description: 'A block of guest code is translated (plugin callback vcpu_tb_trans).',
    conditionDescription: CODE,
    stopped: 'Block translated',
  },
  tb_exec: {
    label: 'Block Executed',
    description: 'A translated block is about to run (plugin callback vcpu_tb_exec).',
    conditionDescription: CODE,
    stopped: 'Block about to run',
  },
  insn_exec: {
    label: 'Instruction Executed',
    description: 'An instruction is about to run (plugin callback vcpu_insn_exec).',
    conditionDescription: CODE,
    stopped: 'Instruction about to run',
  },
  mem_read: {
    label: 'Memory Read',
    description: 'An instruction has read memory (plugin callback vcpu_mem).',
    conditionDescription: DATA,
    stopped: 'Memory read',
  },
  mem_write: {
    label: 'Memory Written',
    description: 'An instruction has written memory (plugin callback vcpu_mem).',
    conditionDescription: DATA,
    stopped: 'Memory written',
  },
  l1i_miss: {
    label: 'L1 Instruction Cache Miss',
    description: 'The cache plugin counts a miss of an instruction fetch. Needs a cache plugin.',
    conditionDescription: CODE,
    stopped: 'L1 instruction cache miss',
  },
  l1d_miss: {
    label: 'L1 Data Cache Miss',
    description: 'The cache plugin counts a miss of a data access. Needs a cache plugin.',
    conditionDescription: DATA,
    stopped: 'L1 data cache miss',
  },
  l2_miss: {
    label: 'L2 Cache Miss',
    description: 'The cache plugin counts a miss in the second level. Needs a cache plugin with one.',
    conditionDescription: DATA,
    stopped: 'L2 cache miss',
  },
  syscall: {
    label: 'System Call',
    description: 'The guest executes SVC, semihosting calls included.',
    conditionDescription: CODE,
    stopped: 'System call',
  },
  exit: {
    label: 'Guest Exit',
    description: 'The guest is about to end (plugin callback atexit).',
    conditionDescription: 'An expression, as r0 != 0',
    stopped: 'Guest about to exit',
  },
};

export const CALLBACK_KIND_NAMES = Object.keys(CALLBACK_KINDS) as readonly BuiltinCallbackKind[];

/** How the user meets a stop at a kind of callback; a plugin's own kind has the plugin's and its name. */
export function callbackStopText(kind: CallbackKind): Pick<CallbackKindText, 'label' | 'stopped'> {
  if (kind in CALLBACK_KINDS) return CALLBACK_KINDS[kind as BuiltinCallbackKind];
  const name = kind.replace(/^plugin:/, '');
  return { label: name, stopped: name };
}

/** Whether the text names a kind that a plugin may contribute. */
export function isContributedKind(kind: string): kind is Exclude<CallbackKind, BuiltinCallbackKind> {
  return kind.startsWith('plugin:');
}
