/** Starts debug sessions of type "tcg" and follows them, as a user of VS Code's debug API would. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { sleep, waitFor, waitForNotification } from './ui';

/** A running session and everything its adapter has said so far. */
export interface TrackedSession {
  readonly session: vscode.DebugSession;
  readonly messages: readonly DebugProtocol.ProtocolMessage[];
}

const messagesOf = new Map<string, DebugProtocol.ProtocolMessage[]>();
const ended = new Set<string>();

/** Records what adapters send from now on; dispose of the result in `after`. */
export function trackSessions(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterTrackerFactory('tcg', {
      createDebugAdapterTracker(session) {
        const messages: DebugProtocol.ProtocolMessage[] = [];
        messagesOf.set(session.id, messages);
        return { onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => void messages.push(message) };
      },
    }),
    vscode.debug.onDidTerminateDebugSession((session) => void ended.add(session.id)),
  );
}

/** The opened workspace folder, a copy of samples/matmul. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run in a workspace folder');
  return folder;
}

function tracked(session: vscode.DebugSession): TrackedSession {
  return { session, messages: messagesOf.get(session.id) ?? [] };
}

/** Does `action` and returns the "tcg" session that it makes VS Code start. */
export async function sessionStartedBy(action: () => Thenable<unknown>): Promise<TrackedSession> {
  const started: vscode.DebugSession[] = [];
  const subscription = vscode.debug.onDidStartDebugSession((session) => {
    if (session.type === 'tcg') started.push(session);
  });
  try {
    await action();
    return tracked(await waitFor('a debug session', () => started[0]));
  } finally {
    subscription.dispose();
  }
}

/** Starts a session by a configuration of launch.json (its name) or one of the test's own. */
export function startSession(configuration: string | vscode.DebugConfiguration): Promise<TrackedSession> {
  return sessionStartedBy(async () => {
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), configuration), 'startDebugging was refused');
  });
}

/** The events of one kind that the session's adapter has sent. */
export function events<T extends DebugProtocol.Event>(tracked: TrackedSession, kind: T['event']): T[] {
  return tracked.messages.filter(
    (message): message is T => message.type === 'event' && (message as DebugProtocol.Event).event === kind,
  );
}

/**
 * Waits for the session's n-th stop (n from 1) and until VS Code shows it: after a restart VS Code can still hold the
 * dead session for a while, so that only a focused stack frame of this very session counts.
 */
export async function waitForStop({ session, messages }: TrackedSession, n = 1): Promise<vscode.DebugStackFrame> {
  await waitFor(`stop ${n}`, () => events({ session, messages }, 'stopped').length >= n);
  return waitFor(`the stack frame of stop ${n}`, () => {
    const item = vscode.debug.activeStackItem;
    return item instanceof vscode.DebugStackFrame && item.session.id === session.id ? item : undefined;
  });
}

/** Waits until VS Code has put the session away. */
export async function waitForEnd({ session }: TrackedSession, timeoutMs = 20_000): Promise<void> {
  await waitFor(`the end of session "${session.name}"`, () => ended.has(session.id), timeoutMs);
}

/** Ends every session and waits until all are gone. */
export async function stopAll(): Promise<void> {
  // A session that ends by itself at this moment cancels the request: it is gone, too.
  await vscode.debug.stopDebugging().then(undefined, (error: unknown) => {
    if (!/Canceled/.test(String(error))) throw error;
  });
  await waitFor('no session', () => vscode.debug.activeDebugSession === undefined);
  await sleep(100);
}

/** All text of one category that the session has written to the debug console. */
export function consoleText(tracked: TrackedSession, category?: string): string {
  return events<DebugProtocol.OutputEvent>(tracked, 'output')
    .filter(({ body }) => !category || (body.category ?? 'console') === category)
    .map(({ body }) => body.output)
    .join('');
}

/** A file of the workspace. */
export function workspaceFile(name: string): vscode.Uri {
  return vscode.Uri.joinPath(workspaceFolder().uri, name);
}

/** The sample's own configuration, of its launch.json. */
export function launchConfiguration(): vscode.DebugConfiguration {
  const text = readFileSync(workspaceFile('.vscode/launch.json').fsPath, 'utf8');
  const [first] = (JSON.parse(text) as { configurations: vscode.DebugConfiguration[] }).configurations;
  assert.ok(first);
  return first;
}

/**
 * Waits for a launch to fail and returns its message: that of the adapter (VS Code wants to show a dialog, which its
 * test mode turns into an error) or of the extension (a notification).
 * @throws AssertionError if the message does not fit `pattern`
 */
export async function launchFailure(configuration: vscode.DebugConfiguration, pattern: RegExp): Promise<void> {
  const message = await vscode.debug.startDebugging(workspaceFolder(), configuration).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (message === undefined) await waitForNotification(pattern);
  else assert.match(message, pattern);
}

const ENDLESS_LOOP = 0xeafffffe; // b .

/** Writes endless.bin, the sample with a loop at its entry that never ends, to the workspace; whoever asks deletes it. */
export async function endlessProgram(): Promise<vscode.Uri> {
  const endless = new Uint8Array(await vscode.workspace.fs.readFile(workspaceFile('matmul.elf')));
  const view = new DataView(endless.buffer);
  const entryOffset = view.getUint32(view.getUint32(28, true) + 4, true); // of the first segment, which begins at the entry
  view.setUint32(entryOffset, ENDLESS_LOOP, true);
  const program = workspaceFile('endless.bin');
  await vscode.workspace.fs.writeFile(program, endless);
  return program;
}
