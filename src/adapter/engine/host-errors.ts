import { HostError } from '../../emulator/semihosting/errno';

/** Carries out what uses the host's files; where the host refuses, throws what `make` makes of its error. */
export function withHostErrors<T>(action: () => T, make: (error: HostError) => Error): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof HostError ? make(error) : error;
  }
}
