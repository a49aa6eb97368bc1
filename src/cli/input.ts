import type { EngineApi } from '../adapter/engine/api';

type Channel = Parameters<EngineApi['consoleInput']>[0];

/**
 * Gives what is typed to every channel that reads standard input, and its end. It reads on when the first of them has
 * room: a channel that nobody reads holds up none. Does not keep the process alive.
 */
export function feedInput(engine: EngineApi, channels: readonly Channel[]): { stop(): void } {
  const { stdin } = process;
  const send = (bytes: Uint8Array): Promise<void>[] =>
    channels.map((channel) => engine.consoleInput(channel, bytes).catch(() => undefined));
  const pass = (data: Buffer): void => {
    stdin.pause();
    void Promise.race(send(new Uint8Array(data))).then(() => stdin.resume());
  };
  const end = (): void => void send(new Uint8Array());
  stdin.on('data', pass).once('end', end);
  // A descriptor that cannot be read is one without input.
  stdin.once('error', end);
  return {
    stop: () => {
      stdin.off('data', pass).off('end', end).pause();
      (stdin as { unref?: () => void }).unref?.();
    },
  };
}

/** Hands on the text of standard input as it comes, and undefined at its end. Does not keep the process alive. */
export function readText(listener: (text: string | undefined) => void): { stop(): void } {
  const { stdin } = process;
  const decoder = new TextDecoder('utf-8');
  const take = (data: Buffer): void => listener(decoder.decode(data, { stream: true }));
  const end = (): void => listener(undefined);
  stdin.on('data', take).once('end', end).once('error', end);
  return {
    stop: () => {
      stdin.off('data', take).off('end', end).off('error', end).pause();
      (stdin as { unref?: () => void }).unref?.();
    },
  };
}
