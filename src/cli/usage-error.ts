/** A command line that cannot be run; the message names the option. */
export class UsageError extends Error {}
