import * as vscode from 'vscode';
import { CHANNELS } from '../ids';
import type { SessionHub } from '../session/session-hub';

/** Shows the adapter's warnings and errors, and keeps them with the sessions' beginnings and ends in a log channel. */
export function registerNotices(hub: SessionHub): vscode.Disposable {
  const log = vscode.window.createOutputChannel(CHANNELS.extension, { log: true });
  return vscode.Disposable.from(
    log,
    hub.onDidStart((session) => log.info(`Session "${session.name}" starts: ${JSON.stringify(session.configuration)}`)),
    hub.onDidEnd((session) => log.info(`Session "${session.name}" has ended`)),
    hub.on('tcg/notice')(({ session, body: { severity, message } }) => {
      const text = `${session.name}: ${message}`;
      if (severity === 'error') {
        log.error(text);
        void vscode.window.showErrorMessage(message);
      } else if (severity === 'warning') {
        log.warn(text);
        void vscode.window.showWarningMessage(message);
      } else {
        log.info(text);
      }
    }),
  );
}
