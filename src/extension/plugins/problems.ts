/** Errors in users' plugins, shown where they are: in the Problems view and in the file. */
import * as vscode from 'vscode';
import { locateError } from './locate';

export class PluginProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('tcgscope-plugins');
  /** The files with a problem of a plugin's: often only its own. */
  private readonly files = new Map<string, Set<string>>();

  /** @param plugin absolute path of the plugin's file */
  show(plugin: string, text: string): void {
    this.clear(plugin);
    const { line, column, path, message } = locateError(text, plugin);
    const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
    const diagnostic = new vscode.Diagnostic(
      new vscode.Range(position, position),
      message,
      vscode.DiagnosticSeverity.Error,
    );
    diagnostic.source = 'TCG Scope';
    this.collection.set(vscode.Uri.file(path), [diagnostic]);
    this.files.set(plugin, (this.files.get(plugin) ?? new Set()).add(path));
  }

  /**
   * The plugins with a problem in a file, absolute paths: the one that could not be loaded because of it does not count it
   * among its sources yet.
   */
  pluginsWith(path: string): string[] {
    return [...this.files].filter(([, paths]) => paths.has(path)).map(([plugin]) => plugin);
  }

  clear(plugin: string): void {
    for (const path of this.files.get(plugin) ?? []) this.collection.delete(vscode.Uri.file(path));
    this.files.delete(plugin);
  }

  clearAll(): void {
    this.collection.clear();
    this.files.clear();
  }

  dispose(): void {
    this.collection.dispose();
  }
}
