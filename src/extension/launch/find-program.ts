/** Finds the program to debug when nobody has named one: the open file, or the ELF files of the workspace. */
import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { HEADER_BYTES, isArmExecutable } from './elf-header';

const USUAL_NAMES = '**/*.{elf,ELF,axf,AXF,out}';
const NO_EXTENSION = '**/*';
const SKIPPED = '**/{node_modules,.git,.vscode,.metadata}/**';
/** Files whose header is read at most: enough for any project, short enough for a home folder opened by mistake. */
const MAX_FILES = 2000;

/** Whether the file is a program for a 32-bit ARM; false also where it cannot be read. */
export async function isArmProgram(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') return false;
  try {
    const file = await open(uri.fsPath, 'r');
    try {
      const header = new Uint8Array(HEADER_BYTES);
      const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
      return isArmExecutable(header.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** The file of the active tab, whatever editor shows it. */
function activeFile(): vscode.Uri | undefined {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (typeof input === 'object' && input !== null && 'uri' in input && input.uri instanceof vscode.Uri)
    return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}

async function onlyPrograms(uris: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
  const programs: vscode.Uri[] = [];
  for (const uri of uris) if (await isArmProgram(uri)) programs.push(uri);
  return programs.sort((a, b) => (a.fsPath < b.fsPath ? -1 : 1));
}

/** The ARM programs in a folder, or in all of the workspace: those with a usual name, else any with the right header. */
export async function findPrograms(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.Uri[]> {
  const within = (pattern: string) => (folder ? new vscode.RelativePattern(folder, pattern) : pattern);
  const usual = await onlyPrograms(await vscode.workspace.findFiles(within(USUAL_NAMES), SKIPPED, MAX_FILES));
  if (usual.length) return usual;
  const all = await vscode.workspace.findFiles(within(NO_EXTENSION), SKIPPED, MAX_FILES);
  return onlyPrograms(all.filter((uri) => !/\.[^./\\]+$/.test(uri.path)));
}

/** Why there is no program. */
export type NoProgram = 'none found' | 'cancelled';

/** The open file if it is a program, else the only one of the workspace, else the one that the user picks. */
export async function chooseProgram(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.Uri | NoProgram> {
  const active = activeFile();
  if (active && (await isArmProgram(active))) return active;
  const programs = await findPrograms(folder);
  const [first] = programs;
  if (!first) return 'none found';
  if (programs.length === 1) return first;
  const picked = await vscode.window.showQuickPick(
    programs.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { title: 'Debug with TCG Scope', placeHolder: 'Which program shall run?' },
  );
  return picked?.uri ?? 'cancelled';
}
