/** The chart over time, drawn by uPlot in the theme's colours. */
import uPlot from 'uplot';
import { chartData, describeChart, formatValue, METRICS, type ChartData, type Metric } from './chart-series';
import { element, setAttribute, setText } from './dom';
import type { HistoryPoint } from './protocol/messages';

const HEIGHT = 220;
const MIN_WIDTH = 240;
/** Told apart by colour and, for those who do not see colours, by dashes. */
const LINES = [
  { color: '--vscode-charts-blue', dash: [] },
  { color: '--vscode-charts-yellow', dash: [8, 4] },
  { color: '--vscode-charts-green', dash: [2, 3] },
  { color: '--vscode-charts-purple', dash: [10, 3, 2, 3] },
  { color: '--vscode-charts-red', dash: [4, 4] },
  { color: '--vscode-charts-orange', dash: [12, 4] },
];

const themeColor = (...names: string[]): string => {
  const style = getComputedStyle(document.documentElement);
  return names.map((name) => style.getPropertyValue(name).trim()).find(Boolean) ?? 'currentColor';
};

export class Chart {
  private readonly holder = element('div', { class: 'plot', 'aria-hidden': 'true' });
  private readonly description = element('figcaption', { class: 'sr-only', id: 'chart-text' });
  private readonly figure = element('figure', { class: 'chart', id: 'chart' }, this.holder, this.description);
  private plot: uPlot | undefined;
  private shape = '';
  private data: ChartData = { time: [], values: [] };
  private metric: Metric = 'intervalRate';
  private names: readonly string[] = [];

  constructor() {
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.holder);
    // VS Code changes the body's class and the root's variables when the user picks another theme.
    const redraw = new MutationObserver(() => this.rebuild());
    redraw.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    redraw.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  }

  get root(): HTMLElement {
    return this.figure;
  }

  /** @param names one per level, in the order of the points' counts */
  update(points: readonly HistoryPoint[], metric: Metric, names: readonly string[]): void {
    this.data = chartData(points, metric, names.length);
    this.metric = metric;
    this.names = names;
    const shape = `${metric} ${names.join()}`;
    if (!this.plot || shape !== this.shape) this.rebuild();
    else this.plot.setData(this.aligned());
    this.shape = shape;
  }

  /** Writes the chart's description anew; called less often than {@link update}, as it may be being read. */
  describe(): void {
    setText(this.description, describeChart(this.data, this.metric, this.names));
    setAttribute(this.figure, 'aria-label', METRICS[this.metric].label);
  }

  private aligned(): uPlot.AlignedData {
    return [this.data.time, ...this.data.values];
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(MIN_WIDTH, Math.floor(this.holder.clientWidth)), height: HEIGHT };
  }

  private rebuild(): void {
    if (!this.names.length) return;
    this.plot?.destroy();
    const text = themeColor('--vscode-foreground');
    const grid = themeColor('--vscode-charts-lines', '--vscode-editorWidget-border', '--vscode-widget-border');
    const font = `11px ${themeColor('--vscode-font-family')}`;
    const axis = { stroke: text, font, grid: { stroke: grid, width: 0.5 }, ticks: { stroke: grid, width: 0.5 } };
    const { metric } = this;
    const series = this.names.map((label, index): uPlot.Series => {
      const { color, dash } = LINES[index % LINES.length] ?? { color: '', dash: [] };
      return {
        label,
        stroke: themeColor(color, '--vscode-foreground'),
        width: 1.5,
        ...(dash.length ? { dash } : {}),
        spanGaps: true,
        points: { show: (plot) => (plot.data[0]?.length ?? 0) < 3 },
        // Without a cursor the legend has the latest values.
        value: (plot, value: number | null, seriesIndex, index) =>
          formatValue(index === null ? plot.data[seriesIndex]?.at(-1) : value, metric),
      };
    });
    const options: uPlot.Options = {
      ...this.size(),
      scales: { x: { time: false }, y: { range: (_, __, high) => [0, high > 0 ? high * 1.05 : 1] } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
        { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => shortNumber(tick, METRICS[metric].unit)) },
      ],
      series: [
        { label: 'Time', value: (plot, value: number | null) => formatTime(value ?? plot.data[0]?.at(-1)) },
        ...series,
      ],
      legend: { live: true },
      cursor: { drag: { x: true, y: false } },
    };
    this.plot = new uPlot(options, this.aligned(), this.holder);
  }
}

function formatTime(seconds: number | undefined): string {
  return seconds === undefined ? '–' : `${seconds.toFixed(2)} s`;
}

const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });

function shortNumber(value: number, unit: string): string {
  return unit === '%' ? `${COMPACT.format(value)} %` : COMPACT.format(value);
}
