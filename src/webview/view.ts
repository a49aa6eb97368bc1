/** The whole view: takes the extension's messages, keeps what is shown, and asks the parts to show it. */
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { missRate, totalAccesses } from '../plugin/statistics';
import { Announcer } from './announcer';
import { Chart } from './chart';
import { METRICS, type Metric } from './chart-series';
import { element, setAttribute, setText } from './dom';
import { formatCount, levelName } from './format';
import { LevelTable } from './level-table';
import { LinesTable } from './lines-table';
import { addPoint } from './protocol/history';
import type {
  CacheHistory,
  CacheViewState,
  Handlers,
  HostMessage,
  SessionState,
  ViewMessage,
} from './protocol/messages';

const STATES: Record<SessionState, string> = { running: 'Running', stopped: 'Stopped', ended: 'Ended' };
const DESCRIBE_MS = 5000;

/** A drop-down list of vscode-elements with a label that belongs to it. */
function select(id: string, label: string, changed: (value: string) => void): { row: HTMLElement; list: HTMLElement } {
  const list = document.createElement('vscode-single-select');
  setAttribute(list, 'id', id);
  setAttribute(list, 'aria-label', label);
  setAttribute(list, 'label', label);
  list.addEventListener('change', () => changed(list.value));
  return { row: element('label', { class: 'select' }, element('span', {}, label), list), list };
}

function option(value: string, text: string, selected: boolean): HTMLElement {
  const made = document.createElement('vscode-option');
  setAttribute(made, 'value', value);
  if (selected) setAttribute(made, 'selected', '');
  made.textContent = text;
  return made;
}

export class CacheView {
  private readonly empty = element(
    'p',
    { class: 'empty', id: 'empty' },
    'No statistics yet. Start a debug session whose "plugins" name a cache plugin, for instance libcache.so.',
  );
  private readonly heading = element('h1');
  private readonly badge = document.createElement('vscode-badge');
  private readonly summary = element('p', { class: 'summary', id: 'summary' });
  private readonly levels = new LevelTable();
  private readonly lines: LinesTable;
  private readonly noLines = element('p', { class: 'hint' }, 'No instruction has missed a cache yet.');
  private readonly chart = new Chart();
  private readonly announcer = new Announcer();
  private readonly plugins = select('plugin', 'Plugin', (value) => this.choosePlugin(Number(value)));
  private readonly metrics = select('metric', 'Chart', (value) => this.chooseMetric(value));
  private readonly content: HTMLElement;

  private sessionName = '';
  private state: SessionState = 'ended';
  private caches: CacheHistory[] = [];
  private pluginId: number | undefined;
  private metric: Metric = 'intervalRate';
  private describedAt = -DESCRIBE_MS;

  readonly handlers: Handlers<HostMessage> = {
    show: ({ view }) => this.show(view),
    update: ({ state, samples }) => {
      this.state = state;
      this.caches = samples.map((sample) => {
        const old = this.caches.find((cache) => cache.sample.statistics.pluginId === sample.statistics.pluginId);
        return { sample, points: addPoint(old?.points ?? [], sample) };
      });
      this.render();
    },
  };

  constructor(root: HTMLElement, post: (message: ViewMessage) => void) {
    this.lines = new LinesTable((path, line) => post({ type: 'openSource', path, line }));
    for (const [value, { label }] of Object.entries(METRICS)) {
      this.metrics.list.append(option(value, label, value === this.metric));
    }
    const button = (id: string, text: string, format: 'csv' | 'json') => {
      const made = document.createElement('vscode-button');
      setAttribute(made, 'id', id);
      setAttribute(made, 'secondary', '');
      made.textContent = text;
      made.addEventListener('click', () => post({ type: 'export', format }));
      return made;
    };
    const header = element(
      'header',
      {},
      element('div', { class: 'title' }, this.heading, this.badge),
      element('div', { class: 'buttons' }, button('csv', 'Export CSV', 'csv'), button('json', 'Export JSON', 'json')),
    );
    const section = (label: string, ...children: HTMLElement[]) =>
      element('section', { 'aria-label': label }, ...children);
    this.content = element(
      'div',
      { class: 'content' },
      header,
      this.plugins.row,
      this.summary,
      section('Caches', this.levels.root),
      section('Chart over time', this.metrics.row, this.chart.root),
      section('Lines of code', this.lines.root, this.noLines),
    );
    root.append(this.empty, this.content, this.announcer.root);
    this.render();
  }

  private show(view: CacheViewState | undefined): void {
    this.sessionName = view?.sessionName ?? '';
    this.state = view?.state ?? 'ended';
    this.caches = [...(view?.caches ?? [])];
    this.describedAt = -DESCRIBE_MS;
    this.fillPlugins();
    this.render();
  }

  private fillPlugins(): void {
    const ids = this.caches.map(({ sample }) => sample.statistics.pluginId);
    if (this.pluginId === undefined || !ids.includes(this.pluginId)) this.pluginId = ids[0];
    const options = this.caches.map(({ sample: { statistics } }) =>
      option(
        String(statistics.pluginId),
        `${statistics.pluginName} (${statistics.model})`,
        statistics.pluginId === this.pluginId,
      ),
    );
    this.plugins.list.replaceChildren(...options);
    this.plugins.row.hidden = options.length < 2;
  }

  private choosePlugin(id: number): void {
    this.pluginId = id;
    this.describedAt = -DESCRIBE_MS;
    this.render();
  }

  private chooseMetric(value: string): void {
    if (!Object.hasOwn(METRICS, value)) return;
    this.metric = value as Metric;
    this.describedAt = -DESCRIBE_MS;
    this.render();
  }

  private render(): void {
    const cache = this.caches.find(({ sample }) => sample.statistics.pluginId === this.pluginId);
    this.empty.hidden = cache !== undefined;
    this.content.hidden = cache === undefined;
    if (!cache) return;
    const { statistics, lines, elapsed } = cache.sample;
    setText(this.heading, this.sessionName);
    setText(this.badge, STATES[this.state]);
    setAttribute(this.badge, 'data-state', this.state);
    const maintenance = statistics.maintenance ? `, ${formatCount(statistics.maintenance)} cache operations` : '';
    setText(
      this.summary,
      `${formatCount(statistics.instructions)} instructions${maintenance} in ${elapsed.toFixed(2)} s · ${statistics.pluginName} (${statistics.model})`,
    );
    this.levels.update(statistics);
    this.lines.update(lines);
    this.lines.root.hidden = lines.length === 0;
    this.noLines.hidden = lines.length > 0;
    const names = statistics.levels.map((level) => levelName(level, statistics.cores));
    this.chart.update(cache.points, this.metric, names);
    const now = performance.now();
    if (this.state !== 'running' || now - this.describedAt >= DESCRIBE_MS) {
      this.chart.describe();
      this.describedAt = now;
    }
    const rates = statistics.levels.map((level, index) => {
      const rate = missRate(totalAccesses(level));
      return `${names[index] ?? ''} miss rate ${rate.toFixed(2)} percent`;
    });
    this.announcer.say(`${this.sessionName} ${this.state}`, `${STATES[this.state]}. ${rates.join(', ')}.`);
  }
}
