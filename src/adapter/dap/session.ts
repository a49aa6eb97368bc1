import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { isRecord } from './checked';
import { AfterResponse } from './client';
import type { Client, ClientCapability, Handler, Handlers, Numbering } from './client';
import { RequestError, messageOf } from './errors';

/** Clients that know the `tcg/` events. */
const OUR_CLIENTS = new Set(['vscode', 'tcgscope']);

/** Makes the units that serve the requests, once per session. */
export type Compose = (client: Client) => {
  readonly handlers: Handlers;
  /** The client is gone: everything it held is let go. */
  dispose(): Promise<void>;
};

/**
 * One DAP conversation. It only routes: a request goes to the unit that serves its command, and what the unit returns
 * or throws becomes the response. A request that fails leaves the session as it was.
 */
export class TcgDebugSession extends DebugSession {
  private readonly capabilities = new Map<ClientCapability, boolean>();
  private readonly handlers: Readonly<Record<string, Handler>>;
  private readonly disposeUnits: () => Promise<void>;
  private readonly numbering = new ClientNumbering();
  private clientId = '';
  private connection: Parameters<DebugSession['start']>[1] | undefined;
  private closing: Promise<void> | undefined;

  /**
   * @param disconnected called when the client has been told that its disconnect is done
   */
  constructor(
    compose: Compose,
    private readonly disconnected: () => void = () => undefined,
  ) {
    super();
    const isOurs = () => OUR_CLIENTS.has(this.clientId);
    const unsent = () => this.unsent;
    const { numbering } = this;
    const client: Client = {
      event: (name, body) => this.sendEvent(new Event(name, body)),
      custom: (name, body) => {
        if (isOurs()) this.sendEvent(new Event(name, body));
      },
      can: (capability) => this.capabilities.get(capability) ?? false,
      get isOurs() {
        return isOurs();
      },
      get unsent() {
        return unsent();
      },
      numbering,
    };
    const units = compose(client);
    this.handlers = units.handlers;
    this.disposeUnits = () => units.dispose();
    this.on('close', () => void this.close());
    this.on('error', ({ body }: DebugProtocol.Event) => {
      // The text of the base class for a message that is no JSON; other errors are of the connection, which then closes.
      if (!String(body).startsWith('Error handling data')) return;
      this.sendEvent(
        new Event('output', { category: 'stderr', output: 'a message that is no DAP message was ignored\n' }),
      );
    });
  }

  /** The base class calls this for every error: one malformed message does not end a session. */
  override shutdown(): void {}

  override start(...streams: Parameters<DebugSession['start']>): void {
    [, this.connection] = streams;
    super.start(...streams);
  }

  private get unsent(): number {
    const { connection } = this;
    return connection && 'writableLength' in connection ? Number(connection.writableLength) : 0;
  }

  /** Resolves when everything the session held is let go. */
  close(): Promise<void> {
    return (this.closing ??= this.disposeUnits());
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.serve(request);
  }

  private async serve(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      const command = String(request.command);
      const handler = Object.hasOwn(this.handlers, command) ? this.handlers[command] : undefined;
      if (!handler) throw new RequestError(`unknown request "${command}"`);
      if (command === 'initialize') this.readClient(request.arguments);
      const handled = await handler(request.arguments);
      const body = handled instanceof AfterResponse ? handled.body : (handled ?? undefined);
      if (body) response.body = body;
      this.sendResponse(response);
      if (handled instanceof AfterResponse) await handled.run();
      if (command === 'disconnect') this.disconnected();
    } catch (error) {
      this.fail(response, error);
    }
  }

  private fail(response: DebugProtocol.Response, error: unknown): void {
    const message = messageOf(error);
    if (response.seq > 0) {
      this.sendEvent(new Event('output', { category: 'stderr', output: `${message}\n` }));
      return;
    }
    response.success = false;
    response.message = message;
    const showUser = error instanceof RequestError && error.showUser;
    // The text is given as a variable: braces in it are no placeholders then.
    response.body = { error: { id: 1, format: '{message}', variables: { message }, showUser } };
    this.sendResponse(response);
  }

  private readClient(args: unknown): void {
    if (!isRecord(args)) return;
    this.clientId = typeof args.clientID === 'string' ? args.clientID : '';
    if (args.pathFormat !== undefined && args.pathFormat !== 'path') {
      throw new RequestError('initialize: "pathFormat" must be "path": sources are files');
    }
    this.numbering.firstLine = args.linesStartAt1 === false ? 0 : 1;
    this.numbering.firstColumn = args.columnsStartAt1 === false ? 0 : 1;
    for (const name of ['supportsMemoryEvent', 'supportsInvalidatedEvent', 'supportsVariableType'] as const) {
      this.capabilities.set(name, args[name] === true);
    }
  }
}

/** The client's numbering of lines and columns: from 1 unless it said otherwise. */
class ClientNumbering implements Numbering {
  firstLine = 1;
  firstColumn = 1;

  toClientLine(line: number): number {
    return line - 1 + this.firstLine;
  }

  toClientColumn(column: number): number {
    return column - 1 + this.firstColumn;
  }

  fromClientLine(line: number): number {
    return line + 1 - this.firstLine;
  }

  fromClientColumn(column: number): number {
    return column + 1 - this.firstColumn;
  }
}
