import * as vscode from 'vscode';
import { CHANNELS, COMMANDS, LANGUAGES, LOG_LIMIT_MAXIMUM, SETTINGS, SETTINGS_SECTION } from '../ids';
import { customRequest, type SessionHub } from '../session/session-hub';
import { BoundedLog } from './bounded-log';
import { RenewedChannel } from './renewed-channel';

const MIB = 1024 * 1024;

/** Shows what plugins print in the output channel "TCG Plugins", verbatim: a later session's text follows an earlier's. */
export function registerPluginLog(hub: SessionHub): vscode.Disposable {
  const channel = new RenewedChannel({
    create: () => vscode.window.createOutputChannel(CHANNELS.pluginLog, LANGUAGES.pluginLog),
    inSight: () =>
      vscode.window.visibleTextEditors.some(
        ({ document: { uri } }) => uri.scheme === 'output' && uri.path.includes(CHANNELS.pluginLog),
      ),
  });
  const logs = new Map<string, BoundedLog>();

  const open = (session: vscode.DebugSession): BoundedLog => {
    const known = logs.get(session.id);
    if (known) return known;
    const setting = vscode.workspace.getConfiguration(SETTINGS_SECTION).get(SETTINGS.logLimit, 16);
    const limit = Math.min(Math.max(setting, 1), LOG_LIMIT_MAXIMUM) * MIB;
    channel.reserve(limit);
    const log = new BoundedLog(channel, { limit, schedule: (flush, delayMs) => void setTimeout(flush, delayMs) });
    logs.set(session.id, log);
    return log;
  };

  return vscode.Disposable.from(
    channel,
    hub.on('tcg/pluginLog')(({ session, body }) => {
      open(session).write(body.text);
      // A session that ends meanwhile needs no answer.
      if (body.acknowledge) void customRequest(session, 'tcg/acknowledge', {}).catch(() => undefined);
    }),
    hub.onDidEnd((session) => {
      logs.get(session.id)?.close();
      logs.delete(session.id);
    }),
    vscode.commands.registerCommand(COMMANDS.showPluginLog, () => channel.show()),
  );
}
