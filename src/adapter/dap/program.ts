import type { ProgramSymbols } from '../../symbols';
import type { EngineApi } from '../engine/api';
import type { PluginSummary } from '../protocol/custom';
import type { CodeMap } from './code-map';
import type { GuestView } from './guest-view';
import type { PreparedLaunch } from './launch';
import type { RunControl } from './run-control';

/** A launched program: everything the requests about it need. */
export interface Program {
  readonly launch: PreparedLaunch;
  readonly engine: EngineApi;
  readonly view: GuestView;
  readonly symbols: ProgramSymbols;
  readonly map: CodeMap;
  readonly run: RunControl;
  readonly plugins: readonly PluginSummary[];
  /** The CPU model as the board names it. */
  readonly cpu: string;
  readonly vcpus: number;
}

/** The current program; throws a RequestError before the launch. */
export type CurrentProgram = () => Program;
