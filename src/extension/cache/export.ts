import * as vscode from 'vscode';
import { statisticsToCsv, statisticsToJson } from '../../plugin/statistics-export';
import { customRequest, type SessionHub } from '../session/session-hub';
import type { CacheStore } from './store';

/** Instructions listed in an export: all that have misses, up to a number that a spreadsheet still takes. */
const EXPORTED_INSTRUCTIONS = 100_000;

const FORMATS = {
  csv: { label: 'Comma-separated values', write: statisticsToCsv },
  json: { label: 'JSON', write: statisticsToJson },
} as const;

/** Asks where to, then writes the statistics of this moment there. */
export async function exportStatistics(store: CacheStore, hub: SessionHub, format: 'csv' | 'json'): Promise<void> {
  const { view, sessionId } = store;
  if (!view?.caches.length) {
    void vscode.window.showInformationMessage('There are no cache statistics: no session with a cache plugin has run.');
    return;
  }
  let caches = view.caches.map(({ sample }) => sample.statistics);
  const session = hub.sessions.find(({ id }) => id === sessionId);
  if (session) {
    try {
      const hotInstructions = EXPORTED_INSTRUCTIONS;
      const answer = await customRequest(session, 'tcg/cacheStatistics', { hotInstructions });
      caches = answer.caches.map(({ statistics }) => statistics);
    } catch {
      // The session has just ended: the last statistics that came are its final ones.
    }
  }
  const { label, write } = FORMATS[format];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Export Cache Statistics',
    filters: { [label]: [format] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `cache-statistics.${format}`) } : {}),
  });
  if (!target) return;
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(write(caches)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Cannot write ${target.fsPath}: ${reason}`);
  }
}
