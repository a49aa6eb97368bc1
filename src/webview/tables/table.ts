/** One table of a plugin: each column sorts, a field filters, the sorted column of numbers has bars. */
import type { PluginTable } from '../../plugin/contributions';
import { arrange, element, setAttribute, setText } from '../dom';
import { formatCount } from '../format';
import { digitsOf, filterRows, formatCell, isNumeric, sortRows, type Row, type Sorting } from './rows';

interface Line {
  readonly root: HTMLTableRowElement;
  readonly texts: readonly HTMLElement[];
  readonly bars: readonly HTMLElement[];
}

export class TableView {
  readonly root: HTMLElement;
  private readonly title = element('h2');
  private readonly count = element('span', { class: 'count' });
  private readonly filter = element('input', { type: 'search', class: 'filter', placeholder: 'Filter' });
  private readonly head = element('tr');
  private readonly body = element('tbody');
  private readonly empty = element('p', { class: 'hint' });
  private headers: HTMLElement[] = [];
  private columns: readonly string[] = [];
  private readonly lines: Line[] = [];
  private rows: readonly Row[] = [];
  private sorting: Sorting | undefined;

  private limit = Infinity;

  constructor(id: string) {
    this.filter.addEventListener('input', () => this.render());
    const table = element('table', { class: 'plugin-table' }, element('thead', {}, this.head), this.body);
    this.root = element(
      'section',
      { 'data-table': id },
      element('div', { class: 'table-head' }, element('div', { class: 'title' }, this.title, this.count), this.filter),
      element('div', { class: 'scroll' }, table),
      this.empty,
    );
  }

  /** @param limit rows that are asked for at most */
  update({ title, columns, rows }: PluginTable, limit: number): void {
    this.limit = limit;
    setText(this.title, title);
    setAttribute(this.filter, 'aria-label', `Filter ${title}`);
    setAttribute(this.root, 'aria-label', title);
    this.rows = rows;
    if (columns.join('\n') !== this.columns.join('\n')) this.makeColumns(columns);
    this.render();
  }

  private makeColumns(columns: readonly string[]): void {
    this.columns = [...columns];
    this.sorting = undefined;
    this.headers = columns.map((label, column) => {
      const button = element('button', { type: 'button', class: 'sort', title: `Sort by ${label}` }, label);
      button.addEventListener('click', () => this.sortBy(column));
      return element('th', { scope: 'col' }, button);
    });
    this.head.replaceChildren(...this.headers);
    this.lines.length = 0;
    this.body.replaceChildren();
  }

  /** A column of numbers from the largest on, one of text from A on; then the other way; then the plugin's own order. */
  private sortBy(column: number): void {
    const first = isNumeric(this.rows, column);
    if (this.sorting?.column !== column) this.sorting = { column, descending: first };
    else if (this.sorting.descending === first) this.sorting = { column, descending: !first };
    else this.sorting = undefined;
    this.render();
  }

  private render(): void {
    const shown = sortRows(filterRows(this.rows, this.filter.value), this.sorting);
    const numeric = this.columns.map((_, column) => isNumeric(this.rows, column));
    const digits = this.columns.map((_, column) => digitsOf(this.rows, column));
    const barred = this.sorting?.column ?? numeric.indexOf(true);
    this.headers.forEach((header, column) => {
      const order = this.sorting?.descending ? 'descending' : 'ascending';
      setAttribute(header, 'aria-sort', this.sorting?.column === column ? order : undefined);
      setAttribute(header, 'class', numeric[column] ? 'number' : undefined);
    });
    const top = Math.max(0, ...shown.map((row) => (numeric[barred] ? Number(row[barred]) : 0)));
    while (this.lines.length < shown.length) this.lines.push(this.makeLine());
    shown.forEach((row, index) => {
      const line = this.lines[index];
      if (!line) return;
      this.columns.forEach((_, column) => {
        const [text, bar] = [line.texts[column], line.bars[column]];
        if (!text || !bar) return;
        setText(text, formatCell(row[column] ?? '', digits[column]));
        setAttribute(text.parentElement ?? text, 'class', numeric[column] ? 'number' : undefined);
        const isBarred = column === barred && top > 0;
        bar.hidden = !isBarred;
        if (isBarred) bar.style.width = `${((100 * Math.max(0, Number(row[column]))) / top).toFixed(1)}%`;
      });
    });
    arrange(
      this.body,
      this.lines.slice(0, shown.length).map(({ root }) => root),
    );
    const all = this.rows.length;
    const more = all >= this.limit ? ' or more' : '';
    const part = shown.length < all ? `${formatCount(shown.length)} of ` : '';
    setText(this.count, `${part}${formatCount(all)}${more} ${all === 1 ? 'row' : 'rows'}`);
    this.filter.hidden = all < 2;
    this.empty.hidden = shown.length > 0;
    setText(this.empty, all ? 'No row has this text.' : 'No rows yet.');
  }

  private makeLine(): Line {
    const texts = this.columns.map(() => element('span', { class: 'cell' }));
    const bars = this.columns.map(() => element('span', { class: 'bar', 'aria-hidden': 'true' }));
    const cells = texts.map((text, column) => element('td', {}, text, bars[column] ?? ''));
    return { root: element('tr', {}, ...cells), texts, bars };
  }
}
