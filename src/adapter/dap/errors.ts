/** A request that cannot be served, with a message for the user that names what is wrong and where. */
export class RequestError extends Error {
  /**
   * @param showUser whether the client should show the message in a dialog, as for a failed launch
   */
  constructor(
    message: string,
    readonly showUser = false,
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
