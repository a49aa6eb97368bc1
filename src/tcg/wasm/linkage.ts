import type { TranslationBlock } from '../tb';
import type { FlatMemory } from './access';
import type { CounterAdd } from './counters';
import type { CallbackImports } from './direct-callback';
import type { FilteredImports } from './filtered';
import type { BlockKey } from './node';
import type { CallbackPlace } from './shapes';

/** What a region's function returns. */
export enum Status {
  /** The state names the block to go on with. */
  Lookup = 0,
  /** The main loop looks at the state. */
  MainLoop = 1,
  /** The interpreter goes on at the site that TierWord.Site names. */
  Interpret = 2,
}

/** What a slow access returns. */
export enum SlowAccess {
  /** Nothing was done: the interpreter has to do it. */
  Refused = 0,
  Done = 1,
  /** Done; it has changed how many instructions may run, or its callback wants a stop: the interpreter goes on behind it. */
  DoneAndLeave = 2,
}

/** How many calls compiled code nests; beyond it returns to its caller's caller and goes on from there. */
export const MAX_CALL_DEPTH = 250;

/** A place where compiled code hands over to the interpreter. */
export interface HandOver {
  readonly tb: TranslationBlock;
  /** Position in the block's lowered code. */
  readonly at: number;
  /** Instructions of the block that are counted already and have not begun. */
  readonly refund: number;
  /** What counters have been added to for operations that the interpreter executes now. */
  readonly ahead: readonly CounterAdd[];
  /** The callback that stands right before. */
  readonly behind?: CallbackPlace;
}

/** Numbers of the functions that regions call, in the module that holds them. */
export interface Imports {
  /** (address, memop): a slow load; returns a {@link SlowAccess}, with the value in TierWord.Value. */
  readonly load: number;
  /** (address, memop, low, high): a slow store; returns a {@link SlowAccess}. */
  readonly store: number;
  /** The same with the number of a filtered callback behind: the access, and what its callback does. */
  readonly filteredLoad: number;
  readonly filteredStore: number;
  /** (index, flags, pc, aux): a callback; not 0 when the interpreter is to go on behind it. */
  readonly execCallback: number;
  /** The same, after an instruction. */
  readonly afterCallback: number;
  /** (index, flags, pc, aux, address, memop, rw); the value is in Control.MemValue. */
  readonly memCallback: number;
  /** (site behind it, helper, four inputs): a helper that uses all state; not 0 when it has thrown. The value is in TierWord.Value. */
  readonly systemCall: number;
  /** (index in the function table, depth): calls a function of another module. */
  readonly callSlot: number;
  /** (depth): calls the function of the block that the state names. */
  readonly callState: number;
}

/** What a region's code refers to outside of itself. */
export interface Linkage {
  readonly imports: Imports;
  readonly filtered: FilteredImports;
  readonly callbacks: CallbackImports;
  /** Memory that addresses are offsets in; absent: every access asks the TLB. */
  readonly flat: FlatMemory | undefined;
  /** The number of a helper's import. */
  helper(index: number): number;
  /** The number of the function for a block if this module has it. */
  direct(key: BlockKey): number | undefined;
  /** The index in the function table that stands for a block, whether it is compiled or not. */
  slot(key: BlockKey): number;
  /** A number for a new site. */
  site(handOver: HandOver): number;
}
