// The results as a table and as JSON.
import { SUMMARY, TARGETS } from './configurations.mjs';
import { geometricMean } from './measure.mjs';

const ratioOf = (row, { cpu }) => (cpu ? (row.cpuRatio ?? row.ratio) : row.ratio);

/** {geomean: by key, rows}; a key without any row that was measured has null. */
export function asJson(rows, options) {
  const geomean = Object.fromEntries(
    SUMMARY.map((key) => {
      const ratios = rows
        .filter((row) => row.key === key && row.error === undefined)
        .map((row) => ratioOf(row, options));
      return [key, ratios.length ? geometricMean(ratios) : null];
    }),
  );
  return { geomean, rows };
}

const number = (value) => (value === undefined ? '–' : value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function table(header, lines) {
  const rule = header.map(() => '---');
  return [header, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Markdown: the summary, a table of ratios by guest, what was measured besides, and what could not be measured. */
export function asTables(rows, options) {
  const warm = rows.filter((row) => row.configuration !== undefined && row.error === undefined);
  const keys = [...new Set(warm.map(({ key }) => key))];
  const guests = [...new Set(warm.map(({ guest }) => guest))];
  const ratio = (guest, key) => {
    const row = warm.find((other) => other.guest === guest && other.key === key);
    return row ? number(ratioOf(row, options)) : '–';
  };
  const means = keys.map((key) =>
    geometricMean(warm.filter((row) => row.key === key).map((row) => ratioOf(row, options))),
  );
  const memory = (side) => Math.max(...warm.map((row) => row.memory[side]), 0).toFixed(0);
  const parts = [];
  const { geomean } = asJson(rows, options);
  parts.push(
    table(
      ['geometric mean, our speed through the peer’s', 'measured', 'target'],
      SUMMARY.map((key) => [key, number(geomean[key] ?? undefined), TARGETS[key]]),
    ),
  );
  if (warm.length) {
    parts.push(
      table(
        ['guest', ...keys],
        [
          ...guests.map((guest) => [guest, ...keys.map((key) => ratio(guest, key))]),
          ['**mean**', ...means.map(number)],
        ],
      ),
    );
    parts.push(`Memory at its highest: ours ${memory('ours')} MiB, QEMU ${memory('peer')} MiB.\n`);
    const compared = warm.filter(({ reports }) => reports !== undefined).length;
    parts.push(`Reports at exit compared: ${compared}, all equal but for what is listed below.\n`);
  }
  const extras = rows.filter((row) => row.configuration === undefined && row.error === undefined);
  if (extras.length) {
    parts.push(
      table(
        ['besides', 'guest', 'ours', 'QEMU', 'unit', 'ratio'],
        extras.map((row) => [row.key, row.guest, number(row.ours), number(row.peer), row.unit, number(row.ratio)]),
      ),
    );
  }
  const errors = rows.filter(({ error }) => error !== undefined);
  if (errors.length) {
    parts.push(
      table(
        ['not measured', 'guest', 'why'],
        errors.map((row) => [row.key, row.guest, row.error]),
      ),
    );
  }
  return parts.join('\n');
}
