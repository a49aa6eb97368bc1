/** The "tcg" debug sessions and their custom events, typed. The one place that knows VS Code's untyped ones. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { CustomEvents, CustomRequests } from '../../adapter/protocol/custom';
import { DEBUG_TYPE } from '../ids';

export interface TcgEvent<K extends keyof CustomEvents> {
  readonly session: vscode.DebugSession;
  readonly body: CustomEvents[K];
}

/** What the adapter says by events that concern the parts of this extension, and which sessions there are. */
export class SessionHub implements vscode.Disposable {
  private readonly running = new Map<string, vscode.DebugSession>();
  private readonly started = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly initialized = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly stopped = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly continued = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly refused = new vscode.EventEmitter<{ session: vscode.DebugSession; message: string }>();
  private readonly ended = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly emitters: { [K in keyof CustomEvents]: vscode.EventEmitter<TcgEvent<K>> } = {
    'tcg/pluginLog': new vscode.EventEmitter(),
    'tcg/cacheStatistics': new vscode.EventEmitter(),
    'tcg/console': new vscode.EventEmitter(),
    'tcg/plugins': new vscode.EventEmitter(),
    'tcg/notice': new vscode.EventEmitter(),
  };
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidStart = this.started.event;
  /** The adapter takes breakpoints now; the guest has not run yet. */
  readonly onDidInitialize = this.initialized.event;
  /** The guest stands. */
  readonly onDidStop = this.stopped.event;
  /** The guest goes on. */
  readonly onDidContinue = this.continued.event;
  /** The adapter refused the launch, with its reason. */
  readonly onDidRefuse = this.refused.event;
  readonly onDidEnd = this.ended.event;

  constructor() {
    this.subscriptions = [
      // Seen before onDidStartDebugSession, and before any event of the adapter.
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
        createDebugAdapterTracker: (session) => {
          this.running.set(session.id, session);
          this.started.fire(session);
          return {
            onDidSendMessage: (message: unknown) => {
              if (isEvent(message, 'initialized')) this.initialized.fire(session);
              else if (isEvent(message, 'stopped')) this.stopped.fire(session);
              else if (isEvent(message, 'continued') || goesOn(message)) this.continued.fire(session);
              const reason = launchFailure(message);
              if (reason !== undefined) this.refused.fire({ session, message: reason });
            },
          };
        },
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (this.running.delete(session.id)) this.ended.fire(session);
      }),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type === DEBUG_TYPE && this.isKnown(event)) this.dispatch(event, session, body);
      }),
    ];
  }

  /** The event of one kind, of all sessions. */
  on<K extends keyof CustomEvents>(kind: K): vscode.Event<TcgEvent<K>> {
    return this.emitters[kind].event;
  }

  /** The sessions that have started and not ended, oldest first. */
  get sessions(): readonly vscode.DebugSession[] {
    return [...this.running.values()];
  }

  dispose(): void {
    vscode.Disposable.from(
      ...this.subscriptions,
      this.started,
      this.initialized,
      this.stopped,
      this.continued,
      this.refused,
      this.ended,
      ...Object.values(this.emitters),
    ).dispose();
  }

  private isKnown(event: string): event is keyof CustomEvents {
    return Object.hasOwn(this.emitters, event);
  }

  private dispatch<K extends keyof CustomEvents>(kind: K, session: vscode.DebugSession, body: CustomEvents[K]): void {
    this.emitters[kind].fire({ session, body });
  }
}

function isEvent(message: unknown, event: string): boolean {
  return typeof message === 'object' && message !== null && 'event' in message && message.event === event;
}

const GOING_ON = new Set(['continue', 'next', 'stepIn', 'stepOut', 'goto', 'restart']);

/** Whether it is a response that says that the guest runs now. */
function goesOn(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('command' in message) || !('success' in message))
    return false;
  return message.success === true && GOING_ON.has(String(message.command));
}

/** The reason in a response that refuses a launch. */
function launchFailure(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('command' in message) || !('success' in message)) return;
  if ((message.command !== 'launch' && message.command !== 'restart') || message.success) return;
  const { body } = message as DebugProtocol.ErrorResponse;
  return body?.error?.format ?? (message as DebugProtocol.ErrorResponse).message ?? '';
}

/** Sends one of the project's own requests. Rejects with the adapter's message. */
export async function customRequest<K extends keyof CustomRequests>(
  session: vscode.DebugSession,
  request: K,
  body: CustomRequests[K]['arguments'],
): Promise<CustomRequests[K]['body']> {
  return (await session.customRequest(request, body)) as CustomRequests[K]['body'];
}
