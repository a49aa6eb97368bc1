/** The view "TCG Plugins", its commands, and reloading on save: what joins store, tree, documents and problems. */
import * as vscode from 'vscode';
import type { ContributedKindInfo, PluginReport, PluginSummary } from '../../adapter/protocol/custom';
import { formatReports } from '../../adapter/protocol/plugin-text';
import { refusalOfReload } from '../launch/own-plugins';
import { COMMANDS, SETTINGS, SETTINGS_SECTION, VIEWS } from '../ids';
import { customRequest, type SessionHub } from '../session/session-hub';
import { LookedAt } from './looking';
import { TREE_ROWS, type PluginNode, type TreeNode } from './nodes';
import { PluginProblems } from './problems';
import { StatisticsDocuments } from './statistics-document';
import { PluginStore } from './store';
import { PANEL_ROWS, TablesPanels } from './tables-panel';
import { PluginTree } from './tree';

/** How often statistics in sight are asked for while the guest runs. */
const REFRESH_MS = 1000;
const RETRY_MS = 250;
/** Rows of each table in the editor. */
const DOCUMENT_ROWS = 1000;

interface Target {
  readonly session: vscode.DebugSession;
  readonly plugin: PluginSummary;
}

export interface Plugins extends vscode.Disposable {
  readonly breakpointKinds: readonly ContributedKindInfo[];
  readonly onDidChange: vscode.Event<void>;
}

export function registerPlugins(hub: SessionHub, extensionUri: vscode.Uri): Plugins {
  const changes = new vscode.EventEmitter<void>();
  const store = new PluginStore(() => {
    tree.refresh();
    changes.fire();
  });
  const looked = new LookedAt((sessionId) => {
    const session = ofId(sessionId);
    if (session) void refresh(session);
  });
  const tree = new PluginTree(store, looked);
  const documents = new StatisticsDocuments();
  const panels = new TablesPanels(extensionUri);
  const problems = new PluginProblems();
  const view = vscode.window.createTreeView<TreeNode>(VIEWS.plugins, { treeDataProvider: tree });
  const ofId = (id: string) => hub.sessions.find((session) => session.id === id);

  const ask = async (session: vscode.DebugSession, pluginId: number): Promise<PluginReport | undefined> => {
    const answer = await customRequest(session, 'tcg/pluginStatistics', { id: pluginId, rows: PANEL_ROWS });
    const report = answer.plugins.at(0);
    panels.update({ sessionId: session.id, pluginId }, report);
    return report;
  };

  /** Asks for what the user looks at: reports of plugins with open children, and open documents. */
  const refresh = async (session: vscode.DebugSession): Promise<void> => {
    const isLooking = view.visible && looked.includes(session.id);
    const shown = documents.open.filter(({ sessionId }) => sessionId === session.id);
    try {
      // Also where nothing is open: a tree that VS Code lost comes back.
      if (view.visible && !isLooking) tree.refresh();
      if (isLooking) {
        const { plugins } = await customRequest(session, 'tcg/pluginStatistics', { rows: TREE_ROWS + 1 });
        store.report(session.id, plugins);
      }
      for (const target of shown) {
        const { plugins } = await customRequest(session, 'tcg/pluginStatistics', {
          id: target.pluginId,
          rows: DOCUMENT_ROWS,
        });
        documents.update(target, formatReports(plugins));
      }
      for (const target of panels.visible) if (target.sessionId === session.id) await ask(session, target.pluginId);
    } catch {
      // The session ends, or its guest has ended: what was shown last stays.
    }
  };
  let refreshing = false;
  const timer = setInterval(() => {
    if (refreshing || !hub.sessions.length) return;
    refreshing = true;
    void Promise.all(hub.sessions.map(refresh)).finally(() => (refreshing = false));
  }, REFRESH_MS);

  const list = async (session: vscode.DebugSession, tries = 20): Promise<void> => {
    try {
      store.update(session.id, session.name, await customRequest(session, 'tcg/plugins', {}));
    } catch {
      // It has just ended, or VS Code does not take requests for it yet.
      if (tries > 0 && hub.sessions.includes(session)) setTimeout(() => void list(session, tries - 1), RETRY_MS);
    }
  };

  const reload = async ({ session, plugin }: Target): Promise<void> => {
    const refusal = refusalOfReload(plugin, vscode.workspace.isTrusted);
    if (refusal !== undefined) {
      void vscode.window.showErrorMessage(refusal);
      return;
    }
    try {
      store.update(session.id, session.name, await customRequest(session, 'tcg/pluginReload', { id: plugin.id }));
      if (plugin.path !== undefined) problems.clear(plugin.path);
      vscode.window.setStatusBarMessage(`$(check) ${plugin.name} was reloaded`, 4000);
      await refresh(session);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (plugin.path !== undefined) problems.show(plugin.path, message);
      void vscode.window.showErrorMessage(`${plugin.name} was not reloaded, the old one goes on: ${message}`);
    }
  };

  /** What a command is about: the item it was called on, or what the user picks. */
  const targetOf = async (
    node: unknown,
    fits: (plugin: PluginSummary) => boolean,
    placeHolder: string,
  ): Promise<Target | undefined> => {
    if (isPluginNode(node)) {
      const session = ofId(node.sessionId);
      return session && { session, plugin: node.plugin };
    }
    const items = store.sessions.flatMap(({ sessionId, sessionName, plugins }) =>
      plugins.filter(fits).map((plugin) => ({ label: plugin.name, description: sessionName, sessionId, plugin })),
    );
    if (!items.length) {
      void vscode.window.showInformationMessage('No plugin of a running session fits.');
      return undefined;
    }
    const picked = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder });
    const session = picked && ofId(picked.sessionId);
    return session && { session, plugin: picked.plugin };
  };

  const command = (
    name: string,
    placeHolder: string,
    fits: (plugin: PluginSummary) => boolean,
    run: (target: Target) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(name, async (node: unknown) => {
      const target = await targetOf(node, fits, placeHolder);
      if (!target) return;
      try {
        await run(target);
      } catch (error) {
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
    });

  const setActive =
    (active: boolean) =>
    async ({ session, plugin }: Target) => {
      const answer = await customRequest(session, 'tcg/pluginSetActive', { id: plugin.id, active });
      store.update(session.id, session.name, answer);
    };

  const noteFailures = (): void => {
    for (const { plugins } of store.sessions) {
      for (const { state, path, message } of plugins) {
        if (state === 'failed' && path !== undefined && message !== undefined) problems.show(path, message);
      }
    }
  };

  const saved = async (uri: vscode.Uri): Promise<void> => {
    const owners = uri.scheme === 'file' ? store.ownersOf(uri.fsPath, ...problems.pluginsWith(uri.fsPath)) : [];
    if (!owners.length) return;
    const setting = vscode.workspace.getConfiguration(SETTINGS_SECTION).get<string>(SETTINGS.reloadOnSave, 'always');
    if (setting === 'never') return;
    if (setting === 'ask') {
      const name = owners[0]?.plugin.name ?? '';
      const answer = await vscode.window.showInformationMessage(`${name} has changed.`, 'Reload It');
      if (!answer) return;
    }
    for (const { sessionId, plugin } of owners) {
      const session = ofId(sessionId);
      if (session) await reload({ session, plugin });
    }
  };
  const built = vscode.workspace.createFileSystemWatcher('**/*.wasm', true, false, true);
  const created = vscode.workspace.createFileSystemWatcher('**/*.{ts,mts,cts,js,mjs,cjs,json}', false, true, true);

  const parts = vscode.Disposable.from(
    changes,
    tree,
    view,
    documents,
    panels,
    problems,
    built,
    created,
    { dispose: () => clearInterval(timer) },
    view.onDidChangeVisibility(() => tree.refresh()),
    view.onDidCollapseElement(({ element }) => looked.closed(element.id)),
    hub.onDidStart(() => problems.clearAll()),
    hub.onDidInitialize((session) => void list(session)),
    hub.onDidStop((session) => {
      panels.setState(session.id, 'stopped');
      void refresh(session);
    }),
    hub.onDidContinue(({ id }) => panels.setState(id, 'running')),
    hub.onDidRefuse(({ message }) => {
      const [, path] = /((?:\/|[A-Za-z]:\\)[^:'"]*\.(?:[mc]?[jt]s))\b/.exec(message) ?? [];
      if (path !== undefined) problems.show(path, message);
    }),
    hub.on('tcg/plugins')(({ session, body }) => {
      store.update(session.id, session.name, body);
      panels.setPlugins(session.id, body.plugins);
      noteFailures();
    }),
    hub.onDidEnd(({ id }) => {
      store.end(id);
      panels.setState(id, 'ended');
    }),
    vscode.workspace.onDidSaveTextDocument((document) => void saved(document.uri)),
    // A module is no document: the compiler writes it.
    built.onDidChange((uri) => void saved(uri)),
    // What a plugin lacked may come from anywhere.
    created.onDidCreate((uri) => {
      if (problems.pluginsLacking(uri.fsPath).length) void saved(uri);
    }),
    command(COMMANDS.switchPluginOn, 'Which plugin?', ({ state }) => state === 'off', setActive(true)),
    command(COMMANDS.switchPluginOff, 'Which plugin?', ({ state }) => state === 'loaded', setActive(false)),
    command(COMMANDS.reloadPlugin, 'Which plugin?', () => true, reload),
    command(
      COMMANDS.openPluginFile,
      'Which plugin?',
      ({ path }) => path !== undefined,
      async ({ plugin: { path } }) => {
        if (path !== undefined) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
      },
    ),
    command(
      COMMANDS.showPluginTables,
      'Of which plugin?',
      ({ state }) => state === 'loaded' || state === 'off',
      async ({ session, plugin }) => panels.show(session, plugin, await ask(session, plugin.id)),
    ),
    command(
      COMMANDS.showPluginStatistics,
      'Of which plugin?',
      ({ state }) => state === 'loaded' || state === 'off',
      async ({ session, plugin }) => {
        const { plugins } = await customRequest(session, 'tcg/pluginStatistics', {
          id: plugin.id,
          rows: DOCUMENT_ROWS,
        });
        await documents.show({ sessionId: session.id, pluginId: plugin.id }, plugin.name, formatReports(plugins));
      },
    ),
  );
  return {
    get breakpointKinds() {
      return store.breakpointKinds;
    },
    onDidChange: changes.event,
    dispose: () => parts.dispose(),
  };
}

function isPluginNode(node: unknown): node is PluginNode {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'plugin';
}
