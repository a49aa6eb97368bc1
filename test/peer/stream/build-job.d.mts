/** See build-job.mjs. */
export function buildJob(): Promise<string>;
