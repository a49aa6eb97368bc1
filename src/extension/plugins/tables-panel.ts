/** The webview panels "Plugin Tables": one for each plugin, which follow the running guest. */
import * as vscode from 'vscode';
import type { PluginReport, PluginSummary } from '../../adapter/protocol/custom';
import { receive, type SessionState } from '../../webview/protocol/messages';
import type { PluginTablesState, TablesHostMessage, TablesViewMessage } from '../../webview/protocol/table-messages';
import { newNonce, webviewHtml } from '../webview/html';
import type { StatisticsTarget } from './statistics-document';

const VIEW_TYPE = 'tcg.pluginTables';
/** Rows of each table. */
export const PANEL_ROWS = 1000;

interface Panel {
  readonly panel: vscode.WebviewPanel;
  readonly target: StatisticsTarget;
  view: PluginTablesState;
  /** Whether the document listens; it is loaded anew each time the panel is shown again. */
  ready: boolean;
}

export class TablesPanels implements vscode.Disposable {
  private readonly panels = new Map<string, Panel>();
  private readonly states = new Map<string, SessionState>();

  constructor(private readonly extensionUri: vscode.Uri) {}

  /** The plugins whose panels are in sight. */
  get visible(): StatisticsTarget[] {
    return [...this.panels.values()].filter(({ panel }) => panel.visible).map(({ target }) => target);
  }

  /** Opens the plugin's panel beside the editor, or brings it to the front. */
  show(session: vscode.DebugSession, plugin: PluginSummary, report: PluginReport | undefined): void {
    const target = { sessionId: session.id, pluginId: plugin.id };
    const known = this.panels.get(keyOf(target));
    if (known) {
      known.panel.reveal();
      this.update(target, report);
      return;
    }
    const dist = vscode.Uri.joinPath(this.extensionUri, 'dist');
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, plugin.name, vscode.ViewColumn.Beside, {
      enableScripts: true,
      localResourceRoots: [dist],
    });
    const { name, state } = plugin;
    const made: Panel = {
      panel,
      target,
      view: {
        sessionName: session.name,
        state: this.states.get(session.id) ?? 'running',
        plugin: { name, state, arguments: plugin.arguments },
        report,
        limit: PANEL_ROWS,
      },
      ready: false,
    };
    this.panels.set(keyOf(target), made);
    const icon = (theme: string) => vscode.Uri.joinPath(this.extensionUri, 'media', `graph-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.onDidDispose(() => this.panels.delete(keyOf(target)));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) made.ready = false;
    });
    const ready = (): void => {
      made.ready = true;
      this.post(made);
    };
    panel.webview.onDidReceiveMessage((message: unknown) => receive<TablesViewMessage>({ ready }, message));
    panel.webview.html = webviewHtml({
      title: 'Plugin Tables',
      cspSource: panel.webview.cspSource,
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'tables.js')).toString(),
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'tables.css')).toString(),
      nonce: newNonce(),
    });
  }

  /** What a plugin says now; nothing for one without a panel. */
  update(target: StatisticsTarget, report: PluginReport | undefined): void {
    const found = this.panels.get(keyOf(target));
    if (!found || !report) return;
    found.view = { ...found.view, report };
    this.post(found);
  }

  /** The session runs, stands or is over; what its plugins said last stays. */
  setState(sessionId: string, state: SessionState): void {
    if (state === 'ended') this.states.delete(sessionId);
    else this.states.set(sessionId, state);
    this.change(sessionId, (view) => ({ ...view, state }));
  }

  /** A plugin was switched on or off, or reloaded. */
  setPlugins(sessionId: string, plugins: readonly PluginSummary[]): void {
    this.change(sessionId, (view, id) => {
      const plugin = plugins.find((one) => one.id === id);
      return plugin ? { ...view, plugin } : view;
    });
  }

  dispose(): void {
    for (const { panel } of [...this.panels.values()]) panel.dispose();
  }

  private change(sessionId: string, next: (view: PluginTablesState, pluginId: number) => PluginTablesState): void {
    for (const panel of this.panels.values()) {
      if (panel.target.sessionId !== sessionId) continue;
      panel.view = next(panel.view, panel.target.pluginId);
      this.post(panel);
    }
  }

  private post({ panel, ready, view }: Panel): void {
    const message: TablesHostMessage = { type: 'show', view };
    if (ready) void panel.webview.postMessage(message);
  }
}

const keyOf = ({ sessionId, pluginId }: StatisticsTarget): string => `${sessionId}/${pluginId}`;
