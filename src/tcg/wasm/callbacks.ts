import { CONTROL_BASE, Control, TierWord, callbackUse } from '../layout';
import { packMeminfo } from '../memop';
import type { GuestFacts } from './block-nodes';
import type { Tallies } from './counters';
import { usesRegisters, type Site } from './dataflow';
import type { DirectCallback } from './direct-callback';
import type { Linkage } from './linkage';
import type { Node } from './node';
import { Op, Type } from './opcodes';
import { emitCondition } from './plugin-operations';
import { callbackOf, type CallbackPlace, type Operation } from './shapes';
import type { Values } from './values';

/** What the code around a callback provides. */
export interface CallbackContext {
  readonly v: Values;
  readonly facts: GuestFacts;
  readonly linkage: Linkage;
  readonly tallies: Tallies;
  /** The local that counts the instructions left. */
  readonly left: number;
}

const controlWord = (word: Control): number => CONTROL_BASE + 4 * word;

/**
 * Emits a callback. It sees the state as it is, if it looks; where it asks for something, `leave` goes on in the interpreter
 * behind it, with the globals that the site has as dirty, or none where the callback {@link usesRegisters}.
 */
export function emitCallback(
  { v, facts, linkage, tallies, left }: CallbackContext,
  node: Node,
  operation: Operation,
  site: Site,
  leave: () => void,
): void {
  const { f } = v;
  const callback = callbackOf(operation);
  if (!callback) throw new Error('not a callback');
  const { direct } = operation;
  const isEvent = direct?.ring !== undefined;
  if (direct && isEvent) {
    writeEvent(v, facts, operation, callback, direct);
    f.if(false);
  }
  tallies.tell();
  if (operation.condition) {
    emitCondition(v, operation.condition.immediates, facts.index);
    f.if();
  }
  if (usesRegisters(operation)) v.spill(site.dirty.members());
  const { tb } = node;
  const refund = tb.insnStarts.length - 1 - operation.insn;
  v.storeWord(TierWord.Left, () => {
    f.get(left);
    f.i32Const(refund);
    f.op(Op.i32_add);
  });
  if (callback.kind === 'mem' && !isEvent) storeValue(v, operation);
  const start = tb.insnStarts[operation.insn];
  const [pc, aux] = [tb.code[start + 1], tb.code[start + 2]];
  if (direct && isEvent) {
    f.call(linkage.callbacks.of(callback.kind, direct));
    emitAttention(v);
  } else if (direct) {
    if (!direct.isGuarded) {
      // It may not come back here: then the interpreter goes on from what is written.
      v.spill(site.temporaries);
      const number = linkage.site({ tb, at: operation.next, refund, ahead: [], behind: callback });
      v.storeWord(TierWord.Site, () => f.i32Const(number));
    }
    const shown = callback.flags !== 0 && callback.place !== 'after';
    if (shown) show(v, facts, pc, aux);
    callDirectly(v, facts, linkage, operation, callback, direct);
    if (shown) showAgain(v, facts);
  } else {
    const { execCallback, afterCallback, memCallback } = linkage.imports;
    for (const word of [callback.index, callback.flags, pc, aux]) f.i32Const(word);
    if (callback.kind === 'mem') {
      v.get(operation.inputs[0]);
      f.i32Const(operation.immediates[0]);
      f.i32Const(operation.immediates[1]);
    }
    f.call({ before: execCallback, after: afterCallback, access: memCallback }[callback.place]);
  }
  f.if(false);
  leave();
  f.end();
  if (operation.condition || isEvent) f.end();
}

/** Writes the value of the access that the callback is for to where plugins read it. */
function storeValue(v: Values, { inputs }: Operation): void {
  const { f } = v;
  [inputs[1], inputs[2]].forEach((slot, i) => {
    f.i32Const(0);
    v.get(slot);
    f.memory(Op.i32_store, 2, controlWord(Control.MemValue) + 4 * i);
  });
}

/** Shows pc and aux of the instruction to whom reads registers. */
function show(v: Values, { pcSlot, auxSlot }: GuestFacts, pc: number, aux: number): void {
  v.storeWord(TierWord.SavedPc, () => v.loadWord(pcSlot));
  v.storeWord(TierWord.SavedAux, () => v.loadWord(auxSlot));
  v.storeWord(pcSlot, () => v.f.i32Const(pc));
  v.storeWord(auxSlot, () => v.f.i32Const(aux));
}

function showAgain(v: Values, { pcSlot, auxSlot }: GuestFacts): void {
  v.storeWord(pcSlot, () => v.loadWord(TierWord.SavedPc));
  v.storeWord(auxSlot, () => v.loadWord(TierWord.SavedAux));
}

/** Calls the callback by itself; leaves on the stack whether someone asks for something. */
function callDirectly(
  v: Values,
  { index: vcpu }: GuestFacts,
  { callbacks }: Linkage,
  { inputs, immediates }: Operation,
  { kind, flags }: CallbackPlace,
  direct: DirectCallback,
): void {
  const { f } = v;
  f.i32Const(0);
  f.i64Const((BigInt(callbackUse(vcpu, flags)) << 32n) | BigInt(direct.plugin));
  f.memory(Op.i64_store, 3, controlWord(Control.PluginInCallback));
  f.i32Const(direct.isGuarded ? direct.data : vcpu);
  if (kind === 'mem') {
    f.i32Const(packMeminfo(immediates[0], immediates[1]));
    v.get(inputs[0]);
    if (!direct.isGuarded) f.op(Op.i64_extend_i32_u);
  }
  if (!direct.isGuarded) f.i32Const(direct.data);
  f.call(callbacks.of(kind, direct));
  f.i32Const(0);
  f.i32Const(0);
  f.memory(Op.i32_store, 2, controlWord(Control.PluginInCallback));
  emitAttention(v);
}

/** Leaves on the stack whether someone asks for something. */
function emitAttention({ f }: Values): void {
  f.i32Const(0);
  f.memory(Op.i64_load, 3, controlWord(Control.StopRequest));
  f.i64Const(0n);
  f.op(Op.i64_ne);
}

/** Bytes of an event, and what an instruction's has in place of what the access is. */
const EVENT_BYTES = 16;
const INSTRUCTION = 0xffffffff;

/** Writes the event that stands for the callback into its ring; leaves on the stack whether that is full now. */
function writeEvent(
  v: Values,
  { index: vcpu }: GuestFacts,
  { inputs, immediates }: Operation,
  { kind }: CallbackPlace,
  { ring, data }: DirectCallback,
): void {
  if (!ring) throw new Error('not an event');
  const { f } = v;
  const at = v.scratch(Type.i32);
  const doubleword = (low: number, high: number): void =>
    f.i64Const(BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)));
  f.i32Const(0);
  f.memory(Op.i32_load, 2, ring.head);
  f.tee(at);
  doubleword(vcpu, data);
  f.memory(Op.i64_store, 3, 0);
  f.get(at);
  if (kind === 'mem') {
    v.get(inputs[0]);
    f.op(Op.i64_extend_i32_u);
    doubleword(0, packMeminfo(immediates[0], immediates[1]));
    f.op(Op.i64_or);
  } else {
    doubleword(ring.vaddr ?? 0, INSTRUCTION);
  }
  f.memory(Op.i64_store, 3, 8);
  f.i32Const(0);
  f.get(at);
  f.i32Const(EVENT_BYTES);
  f.op(Op.i32_add);
  f.tee(at);
  f.memory(Op.i32_store, 2, ring.head);
  f.get(at);
  f.i32Const(ring.end);
  f.op(Op.i32_eq);
}
