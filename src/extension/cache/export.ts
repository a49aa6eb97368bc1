import * as vscode from 'vscode';
import { STATISTICS_FORMATS, type StatisticsFormat } from '../../plugin/statistics-formats';
import { customRequest, type SessionHub } from '../session/session-hub';
import type { CacheStore } from './store';

/** Instructions listed in an export: all that have misses, up to a number that a spreadsheet still takes. */
const EXPORTED_INSTRUCTIONS = 100_000;

/** Asks which profile format to write, then does it. */
export async function exportProfile(store: CacheStore, hub: SessionHub): Promise<void> {
  const formats = (Object.keys(STATISTICS_FORMATS) as StatisticsFormat[]).filter(
    (format) => STATISTICS_FORMATS[format].isProfile,
  );
  const items = formats.map((format) => ({
    label: STATISTICS_FORMATS[format].label,
    description: `.${format}`,
    detail: PROFILE_DETAILS[format],
    format,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Export Cache Profile' });
  if (picked) await exportStatistics(store, hub, picked.format);
}

const PROFILE_DETAILS: Readonly<Partial<Record<StatisticsFormat, string>>> = {
  callgrind: 'Costs by function and line, and calls, for KCachegrind and callgrind_annotate',
  cachegrind: 'Costs by function and line, for cg_annotate',
  cpuprofile: 'Executed instructions in the tree of calls, for the editor itself and Chrome',
  lcov: 'Lines and functions, executed or not, for coverage viewers',
};

/** Asks where to, then writes the statistics of this moment there. */
export async function exportStatistics(store: CacheStore, hub: SessionHub, format: StatisticsFormat): Promise<void> {
  const { samples, sessionId } = store;
  if (!samples.length) {
    void vscode.window.showInformationMessage(
      'There are no statistics: no session with a cache plugin or libcallprofile.so has run.',
    );
    return;
  }
  const { label, isProfile, write } = STATISTICS_FORMATS[format];
  let caches = samples.map(({ statistics }) => statistics);
  const session = hub.sessions.find(({ id }) => id === sessionId);
  if (session) {
    try {
      const hotInstructions = EXPORTED_INSTRUCTIONS;
      const answer = await customRequest(session, 'tcg/cacheStatistics', { hotInstructions, executed: isProfile });
      caches = answer.caches.map(({ statistics }) => statistics);
    } catch {
      // The session has just ended: the last statistics that came are its final ones.
    }
  }
  let text: string;
  try {
    text = write(caches);
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Export Cache Statistics',
    filters: { [label]: [format] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `cache-statistics.${format}`) } : {}),
  });
  if (!target) return;
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Cannot write ${target.fsPath}: ${reason}`);
  }
}
