/** The table of all levels: accesses, hits, misses and rate for each kind of access, and what the misses did. */
import {
  totalAccesses,
  type AccessCounts,
  type CacheLevelStatistics,
  type CacheStatistics,
} from '../plugin/statistics';
import { element, setText } from './dom';
import { formatCount, formatRate, geometry, levelName } from './format';

const COLUMNS = ['Accesses', 'Hits', 'Misses', 'Miss rate', 'Compulsory', 'Evictions'];
const KINDS = ['loads', 'stores', 'fetches'] as const;
const KIND_LABELS = { loads: 'Loads', stores: 'Stores', fetches: 'Fetches', total: 'Total' };

type Kind = (typeof KINDS)[number] | 'total';

/** Kinds that a level shows even before any has happened. */
const USUAL: Record<CacheLevelStatistics['name'], readonly Kind[]> = {
  L1I: ['fetches'],
  L1D: ['loads', 'stores'],
  L2: ['loads', 'stores'],
};

/** The rows of a level. With a single kind of access that one is the total as well. */
function kindsOf(level: CacheLevelStatistics): Kind[] {
  const kinds = KINDS.filter((kind) => USUAL[level.name].includes(kind) || level[kind].accesses > 0);
  return kinds.length > 1 ? [...kinds, 'total'] : kinds;
}

/** Says which rows there are; while it stays the same only numbers change. */
function shapeOf(statistics: CacheStatistics): string {
  return statistics.levels
    .map((level) => `${level.name}/${level.core}/${kindsOf(level).join()}/${geometry(level)}`)
    .join(';');
}

export class LevelTable {
  private readonly table = element('table', { class: 'levels', id: 'levels' });
  private shape = '';
  private cells: HTMLElement[][] = [];

  get root(): HTMLElement {
    return this.table;
  }

  update(statistics: CacheStatistics): void {
    const shape = shapeOf(statistics);
    if (shape !== this.shape) this.build(statistics);
    this.shape = shape;
    let row = 0;
    for (const level of statistics.levels) {
      const kinds = kindsOf(level);
      for (const kind of kinds) this.fill(this.cells[row++] ?? [], level, kind, kind === kinds.at(-1));
    }
  }

  private fill(cells: readonly HTMLElement[], level: CacheLevelStatistics, kind: Kind, last: boolean): void {
    const counts: AccessCounts = kind === 'total' ? totalAccesses(level) : level[kind];
    const texts = [
      ...[counts.accesses, counts.hits, counts.misses].map(formatCount),
      formatRate(counts),
      ...(last ? [level.compulsory, level.evictions].map(formatCount) : []),
    ];
    cells.forEach((cell, index) => setText(cell, texts[index] ?? ''));
  }

  private build(statistics: CacheStatistics): void {
    const header = ['Kind', ...COLUMNS].map((text) => element('th', { scope: 'col' }, text));
    const caption = element('caption', {}, 'Accesses by cache and kind');
    this.table.replaceChildren(caption, element('thead', {}, element('tr', {}, ...header)));
    this.cells = [];
    for (const level of statistics.levels) {
      const group = element('tbody', { 'data-level': level.name, 'data-core': String(level.core) });
      group.append(element('tr', { class: 'level' }, levelHeader(level, statistics.cores)));
      for (const kind of kindsOf(level)) {
        const cells = COLUMNS.map((column) => element('td', { 'data-column': column }));
        const head = element('th', { scope: 'row' }, KIND_LABELS[kind]);
        group.append(element('tr', { 'data-kind': kind }, head, ...cells));
        this.cells.push(cells);
      }
      this.table.append(group);
    }
  }
}

function levelHeader(level: CacheLevelStatistics, cores: number): HTMLElement {
  const name = element('span', { class: 'level-name' }, levelName(level, cores));
  const about = element('span', { class: 'geometry' }, geometry(level));
  return element('th', { scope: 'rowgroup', colspan: String(COLUMNS.length + 1) }, name, ' ', about);
}
