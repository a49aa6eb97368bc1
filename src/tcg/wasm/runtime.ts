import { CONTROL_BASE, Control, ENV_JUMP_CACHE, JUMP_CACHE_BITS, JUMP_CACHE_ENTRY_WORDS } from '../layout';
import type { GuestFacts } from './block-nodes';
import { FunctionBuilder, type FunctionBody } from './function';
import type { WasmHost, WasmTable, WasmValue } from './host';
import { MAX_CALL_DEPTH, Status } from './linkage';
import { ModuleBuilder } from './module';
import { Op, Type } from './opcodes';

/** The module that owns the function table: what regions of all other modules call. */
export interface Runtime {
  readonly table: WasmTable;
  /** Calls the function at `slot`, then those of the blocks that the state names, as far as they are compiled. */
  readonly enter: (slot: number) => Status;
  /** The function of a block that is not compiled: returns at once. */
  readonly stub: WasmValue;
  readonly callSlot: WasmValue;
  readonly callState: WasmValue;
}

const ENTRY_BYTES = 4 * JUMP_CACHE_ENTRY_WORDS;
/** Words of an entry. */
const [ENTRY_PC, ENTRY_FLAGS, ENTRY_SLOT] = [0, 4, 8];
const INDEX_MASK = (1 << JUMP_CACHE_BITS) - 1;
const FIRST_TABLE_SIZE = 1024;

/** Slot of a block's entry in the jump cache. */
export function jumpCacheEntry(pc: number): number {
  return ENV_JUMP_CACHE + (((pc >>> 1) ^ (pc >>> (JUMP_CACHE_BITS + 1))) & INDEX_MASK) * JUMP_CACHE_ENTRY_WORDS;
}

/** Makes the runtime module of one vCPU. */
export function createRuntime(host: WasmHost, facts: GuestFacts): Runtime {
  const module = new ModuleBuilder(host.memoryPages);
  const region = module.type([Type.i32], [Type.i32]);
  const pair = module.type([Type.i32, Type.i32], [Type.i32]);
  const none = module.type([], [Type.i32]);
  const stub = module.function(region, stubBody());
  const lookup = module.function(none, lookupBody(facts));
  const enter = module.function(region, enterBody(region, lookup, facts));
  const callSlot = module.function(pair, callSlotBody(region));
  const callState = module.function(region, callStateBody(region, lookup));
  module.exportTable('table', FIRST_TABLE_SIZE, [stub]);
  for (const [name, index] of Object.entries({ stub, enter, callSlot, callState })) module.exportFunction(name, index);
  const exports = host.instantiate(module.finish(), { env: { memory: host.memory } });
  const table = exports['table'] as WasmTable;
  for (let i = 0; i < table.length; i++) table.set(i, exports['stub']);
  return {
    table,
    enter: exports['enter'] as (slot: number) => Status,
    stub: exports['stub'],
    callSlot: exports['callSlot'],
    callState: exports['callState'],
  };
}

function stubBody(): FunctionBody {
  const f = new FunctionBuilder(1);
  f.i32Const(Status.Lookup);
  return f.finish();
}

/** The slot of the block that the state names, or -1. */
function lookupBody({ env, pcSlot, flagWords }: GuestFacts): FunctionBody {
  const f = new FunctionBuilder(0);
  const base = env.byteOffset;
  const entry = f.local();
  const load = (slot: number): void => {
    f.i32Const(0);
    f.memory(Op.i32_load, 2, base + 4 * slot);
  };
  const cache = base + 4 * ENV_JUMP_CACHE;
  load(pcSlot);
  f.i32Const(1);
  f.op(Op.i32_shr_u);
  load(pcSlot);
  f.i32Const(JUMP_CACHE_BITS + 1);
  f.op(Op.i32_shr_u);
  f.op(Op.i32_xor);
  f.i32Const(INDEX_MASK);
  f.op(Op.i32_and);
  f.i32Const(Math.log2(ENTRY_BYTES));
  f.op(Op.i32_shl);
  f.tee(entry);
  f.memory(Op.i32_load, 2, cache + ENTRY_PC);
  load(pcSlot);
  f.op(Op.i32_xor);
  f.get(entry);
  f.memory(Op.i32_load, 2, cache + ENTRY_FLAGS);
  f.i32Const(0);
  for (const { slot, shift } of flagWords) {
    load(slot);
    f.i32Const(shift);
    f.op(Op.i32_shl);
    f.op(Op.i32_or);
  }
  f.op(Op.i32_xor);
  f.op(Op.i32_or);
  f.if(false);
  f.i32Const(-1);
  f.op(Op.return);
  f.end();
  f.get(entry);
  f.memory(Op.i32_load, 2, cache + ENTRY_SLOT);
  return f.finish();
}

/** Leaves on the stack whether the main loop has to look at the state: somebody wants attention, or an interrupt is pending. */
function emitMainLoopWanted(f: FunctionBuilder, { env, interruptWords }: GuestFacts): void {
  const { lines, masks, interrupts } = interruptWords;
  const load = (offset: number): void => {
    f.i32Const(0);
    f.memory(Op.i32_load, 2, offset);
  };
  const bit = (slot: number, mask: number): void => {
    load(env.byteOffset + 4 * slot);
    f.i32Const(mask);
    f.op(Op.i32_and);
    f.op(Op.i32_eqz);
  };
  load(CONTROL_BASE + 4 * Control.Attention);
  for (const { line, mask } of interrupts) {
    bit(masks, mask);
    bit(lines, line);
    f.op(Op.i32_gt_u);
    f.op(Op.i32_or);
  }
}

function enterBody(region: number, lookup: number, facts: GuestFacts): FunctionBody {
  const f = new FunctionBuilder(1);
  const [slot, status] = [0, f.local()];
  const again = f.loop();
  f.i32Const(0);
  f.get(slot);
  f.callIndirect(region);
  f.tee(status);
  f.if();
  f.get(status);
  f.i32Const(Status.MainLoop);
  f.op(Op.i32_eq);
  f.ifValue(Type.i32);
  emitMainLoopWanted(f, facts);
  f.else();
  f.i32Const(1);
  f.end();
  f.if();
  f.get(status);
  f.op(Op.return);
  f.end();
  f.end();
  f.call(lookup);
  f.tee(slot);
  f.i32Const(0);
  f.op(Op.i32_ge_s);
  f.brIf(again, true);
  f.end();
  f.i32Const(Status.Lookup);
  return f.finish();
}

/** Returns Lookup where calls nest too deep: the parameter is the depth. */
function checkDepth(f: FunctionBuilder, depth: number): void {
  f.get(depth);
  f.i32Const(MAX_CALL_DEPTH);
  f.op(Op.i32_gt_s);
  f.if(false);
  f.i32Const(Status.Lookup);
  f.op(Op.return);
  f.end();
}

function callSlotBody(region: number): FunctionBody {
  const f = new FunctionBuilder(2);
  checkDepth(f, 1);
  f.get(1);
  f.get(0);
  f.returnCallIndirect(region);
  return f.finish();
}

function callStateBody(region: number, lookup: number): FunctionBody {
  const f = new FunctionBuilder(1);
  const slot = f.local();
  checkDepth(f, 0);
  f.call(lookup);
  f.tee(slot);
  f.i32Const(0);
  f.op(Op.i32_lt_s);
  f.if(false);
  f.i32Const(Status.Lookup);
  f.op(Op.return);
  f.end();
  f.get(0);
  f.get(slot);
  f.returnCallIndirect(region);
  return f.finish();
}
