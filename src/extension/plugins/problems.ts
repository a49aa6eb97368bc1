/** Errors in users' plugins, shown where they are: in the Problems view and in the file. */
import * as vscode from 'vscode';
import { locateError } from './locate';
import { isMeant, missingImport } from './missing-import';

export class PluginProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('tcgscope-plugins');
  /** The files with a problem of a plugin's: often only its own. */
  private readonly files = new Map<string, Set<string>>();

  /** By plugin, what it imports and lacks. */
  private readonly missing = new Map<string, string>();

  /** @param plugin absolute path of the plugin's file */
  show(plugin: string, text: string): void {
    this.clear(plugin);
    const lacks = missingImport(text);
    if (lacks !== undefined) this.missing.set(plugin, lacks);
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
   * The plugins with a problem in a file, or by the lack of it, absolute paths: the one that could not be loaded because of it
   * does not count it among its sources yet.
   */
  pluginsWith(path: string): string[] {
    const inIt = [...this.files].filter(([, paths]) => paths.has(path)).map(([plugin]) => plugin);
    return [...new Set([...inIt, ...this.pluginsLacking(path)])];
  }

  /** The plugins that could not be loaded because an import of theirs means this file, which was not there. */
  pluginsLacking(path: string): string[] {
    return [...this.missing].filter(([, wanted]) => isMeant(path, wanted)).map(([plugin]) => plugin);
  }

  clear(plugin: string): void {
    for (const path of this.files.get(plugin) ?? []) this.collection.delete(vscode.Uri.file(path));
    this.files.delete(plugin);
    this.missing.delete(plugin);
  }

  clearAll(): void {
    this.collection.clear();
    this.files.clear();
    this.missing.clear();
  }

  dispose(): void {
    this.collection.dispose();
  }
}
