import type { TcgBreakpointEvent, TcgBreakpointKind, TcgView } from 'qemu-plugin';
import type { LoadedPlugin } from './loaded-plugin';

/** The name of a kind of breakpoint that a plugin contributes: `plugin:libx.so/name`. */
export type ContributedKind = `plugin:${string}`;

/** A kind of breakpoint that a plugin contributes, as the debugger offers it. */
export interface ContributedKindInfo {
  readonly kind: ContributedKind;
  readonly label: string;
  readonly description: string;
  readonly pluginId: number;
}

/** A table as plain data. */
export interface PluginTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a plugin says of itself while the guest runs. */
export interface PluginReport {
  readonly pluginId: number;
  readonly pluginName: string;
  /** Its statistics in text; null if it offers none before the end. */
  readonly text: string | null;
  readonly tables: readonly PluginTable[];
}

/** What one plugin adds to the debugger. */
export class Contributions {
  statistics: (() => string) | undefined;
  readonly views = new Map<string, TcgView>();
  readonly kinds = new Map<ContributedKind, TcgBreakpointKind>();
}

/** The tables of a plugin's views with at most `limit` rows each. Throws a TypeError that names a view which is none. */
export function tablesOf(contributions: Contributions, limit: number): PluginTable[] {
  return [...contributions.views.values()].map((view) => {
    const rows = view.rows(limit);
    if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) {
      throw new TypeError(`the view '${view.id}' gave no list of rows`);
    }
    const { id, title, columns } = view;
    const cells = rows
      .slice(0, limit)
      .map((row) => row.map((cell) => (typeof cell === 'number' ? cell : String(cell))));
    return { id, title, columns: columns.map(String), rows: cells };
  });
}

/** The kinds of breakpoints that active plugins contribute. */
export function kindsOf(plugins: readonly LoadedPlugin[]): ContributedKindInfo[] {
  return plugins.flatMap(({ id, active, contributions }) =>
    active
      ? [...contributions.kinds].map(([kind, { label, description }]) => ({ kind, label, description, pluginId: id }))
      : [],
  );
}

const NAME = /^[\w.-]+$/;

/** Checks what a plugin contributes; throws an Error that names the API function. */
export function checkName(name: unknown, api: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new TypeError(`${api}: a name is letters, digits, '_', '-' and '.', not ${JSON.stringify(name)}`);
}

export type { TcgBreakpointEvent };
