/** Puts the cache statistics' parts together: store, panel, decorations, export. */
import * as vscode from 'vscode';
import { COMMANDS, CONTEXTS, SETTINGS, SETTINGS_SECTION } from '../ids';
import type { SessionHub } from '../session/session-hub';
import { exportProfile, exportStatistics } from './export';
import { registerHeat } from './heat';
import { CachePanel } from './panel';
import { CacheStore } from './store';

export function registerCacheStatistics(hub: SessionHub, extensionUri: vscode.Uri): vscode.Disposable {
  const store = new CacheStore();
  const save = (format: 'csv' | 'json') => void exportStatistics(store, hub, format);
  const panel = new CachePanel(extensionUri, store, { export: save });
  let shownFor: string | undefined;

  const unsubscribe = store.onChange(() => {
    void vscode.commands.executeCommand('setContext', CONTEXTS.hasCacheStatistics, store.hasStatistics);
    if (store.sessionId === shownFor || !store.hasCaches) return;
    shownFor = store.sessionId; // once per session: whoever closes the panel does not get it again
    const open = vscode.workspace.getConfiguration(SETTINGS_SECTION).get(SETTINGS.openCacheView, true);
    if (open) panel.show(false);
  });

  return vscode.Disposable.from(
    panel,
    { dispose: unsubscribe },
    registerHeat(store),
    hub.on('tcg/cacheStatistics')(({ session, body }) => store.update(session, body)),
    hub.onDidEnd((session) => store.end(session.id)),
    vscode.commands.registerCommand(COMMANDS.showCacheStatistics, () => panel.show(true)),
    vscode.commands.registerCommand(COMMANDS.exportCacheCsv, () => save('csv')),
    vscode.commands.registerCommand(COMMANDS.exportCacheJson, () => save('json')),
    vscode.commands.registerCommand(COMMANDS.exportCacheProfile, () => void exportProfile(store, hub)),
  );
}
