/** Plugins and what they say of themselves, as text: for the debug console, the command line and the editor. */
import type { PluginReport, PluginSummary } from './custom';

/** One line for each plugin: number, name with arguments, and what is not as usual. */
export function formatPlugins(plugins: readonly PluginSummary[]): string {
  if (plugins.length === 0) return 'no plugins';
  return plugins
    .map(({ id, name, arguments: args, state, message }) => {
      const text = `${id}: ${[name, ...args].join(',')}`;
      if (state === 'failed') return `${text} (failed: ${message ?? 'no reason given'})`;
      return state === 'loaded' ? text : `${text} (${state})`;
    })
    .join('\n');
}

/** Each plugin's text and tables under its name. */
export function formatReports(reports: readonly PluginReport[]): string {
  if (reports.length === 0) return 'no plugins';
  return reports
    .map(({ pluginId, pluginName, text, tables }) => {
      const parts = [text === null ? [] : [text.trimEnd()], ...tables.map((table) => [formatTable(table)])].flat();
      const body = parts.filter(Boolean);
      return [`${pluginId}: ${pluginName}`, ...(body.length ? body : ['no statistics before the end'])].join('\n');
    })
    .join('\n\n');
}

function formatTable({ title, columns, rows }: PluginReport['tables'][number]): string {
  const table = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  return [
    title,
    ...table.map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n');
}
