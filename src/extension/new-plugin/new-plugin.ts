/** The command "TCG: New Plugin": asks for kind and name, writes the files, and joins them to the workspace. */
import path from 'node:path';
import * as vscode from 'vscode';
import { DEBUG_TYPE, TASK_TYPE } from '../ids';
import { nameProblem, TEMPLATES, TSCONFIG, type Template } from './templates';

const DECLARATIONS = 'qemu-plugin.d.ts';
const ADD = 'Add to launch.json';

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder: 'For which folder?' });
  if (!folders[0]) void vscode.window.showErrorMessage('Open a folder first: the plugin is a file in it.');
  return folders[0];
}

async function askForName(folder: vscode.Uri, { extension, label }: Template): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: `New Plugin: ${label}`,
    prompt: `Its name: the file is called after it, with "${extension}".`,
    value: 'my-plugin',
    validateInput: async (name) => {
      const problem = nameProblem(name);
      if (problem) return problem;
      return (await exists(vscode.Uri.joinPath(folder, name + extension))) ? `${name}${extension} exists` : undefined;
    },
  });
}

export async function newPlugin(extensionUri: vscode.Uri): Promise<void> {
  const folder = await chooseFolder();
  if (!folder) return;
  const items = TEMPLATES.map((template) => ({ label: template.label, description: template.detail, template }));
  const picked = await vscode.window.showQuickPick(items, { title: 'New Plugin', placeHolder: 'What shall it do?' });
  if (!picked) return;
  const { template } = picked;
  const name = await askForName(folder.uri, template);
  if (name === undefined) return;
  try {
    const file = vscode.Uri.joinPath(folder.uri, name + template.extension);
    await vscode.workspace.fs.writeFile(file, Buffer.from(template.text(name)));
    if (template.kind === 'c') await addBuildTask(folder, name);
    else await writeTypes(folder.uri, extensionUri);
    await vscode.window.showTextDocument(file);
    const made = `${name}${template.extension}`;
    const loaded = template.kind === 'c' ? `./${name}.wasm` : `./${made}`;
    // Not awaited: the command is done.
    void vscode.window.showInformationMessage(`${made} is a plugin that runs as it is.`, ADD).then(async (answer) => {
      if (answer === ADD) await addToLaunch(folder, loaded, template.kind === 'c' ? `build ${name}` : undefined);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`The plugin could not be written: ${reason}`);
  }
}

/** The API's declarations beside the plugin, and what makes the editor check against them where nothing does. */
async function writeTypes(folder: vscode.Uri, extensionUri: vscode.Uri): Promise<void> {
  const { fs } = vscode.workspace;
  const declarations = await fs.readFile(vscode.Uri.joinPath(extensionUri, 'include', DECLARATIONS));
  await fs.writeFile(vscode.Uri.joinPath(folder, DECLARATIONS), declarations);
  const config = vscode.Uri.joinPath(folder, 'tsconfig.json');
  if (!(await exists(config))) await fs.writeFile(config, Buffer.from(`${JSON.stringify(TSCONFIG, undefined, 2)}\n`));
}

async function addBuildTask(folder: vscode.WorkspaceFolder, name: string): Promise<void> {
  const tasks = vscode.workspace.getConfiguration('tasks', folder.uri);
  const known = tasks.get<Record<string, unknown>[]>('tasks', []);
  const task = {
    label: `build ${name}`,
    type: TASK_TYPE,
    source: `${name}.c`,
    problemMatcher: ['$gcc'],
    group: 'build',
  };
  await tasks.update('version', '2.0.0', vscode.ConfigurationTarget.WorkspaceFolder);
  await tasks.update('tasks', [...known, task], vscode.ConfigurationTarget.WorkspaceFolder);
}

/** Appends the plugin to a configuration that the user picks; its comments stay: where there are some the user does it. */
async function addToLaunch(folder: vscode.WorkspaceFolder, plugin: string, preLaunchTask?: string): Promise<void> {
  const launch = vscode.workspace.getConfiguration('launch', folder.uri);
  const all = launch.get<vscode.DebugConfiguration[]>('configurations', []);
  const ours = all.filter(({ type }) => type === DEBUG_TYPE);
  const file = vscode.Uri.joinPath(folder.uri, '.vscode', 'launch.json');
  if (!ours.length || !(await isPlainJson(file))) {
    await vscode.env.clipboard.writeText(JSON.stringify(plugin));
    if (await exists(file)) await vscode.window.showTextDocument(file);
    void vscode.window.showInformationMessage(`Add ${JSON.stringify(plugin)} to "plugins": it is on the clipboard.`);
    return;
  }
  const names = ours.map(({ name }) => name);
  const picked = names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { title: ADD });
  const chosen = ours.find(({ name }) => name === picked);
  if (!chosen) return;
  const plugins: unknown = chosen['plugins'];
  const changed = {
    ...chosen,
    plugins: [...(Array.isArray(plugins) ? (plugins as unknown[]) : []), plugin],
    ...(preLaunchTask === undefined || chosen.preLaunchTask ? {} : { preLaunchTask }),
  };
  const configurations = all.map((one) => (one === chosen ? changed : one));
  await launch.update('configurations', configurations, vscode.ConfigurationTarget.WorkspaceFolder);
  void vscode.window.showInformationMessage(`"${chosen.name}" loads ${path.posix.basename(plugin)}.`);
}

/** Whether the file has nothing that JSON does not know: comments would be lost. */
async function isPlainJson(file: vscode.Uri): Promise<boolean> {
  try {
    JSON.parse(Buffer.from(await vscode.workspace.fs.readFile(file)).toString());
    return true;
  } catch {
    return false;
  }
}
