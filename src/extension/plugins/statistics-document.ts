/** What a plugin says of itself, as a read-only document of the editor that follows the running guest. */
import * as vscode from 'vscode';

const SCHEME = 'tcg-plugin';

/** A document's plugin. */
export interface StatisticsTarget {
  readonly sessionId: string;
  readonly pluginId: number;
}

export class StatisticsDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly onDidChange = this.emitter.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** The plugins whose documents are open. */
  get open(): StatisticsTarget[] {
    return vscode.workspace.textDocuments
      .filter(({ uri, isClosed }) => uri.scheme === SCHEME && !isClosed)
      .map(({ uri }) => ({ sessionId: uri.authority, pluginId: Number(uri.query) }));
  }

  /** Shows the document beside the source. */
  async show(target: StatisticsTarget, name: string, text: string): Promise<void> {
    const uri = this.uriOf(target, name);
    this.put(uri, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }

  /** New text for a document that is open; nothing otherwise. */
  update(target: StatisticsTarget, text: string): void {
    const { sessionId, pluginId } = target;
    const shown = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.scheme === SCHEME && uri.authority === sessionId && uri.query === String(pluginId),
    );
    if (shown) this.put(shown.uri, text);
  }

  dispose(): void {
    this.registration.dispose();
    this.emitter.dispose();
  }

  private uriOf({ sessionId, pluginId }: StatisticsTarget, name: string): vscode.Uri {
    const path = `/${name} statistics`;
    return vscode.Uri.from({ scheme: SCHEME, authority: sessionId, path, query: String(pluginId) });
  }

  private put(uri: vscode.Uri, text: string): void {
    const key = uri.toString();
    if (this.texts.get(key) === text) return;
    this.texts.set(key, text);
    this.emitter.fire(uri);
  }
}
