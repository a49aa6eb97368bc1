/** The table of the source lines with the most misses. Each opens its source; each column can sort. */
import type { HotLine } from '../adapter/protocol/custom';
import { arrange, element, setAttribute, setText } from './dom';
import { formatAddress, formatCount } from './format';

type SortKey = 'total' | 'l1dMisses' | 'l1iMisses' | 'l2Misses';

const COLUMNS: readonly { key: SortKey; label: string }[] = [
  { key: 'l1dMisses', label: 'L1D misses' },
  { key: 'l1iMisses', label: 'L1I misses' },
  { key: 'l2Misses', label: 'L2 misses' },
  { key: 'total', label: 'All' },
];
const SHOWN_LINES = 50;

const valueOf = (line: HotLine, key: SortKey): number =>
  key === 'total' ? line.l1dMisses + line.l1iMisses + line.l2Misses : line[key];

/** Tells one row from another while the numbers change. */
const identityOf = (line: HotLine): string =>
  line.path === undefined ? `address ${line.address}` : `${line.path}:${line.line ?? 0}`;

interface Row {
  readonly root: HTMLTableRowElement;
  readonly symbol: HTMLElement;
  readonly values: readonly HTMLElement[];
  readonly bar: HTMLElement;
}

export class LinesTable {
  private readonly body = element('tbody');
  private readonly headers = new Map<SortKey, HTMLElement>();
  private readonly table: HTMLTableElement;
  private readonly rows = new Map<string, Row>();
  private sortKey: SortKey = 'total';
  private lines: readonly HotLine[] = [];

  /** @param open called when the user chooses a line that has a source */
  constructor(private readonly open: (path: string, line: number) => void) {
    const sortable = COLUMNS.map(({ key, label }) => {
      const button = element('button', { type: 'button', class: 'sort', title: `Sort by ${label}` }, label);
      button.addEventListener('click', () => this.sortBy(key));
      const header = element('th', { scope: 'col', class: 'number' }, button);
      this.headers.set(key, header);
      return header;
    });
    const head = element('tr', {}, ...['Line', 'Function'].map((t) => element('th', { scope: 'col' }, t)), ...sortable);
    this.table = element(
      'table',
      { class: 'lines', id: 'lines' },
      element('caption', {}, 'Lines with the most misses'),
      element('thead', {}, head),
      this.body,
    );
    this.markSorting();
  }

  get root(): HTMLElement {
    return this.table;
  }

  update(lines: readonly HotLine[]): void {
    this.lines = lines;
    const sorted = [...lines].sort((a, b) => valueOf(b, this.sortKey) - valueOf(a, this.sortKey)).slice(0, SHOWN_LINES);
    const highest = Math.max(1, ...sorted.map((line) => valueOf(line, this.sortKey)));
    const shown = new Set<string>();
    const rows: HTMLElement[] = [];
    for (const line of sorted) {
      const identity = identityOf(line);
      if (shown.has(identity)) continue;
      shown.add(identity);
      const row = this.rows.get(identity) ?? this.makeRow(line);
      this.rows.set(identity, row);
      setText(row.symbol, line.symbol ?? '');
      COLUMNS.forEach(({ key }, index) => setText(row.values[index] ?? row.root, formatCount(valueOf(line, key))));
      row.bar.style.width = `${((100 * valueOf(line, this.sortKey)) / highest).toFixed(1)}%`;
      rows.push(row.root);
    }
    for (const identity of this.rows.keys()) if (!shown.has(identity)) this.rows.delete(identity);
    arrange(this.body, rows);
  }

  private makeRow(line: HotLine): Row {
    const values = COLUMNS.map(({ key }) => element('td', { class: 'number', 'data-column': key }));
    const symbol = element('td', { class: 'symbol' });
    const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
    const head = element('th', { scope: 'row', class: 'place' }, this.makePlace(line), bar);
    return { root: element('tr', {}, head, symbol, ...values), symbol, values, bar };
  }

  private makePlace({ path, line, address }: HotLine): HTMLElement {
    if (path === undefined || line === undefined) return element('span', {}, formatAddress(address));
    const text = `${path.split(/[/\\]/).at(-1) ?? path}:${line}`;
    const button = element('button', { type: 'button', class: 'link', title: `${path}:${line}` }, text);
    button.addEventListener('click', () => this.open(path, line));
    return button;
  }

  private sortBy(key: SortKey): void {
    this.sortKey = key;
    this.markSorting();
    this.update(this.lines);
  }

  private markSorting(): void {
    for (const [key, header] of this.headers) {
      setAttribute(header, 'aria-sort', key === this.sortKey ? 'descending' : undefined);
    }
  }
}
