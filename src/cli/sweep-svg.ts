import type { SweepRow } from './sweep';

const WIDTH = 720;
const PANEL = 360;
const MARGIN = { left: 70, right: 200, top: 40, bottom: 50 };
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];
const Y_TICKS = 5;

/** The miss rates over the sizes as a picture: a panel for each cache, a line for each choice of ways, lines and policy. */
export function sweepSvg(rows: readonly SweepRow[]): string {
  const caches = [...new Set(rows.map(({ cache }) => cache))];
  const panels = caches.map((cache, i) => {
    const own = rows.filter((row) => row.cache === cache);
    return `<g transform="translate(0 ${i * PANEL})">\n${panel(cache, own)}</g>\n`;
  });
  const height = caches.length * PANEL;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="sans-serif" font-size="12">\n<rect width="${WIDTH}" height="${height}" fill="white"/>\n` +
    `${panels.join('')}</svg>\n`
  );
}

function panel(cache: string, rows: readonly SweepRow[]): string {
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const top = Math.max(...rows.map(({ missRate }) => missRate), 1e-6);
  const [innerWidth, innerHeight] = [WIDTH - MARGIN.left - MARGIN.right, PANEL - MARGIN.top - MARGIN.bottom];
  const x = (size: number): number =>
    MARGIN.left + (sizes.length === 1 ? innerWidth / 2 : (sizes.indexOf(size) / (sizes.length - 1)) * innerWidth);
  const y = (rate: number): number => MARGIN.top + innerHeight * (1 - rate / top);
  const bottom = MARGIN.top + innerHeight;
  const parts = [
    text(MARGIN.left, 22, `${cache}: miss rate by size (circles: Pareto-optimal)`, 'font-weight="bold"'),
    text(MARGIN.left + innerWidth / 2, PANEL - 10, 'size', 'text-anchor="middle"'),
  ];
  for (let tick = 0; tick <= Y_TICKS; tick++) {
    const rate = (top * tick) / Y_TICKS;
    const at = y(rate).toFixed(1);
    parts.push(`<line x1="${MARGIN.left}" x2="${MARGIN.left + innerWidth}" y1="${at}" y2="${at}" stroke="#ddd"/>\n`);
    parts.push(text(MARGIN.left - 6, y(rate) + 4, `${Number(rate.toPrecision(3))}%`, 'text-anchor="end"'));
  }
  for (const size of sizes) parts.push(text(x(size), bottom + 18, sizeName(size), 'text-anchor="middle"'));
  const series = new Map<string, SweepRow[]>();
  const order = (row: SweepRow): number => row.lineSize * 2 ** 20 + row.ways;
  const sorted = [...rows].sort(
    (a, b) => (a.policy < b.policy ? -1 : Number(a.policy > b.policy)) || order(a) - order(b) || a.size - b.size,
  );
  for (const row of sorted) {
    const name = `${row.ways}-way, ${row.lineSize} B, ${row.policy}`;
    series.set(name, [...(series.get(name) ?? []), row]);
  }
  [...series].forEach(([name, points], i) => {
    const colour = COLOURS[i % COLOURS.length];
    const dash = i < COLOURS.length ? '' : ' stroke-dasharray="5 3"';
    const line = points.map(({ size, missRate }) => `${x(size).toFixed(1)},${y(missRate).toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="1.5"${dash}/>\n`);
    for (const { size, missRate, pareto, misses } of points) {
      const place = `cx="${x(size).toFixed(1)}" cy="${y(missRate).toFixed(1)}"`;
      const look = pareto ? `r="5" fill="white" stroke="${colour}" stroke-width="2"` : `r="2.5" fill="${colour}"`;
      parts.push(`<circle ${place} ${look}><title>${name}, ${sizeName(size)}: ${misses} misses</title></circle>\n`);
    }
    const at = MARGIN.top + 16 * i;
    if (at > bottom) return;
    const left = WIDTH - MARGIN.right + 14;
    parts.push(
      `<line x1="${left}" x2="${left + 20}" y1="${at}" y2="${at}" stroke="${colour}" stroke-width="2"${dash}/>\n`,
    );
    parts.push(text(left + 26, at + 4, name, ''));
  });
  return parts.join('');
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>\n`;
}

/** `32K`, `1M`, or bytes. */
export function sizeName(size: number): string {
  if (size % 1048576 === 0) return `${size / 1048576}M`;
  return size % 1024 === 0 ? `${size / 1024}K` : String(size);
}
