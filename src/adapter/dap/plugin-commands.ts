import { formatPluginLine } from '../../plugin/args';
import type { EngineApi, EnginePlugin } from '../engine/api';
import type { PluginReport, PluginSummary } from '../protocol/custom';
import { formatPlugins, formatReports } from '../protocol/plugin-text';
import { RequestError } from './errors';

/** Rows of a table that text shows. */
const TABLE_ROWS = 20;

/** Plugins listed, switched on and off, reloaded and asked for their statistics while the guest runs or stands. */
export class PluginControl {
  /**
   * @param resolve finds and reads what a `-plugin` value names, as at the launch
   */
  constructor(
    private readonly engine: () => EngineApi,
    private readonly resolve: (spec: string) => Promise<EnginePlugin>,
  ) {}

  list(): Promise<readonly PluginSummary[]> {
    return this.engine().plugins();
  }

  setActive(id: number, active: boolean): Promise<void> {
    return this.engine().setPluginActive(id, active);
  }

  /** Reads the plugin's file anew and puts it in place of the running one. */
  async reload(id: number): Promise<void> {
    const plugin = (await this.list()).find((one) => one.id === id);
    if (!plugin) throw new RequestError(`there is no plugin ${id}`);
    await this.engine().reloadPlugin(id, await this.resolve(formatPluginLine({ file: plugin.file })));
  }

  statistics(limit: number, id?: number): Promise<readonly PluginReport[]> {
    return this.engine().pluginStatistics(limit, id);
  }

  /**
   * Carries out `plugin list`, `plugin on|off|reload which` or `plugin stats [which]`, `which` being a number or a name.
   * @returns what to show
   * @throws RequestError for a command that is none, or a plugin that is not there
   */
  async command(words: readonly string[]): Promise<string> {
    const [verb = 'list', which] = words;
    if (words.length > 2) throw new RequestError(`plugin: one plugin at a time, not ${words.slice(1).join(' ')}`);
    switch (verb) {
      case 'list':
        return formatPlugins(await this.list());
      case 'on':
      case 'off': {
        const { id } = await this.find(verb, which);
        await this.setActive(id, verb === 'on');
        return this.line(id);
      }
      case 'reload': {
        const { id } = await this.find(verb, which);
        await this.reload(id);
        return this.line(id);
      }
      case 'stats': {
        const id = which === undefined ? undefined : (await this.find(verb, which)).id;
        return formatReports(await this.statistics(TABLE_ROWS, id));
      }
      default:
        throw new RequestError(`plugin ${verb}: not a command; there are list, on, off, reload and stats`);
    }
  }

  private async line(id: number): Promise<string> {
    return formatPlugins((await this.list()).filter((plugin) => plugin.id === id));
  }

  private async find(verb: string, which: string | undefined): Promise<PluginSummary> {
    if (which === undefined) throw new RequestError(`plugin ${verb}: of which plugin? (a number or a name)`);
    const plugins = await this.list();
    const found = plugins.filter(({ id, name, file }) => String(id) === which || name === which || file === which);
    if (found.length > 1) throw new RequestError(`plugin ${verb}: several are called ${which}; give a number`);
    if (!found.length) throw new RequestError(`plugin ${verb}: there is no plugin ${which}`);
    return found[0];
  }
}
