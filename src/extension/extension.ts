/** The extension's entry: what VS Code loads when a "tcg" session, view or command is wanted. */
import * as vscode from 'vscode';
import { registerPluginBreakpoints } from './breakpoints/view';
import { registerCacheStatistics } from './cache/register';
import { COMMANDS, DEBUG_TYPE } from './ids';
import { debugFile, pickProgram, ProgramsOfWorkspace, TcgConfigurationProvider } from './launch/configuration-provider';
import { registerNotices } from './log/notices';
import { registerPluginLog } from './log/plugin-log';
import { newPlugin } from './new-plugin/new-plugin';
import { registerTasks } from './new-plugin/tasks';
import { registerPlugins } from './plugins/register';
import { AdapterFactory } from './session/adapter-factory';
import { registerGuestTerminals } from './session/guest-terminal';
import { SessionHub } from './session/session-hub';

export function activate(context: vscode.ExtensionContext): void {
  const hub = new SessionHub();
  const plugins = registerPlugins(hub, context.extensionUri);
  const { registerDebugConfigurationProvider, registerDebugAdapterDescriptorFactory } = vscode.debug;
  const { Initial, Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    hub,
    registerDebugAdapterDescriptorFactory(
      DEBUG_TYPE,
      new AdapterFactory(context.extensionUri, context.globalStorageUri),
    ),
    registerDebugConfigurationProvider(DEBUG_TYPE, new TcgConfigurationProvider()),
    registerDebugConfigurationProvider(DEBUG_TYPE, new ProgramsOfWorkspace(), Initial),
    registerDebugConfigurationProvider(DEBUG_TYPE, new ProgramsOfWorkspace(), Dynamic),
    registerPluginLog(hub),
    registerNotices(hub),
    registerGuestTerminals(hub),
    plugins,
    registerPluginBreakpoints(hub, context.workspaceState, plugins),
    registerCacheStatistics(hub, context.extensionUri),
    registerTasks(context.extensionUri),
    vscode.commands.registerCommand(COMMANDS.newPlugin, () => newPlugin(context.extensionUri)),
    vscode.commands.registerCommand(COMMANDS.debugFile, debugFile),
    vscode.commands.registerCommand(COMMANDS.pickProgram, pickProgram),
  );
}
