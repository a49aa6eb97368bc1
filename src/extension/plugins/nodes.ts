/** The tree of the view "TCG Plugins" as data: plugins, below them arguments, statistics and the tables they contribute. */
import type { PluginReport, PluginSummary } from '../../adapter/protocol/custom';
import type { SessionPlugins } from './store';

export interface PluginNode {
  readonly kind: 'plugin';
  readonly id: string;
  readonly sessionId: string;
  readonly plugin: PluginSummary;
  /** Named when there is more than one session. */
  readonly sessionName?: string;
}

/** Anything below a plugin. */
export interface DetailNode {
  readonly kind: 'detail';
  readonly id: string;
  readonly icon: 'symbol-parameter' | 'error' | 'graph' | 'table' | 'none';
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly children: readonly DetailNode[];
}

export type TreeNode = PluginNode | DetailNode;

/** Rows of a table in the tree; the editor shows all that the adapter gives. */
export const TREE_ROWS = 50;
/** Lines of a plugin's text in the tree. */
const TEXT_LINES = 40;

export function rootNodes(sessions: readonly SessionPlugins[]): PluginNode[] {
  return sessions.flatMap(({ sessionId, sessionName, plugins }) =>
    plugins.map((plugin): PluginNode => {
      const node = { kind: 'plugin', id: `${sessionId}/${plugin.id}`, sessionId, plugin } as const;
      return sessions.length > 1 ? { ...node, sessionName } : node;
    }),
  );
}

/** @param report undefined: the plugin has not been asked yet */
export function detailsOf(node: PluginNode, report: PluginReport | undefined): DetailNode[] {
  const { plugin, id } = node;
  const leaf = (name: string, rest: Omit<DetailNode, 'kind' | 'id' | 'children'>): DetailNode => ({
    kind: 'detail',
    id: `${id}/${name}`,
    children: [],
    ...rest,
  });
  const nodes: DetailNode[] = [];
  if (plugin.state === 'failed') {
    const message = plugin.message ?? 'it has failed';
    nodes.push(leaf('failure', { icon: 'error', label: message, tooltip: message }));
  }
  plugin.arguments.forEach((argument, index) => {
    nodes.push(leaf(`argument${index}`, { icon: 'symbol-parameter', label: argument, description: 'argument' }));
  });
  if (!report) return nodes;
  const lines = (report.text ?? '').split('\n').filter((line) => line.trim());
  if (lines.length) nodes.push(textNode(`${id}/text`, lines));
  for (const table of report.tables) nodes.push(tableNode(`${id}/table/${table.id}`, table));
  if (report.text === null && !report.tables.length && plugin.state !== 'failed') {
    nodes.push(leaf('nothing', { icon: 'none', label: 'No statistics before the end' }));
  }
  return nodes;
}

function textNode(id: string, lines: readonly string[]): DetailNode {
  const shown = lines.slice(0, TEXT_LINES).map((line, index): DetailNode => {
    // `name: value` reads best with the value apart.
    const [, name, value] = /^([^:,]{1,40}):\s+(\S.*)$/.exec(line) ?? [];
    return {
      kind: 'detail',
      id: `${id}/${index}`,
      icon: 'none',
      label: name ?? line,
      ...(value === undefined ? {} : { description: value }),
      tooltip: line,
      children: [],
    };
  });
  return {
    kind: 'detail',
    id,
    icon: 'graph',
    label: 'Statistics',
    children: [...shown, ...rest(id, lines.length, TEXT_LINES)],
  };
}

function tableNode(id: string, { title, columns, rows }: PluginReport['tables'][number]): DetailNode {
  const children = rows.slice(0, TREE_ROWS).map((row, index): DetailNode => {
    const [first, ...others] = row.map(formatCell);
    return {
      kind: 'detail',
      id: `${id}/${index}`,
      icon: 'none',
      label: first ?? '',
      description: others.join(' · '),
      tooltip: columns.map((column, i) => `${column}: ${formatCell(row[i] ?? '')}`).join('\n'),
      children: [],
    };
  });
  return {
    kind: 'detail',
    id,
    icon: 'table',
    label: title,
    description: columns.join(' · '),
    children: [...children, ...rest(id, rows.length, TREE_ROWS)],
  };
}

function rest(id: string, all: number, shown: number): DetailNode[] {
  if (all <= shown) return [];
  const label = `${all - shown} more: "Show Statistics" has them`;
  return [{ kind: 'detail', id: `${id}/rest`, icon: 'none', label, children: [] }];
}

function formatCell(cell: string | number): string {
  return typeof cell === 'number' && Number.isInteger(cell) ? cell.toLocaleString('en-US') : String(cell);
}
