import type { EngineApi, EngineEvents } from '../engine/api';
import { Engine } from '../engine/engine';
import { nodePlatform } from './platform';

/** An engine in this thread: for tests and tools, where nothing else has to go on while the guest runs. */
export function createNodeEngine(events: EngineEvents): EngineApi {
  return new Engine(
    nodePlatform(() => undefined),
    events,
  );
}
