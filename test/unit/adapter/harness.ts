import { PassThrough } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { composeWith } from '../../../src/adapter/dap/compose';
import { TcgDebugSession } from '../../../src/adapter/dap/session';
import { NodeFiles } from '../../../src/adapter/node/files';
import { NodePluginLoader } from '../../../src/adapter/node/plugin-loader';
import type { FileService } from '../../../src/adapter/dap/file-service';
import { DapClient } from '../../dap/client';
import { FakeEngine } from './fake-engine';

/** A session in this process, over streams, with fake engines. */
export class Harness {
  readonly client: DapClient;
  readonly session: TcgDebugSession;
  readonly engines: FakeEngine[] = [];
  /** Applied to each engine as it is made. */
  prepare: (engine: FakeEngine) => void = () => undefined;
  disconnected = false;

  constructor(files: FileService = new NodeFiles()) {
    const compose = composeWith({
      files,
      plugins: new NodePluginLoader(files),
      bundledPlugins: ['libcache.so'],
      createEngine: (events) => {
        const engine = new FakeEngine(events);
        this.prepare(engine);
        this.engines.push(engine);
        return engine;
      },
    });
    this.session = new TcgDebugSession(compose, () => (this.disconnected = true));
    const toAdapter = new PassThrough();
    const fromAdapter = new PassThrough();
    this.session.start(toAdapter, fromAdapter);
    this.client = new DapClient(fromAdapter, toAdapter);
  }

  get engine(): FakeEngine {
    return this.engines[this.engines.length - 1];
  }

  initialize(more: Partial<DebugProtocol.InitializeRequestArguments> = {}): Promise<DebugProtocol.Capabilities> {
    return this.client.request<DebugProtocol.Capabilities>('initialize', {
      clientID: 'tcgscope',
      adapterID: 'tcg',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
      ...more,
    });
  }

  /** Up to the initialized event. */
  async launch(config: Record<string, unknown>): Promise<void> {
    await this.initialize();
    await this.client.request('launch', config);
    await this.client.event('initialized');
  }

  /** Launched and standing at an address, as after a breakpoint. */
  async stoppedAt(config: Record<string, unknown>, pc: number): Promise<void> {
    this.prepare = (engine) => {
      engine.onRun = () => {
        engine.onRun = () => undefined;
        engine.stop({ kind: 'pause' }, pc);
      };
    };
    await this.launch(config);
    await this.client.request('configurationDone');
    await this.client.event('stopped');
  }
}
