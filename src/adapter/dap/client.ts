import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CustomEvents } from '../protocol/custom';

/** The other end of the conversation, as the units of the adapter see it. */
export interface Client {
  event<T extends DebugProtocol.Event>(name: T['event'], body?: T['body']): void;
  custom<K extends keyof CustomEvents>(name: K, body: CustomEvents[K]): void;
  /** Whether the client said at initialize that it can do this. */
  can(capability: ClientCapability): boolean;
  /** Whether the client understands the custom events; others get the plugin log as ordinary output. */
  readonly isOurs: boolean;
  /** Bytes of messages that the connection has not taken yet. */
  readonly unsent: number;
  /** Between the client's numbering of lines and columns, which may start from 0, and ours from 1. */
  readonly numbering: Numbering;
}

export type ClientCapability = 'supportsMemoryEvent' | 'supportsInvalidatedEvent' | 'supportsVariableType';

export interface Numbering {
  toClientLine(line: number): number;
  toClientColumn(column: number): number;
  fromClientLine(line: number): number;
  fromClientColumn(column: number): number;
}

/** What a handler gives back: the response's body, or that with what is to happen once the response is on its way. */
export type Handled = object | undefined | void | AfterResponse;

/**
 * Defers work until after the response, so that the events it causes follow the response, as `stopped` must follow the
 * answer to `next`.
 */
export class AfterResponse {
  constructor(
    readonly body: object | undefined,
    readonly run: () => Promise<void>,
  ) {}
}

export type Handler = (args: unknown) => Handled | Promise<Handled>;

/** The requests that one unit serves, by command. */
export type Handlers = Readonly<Record<string, Handler>>;
