/** The webview panel "Cache Statistics": passes the store's contents in and the user's wishes out. */
import * as vscode from 'vscode';
import { receive, type Handlers, type HostMessage, type ViewMessage } from '../../webview/protocol/messages';
import { newNonce, webviewHtml } from '../webview/html';
import type { CacheStore, StoreChange } from './store';

const VIEW_TYPE = 'tcg.cacheStatistics';

/** What the panel cannot do by itself. */
export interface PanelActions {
  readonly export: (format: 'csv' | 'json') => void;
}

export class CachePanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  /** Whether the document has said that it listens; it is loaded anew each time the panel is shown again. */
  private ready = false;
  /** Whether the panel opened by itself and has been where it is since. */
  private maySlide = false;
  private readonly unsubscribe: () => void;

  private readonly handlers: Handlers<ViewMessage> = {
    ready: () => {
      this.ready = true;
      this.post({ type: 'show', view: this.store.view });
    },
    openSource: ({ path, line }) => void this.openSource(path, line),
    export: ({ format }) => this.actions.export(format),
  };

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly store: CacheStore,
    private readonly actions: PanelActions,
  ) {
    this.unsubscribe = store.onChange((change) => this.changed(change));
  }

  /** Opens the panel beside the editor, or brings it to the front. The focus goes there only if asked for. */
  show(focus: boolean): void {
    if (this.panel) {
      // Not on top of the source that is being debugged: a panel in its group moves to the side.
      const covers = !this.panel.visible && vscode.window.activeTextEditor?.viewColumn === this.panel.viewColumn;
      this.panel.reveal(covers ? vscode.ViewColumn.Beside : undefined, !focus);
      return;
    }
    const dist = vscode.Uri.joinPath(this.extensionUri, 'dist');
    this.panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      'Cache Statistics',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: !focus },
      { enableScripts: true, localResourceRoots: [dist] },
    );
    const { webview } = this.panel;
    const icon = (theme: string) => vscode.Uri.joinPath(this.extensionUri, 'media', `graph-${theme}.svg`);
    this.panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.panel.onDidDispose(() => {
      this.panel = undefined;
      this.ready = false;
    });
    this.panel.onDidChangeViewState(({ webviewPanel }) => {
      if (webviewPanel.visible) return;
      this.ready = false;
      this.slideAside(webviewPanel);
    });
    this.maySlide = !focus;
    webview.onDidReceiveMessage((message: unknown) => receive<ViewMessage>(this.handlers, message));
    webview.html = webviewHtml({
      title: 'Cache Statistics',
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css')).toString(),
      nonce: newNonce(),
    });
  }

  dispose(): void {
    this.unsubscribe();
    this.panel?.dispose();
  }

  private changed(change: StoreChange): void {
    if (!this.ready) return;
    const { view } = this.store;
    if (change === 'all' || !view) this.post({ type: 'show', view });
    else this.post({ type: 'update', state: view.state, samples: view.caches.map(({ sample }) => sample) });
  }

  private post(message: HostMessage): void {
    void this.panel?.webview.postMessage(message);
  }

  private async openSource(path: string, line: number): Promise<void> {
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
      const position = new vscode.Position(Math.max(0, Math.min(line, document.lineCount) - 1), 0);
      const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
      const column = shown?.viewColumn ?? this.otherColumn();
      await vscode.window.showTextDocument(document, {
        selection: new vscode.Range(position, position),
        viewColumn: column,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Cannot open ${path}: ${reason}`);
    }
  }

  /**
   * In a window without editors the panel takes the only group, where VS Code then shows the source it stops at: on top
   * of the panel. It moves out of the way, once.
   */
  private slideAside(panel: vscode.WebviewPanel): void {
    const isCovered = vscode.window.activeTextEditor?.viewColumn === panel.viewColumn;
    if (!this.maySlide || !isCovered || this.store.view?.state === 'ended') return;
    this.maySlide = false;
    panel.reveal(vscode.ViewColumn.Beside, true);
  }

  /** A group of editors that is not the panel's own, a new one if need be: the panel stays in sight. */
  private otherColumn(): vscode.ViewColumn {
    const groups = vscode.window.tabGroups.all.map((group) => group.viewColumn);
    return groups.find((column) => column !== this.panel?.viewColumn) ?? vscode.ViewColumn.Beside;
  }
}
