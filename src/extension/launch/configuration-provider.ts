/** Completes and checks `"type": "tcg"` configurations before a session starts. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../ids';
import { INITIAL_CONFIGURATION, LAUNCH_SCHEMA } from '../manifest/launch-schema';
import { chooseProgram, findPrograms, isArmProgram } from './find-program';
import { checkSchema } from './schema-check';
import { refusalOfLaunch } from './own-plugins';

const LAUNCH_JSON = 'Open launch.json';
const MANAGE_TRUST = 'Manage Workspace Trust';

/** Problems of a configuration as a user wrote it: fields of a wrong type or range. Of unknown ones the adapter warns. */
export function configurationProblems(config: vscode.DebugConfiguration): string[] {
  return [
    ...(config.request === 'launch' ? [] : [`"request" must be "launch", not ${JSON.stringify(config.request)}`]),
    ...checkSchema({ ...LAUNCH_SCHEMA, type: 'object' }, config, ''),
  ];
}

/** A configuration for a program that nobody has configured. */
export function configurationFor(program: vscode.Uri): vscode.DebugConfiguration {
  const name = path.posix.basename(program.path);
  return { ...INITIAL_CONFIGURATION, name: `Run ${name} with cache statistics`, program: program.fsPath };
}

/** Shows why no session starts; offers launch.json where the configuration came from there. */
async function refuse(message: string, folder: vscode.WorkspaceFolder | undefined): Promise<void> {
  const launchJson = folder && vscode.Uri.joinPath(folder.uri, '.vscode', 'launch.json');
  const exists = launchJson && (await stat(launchJson.fsPath).then(Boolean, () => false));
  const choice = vscode.window.showErrorMessage(message, ...(exists ? [LAUNCH_JSON] : []));
  // Not awaited: VS Code would take the session for one that still starts as long as the message is shown.
  void choice.then(async (picked) => {
    if (picked === LAUNCH_JSON && launchJson) await vscode.window.showTextDocument(launchJson);
  });
}

/** Shows why nothing starts here, with the way to change that. */
function refuseUntrusted(message: string): void {
  void vscode.window.showErrorMessage(message, MANAGE_TRUST).then((picked) => {
    if (picked === MANAGE_TRUST) void vscode.commands.executeCommand('workbench.trust.manage');
  });
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Fills in what is missing, then (with variables replaced) checks everything that can be checked without the adapter. */
export class TcgConfigurationProvider implements vscode.DebugConfigurationProvider {
  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    config: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (config.program !== undefined) return { ...config, request: config.request ?? 'launch' };
    const program = await chooseProgram(folder);
    if (program === 'cancelled') return undefined;
    if (program === 'none found') {
      await refuse('There is no ELF file for a 32-bit ARM here. Name one as "program" in launch.json.', folder);
      return undefined;
    }
    const fromNothing = !config.type && !config.request && !config.name;
    const found = configurationFor(program);
    return fromNothing
      ? { ...found, ...(config.noDebug === undefined ? {} : { noDebug: config.noDebug }) }
      : { ...config, type: DEBUG_TYPE, request: config.request ?? 'launch', program: found.program };
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    config: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const problems = configurationProblems(config);
    if (problems.length) {
      await refuse(`The configuration "${config.name}" is wrong: ${problems.join('. ')}.`, folder);
      return undefined;
    }
    const base = folder?.uri.fsPath;
    const absolute = (file: string) => (base && !path.isAbsolute(file) ? path.join(base, file) : file);
    const program = absolute(String(config.program));
    if (!(await isFile(program))) {
      await refuse(`The program of "${config.name}" does not exist: ${program}`, folder);
      return undefined;
    }
    const cwd: unknown = config.cwd;
    const folderOfFiles = typeof cwd === 'string' ? absolute(cwd) : (base ?? path.dirname(program));
    const loaded = { name: config.name, plugins: config.plugins as unknown, folder: folderOfFiles };
    const refusal = await refusalOfLaunch(loaded, vscode.workspace.isTrusted, isFile);
    if (refusal !== undefined) {
      refuseUntrusted(refusal);
      return undefined;
    }
    return {
      ...config,
      program,
      ...(typeof cwd === 'string' ? { cwd: absolute(cwd) } : {}),
    };
  }
}

/** Offers a configuration for each program of the workspace ("Add Configuration…", the list below F5). */
export class ProgramsOfWorkspace implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const programs = await findPrograms(folder);
    if (!programs.length) return [{ ...INITIAL_CONFIGURATION }];
    return programs.map((program) => {
      const config = configurationFor(program);
      const relative = folder && path.posix.relative(folder.uri.path, program.path);
      return relative && !relative.startsWith('..')
        ? { ...config, program: `\${workspaceFolder}/${relative}` }
        : config;
    });
  }
}

/** Starts a session for a file of the explorer. */
export async function debugFile(uri: vscode.Uri | undefined): Promise<void> {
  const program = uri ?? (await chooseProgram(undefined));
  if (program === 'cancelled') return;
  if (program === 'none found' || !(await isArmProgram(program))) {
    const what = program === 'none found' ? 'No file here' : path.posix.basename(program.path);
    void vscode.window.showErrorMessage(`${what} is an ELF program for a 32-bit ARM.`);
    return;
  }
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(program), configurationFor(program));
}

/** The path for `${command:pickProgram}`; undefined ends the launch. */
export async function pickProgram(): Promise<string | undefined> {
  const program = await chooseProgram(undefined);
  return program instanceof vscode.Uri ? program.fsPath : undefined;
}
