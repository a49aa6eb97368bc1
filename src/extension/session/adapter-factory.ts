import * as vscode from 'vscode';
import { CACHE_FOLDER } from '../../adapter/protocol/environment';

/**
 * Runs dist/adapter.js in a process of its own, so that neither a runaway guest nor a plugin can harm the extension
 * host. The program is the one that runs the extension host: Electron on the desktop (told to behave as Node), Node in
 * a server.
 */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  /** @param storageUri where the extension may keep files: the adapter's compiled code, so that it starts faster */
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly storageUri: vscode.Uri,
  ) {}

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const adapter = vscode.Uri.joinPath(this.extensionUri, 'dist', 'adapter.js').fsPath;
    const folder = session.workspaceFolder?.uri.fsPath;
    const codeCache = vscode.Uri.joinPath(this.storageUri, 'code').fsPath;
    return new vscode.DebugAdapterExecutable(process.execPath, [adapter], {
      env: { ELECTRON_RUN_AS_NODE: '1', [CACHE_FOLDER]: process.env[CACHE_FOLDER] ?? codeCache },
      ...(folder ? { cwd: folder } : {}),
    });
  }
}
