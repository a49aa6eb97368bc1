/** What the extension and the view of a plugin's tables say to each other. */
import type { PluginReport, PluginSummary } from '../../adapter/protocol/custom';
import type { SessionState } from './messages';

export interface PluginTablesState {
  readonly sessionName: string;
  readonly state: SessionState;
  readonly plugin: Pick<PluginSummary, 'name' | 'arguments' | 'state'>;
  /** What the plugin said last; undefined before that. */
  readonly report: PluginReport | undefined;
  /** Rows that are asked for at most. */
  readonly limit: number;
}

export type TablesHostMessage = { readonly type: 'show'; readonly view: PluginTablesState };

/** The view can take messages now. */
export type TablesViewMessage = { readonly type: 'ready' };
