/** Tasks of the type "tcgscope": a plugin's C source built by the command that comes with the extension. */
import path from 'node:path';
import * as vscode from 'vscode';
import { TASK_TYPE } from '../ids';

const MATCHER = '$gcc';

function buildTask(
  cli: string,
  folder: vscode.WorkspaceFolder | vscode.TaskScope,
  definition: vscode.TaskDefinition,
): vscode.Task | undefined {
  const source: unknown = definition['source'];
  if (typeof source !== 'string') return undefined;
  const name = path.basename(source, '.c');
  const output = path.join(path.dirname(source), `${name}.wasm`);
  const base = typeof folder === 'object' ? { cwd: folder.uri.fsPath } : {};
  // The program that runs the extension host: Electron on the desktop, told to behave as Node.
  const run = new vscode.ProcessExecution(process.execPath, [cli, 'plugin', 'build', source, '-o', output], {
    ...base,
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  return new vscode.Task(definition, folder, `build ${name}`, 'TCG Scope', run, MATCHER);
}

export function registerTasks(extensionUri: vscode.Uri): vscode.Disposable {
  const cli = vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js').fsPath;
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: () => [],
    resolveTask: (task) => buildTask(cli, task.scope ?? vscode.TaskScope.Workspace, task.definition),
  });
}
