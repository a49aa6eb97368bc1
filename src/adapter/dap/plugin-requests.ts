import { parsePluginLine } from '../../plugin/args';
import type { CustomRequests, PluginList, PluginSummary } from '../protocol/custom';
import { CheckedObject } from './checked';
import type { Client, Handlers } from './client';
import type { PluginControl } from './plugin-commands';
import type { CurrentProgram } from './program';

/** Rows of a table when the client does not say. */
const TABLE_ROWS = 200;

/** tcg/plugins, tcg/pluginSetActive, tcg/pluginReload and tcg/pluginStatistics. */
export class PluginRequests {
  readonly handlers: Handlers = {
    'tcg/plugins': () => this.plugins(),
    'tcg/pluginSetActive': async (args) => {
      const checked = new CheckedObject(args, 'tcg/pluginSetActive');
      await this.control.setActive(this.idOf(checked), checked.boolean('active', true));
      return this.changed();
    },
    'tcg/pluginReload': async (args) => {
      await this.control.reload(this.idOf(new CheckedObject(args, 'tcg/pluginReload')));
      return this.changed();
    },
    'tcg/pluginStatistics': (args) => this.statistics(new CheckedObject(args ?? {}, 'tcg/pluginStatistics')),
  };

  constructor(
    private readonly program: CurrentProgram,
    private readonly control: PluginControl,
    private readonly client: Client,
  ) {}

  /** Tells the client of the plugins as they are now. */
  async changed(): Promise<PluginList> {
    const body = await this.plugins();
    this.client.custom('tcg/plugins', body);
    return body;
  }

  /** Tells the client of a list that the engine gave. */
  tell(list: PluginList): void {
    this.client.custom('tcg/plugins', this.withPaths(list));
  }

  private async plugins(): Promise<PluginList> {
    const { engine } = this.program();
    return this.withPaths({
      plugins: [...(await engine.plugins())],
      breakpointKinds: [...(await engine.pluginBreakpointKinds())],
    });
  }

  /** The engine knows no files: where users' plugins lie, the launch has found out. */
  private withPaths({ plugins, breakpointKinds }: PluginList): PluginList {
    const paths = new Map<string, string>();
    for (const { spec, path } of this.program().launch.engine.plugins) {
      if (path !== undefined) for (const { file } of parsePluginLine(spec)) paths.set(file, path);
    }
    const withPath = (plugin: PluginSummary): PluginSummary => {
      const path = paths.get(plugin.file);
      return path === undefined ? plugin : { ...plugin, path };
    };
    return { plugins: plugins.map(withPath), breakpointKinds };
  }

  private idOf(args: CheckedObject): number {
    return args.integer('id', { min: 0 });
  }

  private async statistics(args: CheckedObject): Promise<CustomRequests['tcg/pluginStatistics']['body']> {
    const limit = args.optionalInteger('rows', { min: 0, max: 100_000 }) ?? TABLE_ROWS;
    return { plugins: [...(await this.control.statistics(limit, args.optionalInteger('id', { min: 0 })))] };
  }
}
