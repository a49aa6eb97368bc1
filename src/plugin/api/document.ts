import { API_CALLS, API_GROUPS, type ApiCall } from './table';

/** QEMU's release with which each version of the API came. */
const RELEASES = ['4.2', '6.0', '9.0', '9.1', '9.2', '10.1', '11.0'];

/** The text of docs/plugin-api.md. */
export function apiDocument(): string {
  return [
    '# The plugin API, call by call',
    '',
    'Made from `src/plugin/api/table.ts` by `npm run plugin-api-docs`; a test holds both together. What each call does stands in',
    '[`include/qemu-plugin.d.ts`](../include/qemu-plugin.d.ts).',
    '',
    'A plugin that declares `qemu_plugin_version` has the calls of that version; one that declares none has all of them. Versions',
    `came with QEMU ${RELEASES.map((release, version) => `${version}: ${release}`).join(', ')}.`,
    '',
    'C has more calls where JavaScript needs none: nothing is freed here. `userdata` may be any value.',
    '',
    ...API_GROUPS.flatMap((group) => section(group)),
  ].join('\n');
}

function section(group: string): string[] {
  const calls = API_CALLS.filter((call) => call.group === group);
  return [
    `## ${group}`,
    '',
    '| call | versions | implemented | tested |',
    '|---|---|---|---|',
    ...calls.map((call) => `| \`${call.name}\` | ${versions(call)} | ${implemented(call)} | ${call.test} |`),
    '',
  ];
}

function versions({ since, until, group }: ApiCall): string {
  if (group === 'Our own') return 'all';
  if (until === undefined) return `${since}–`;
  return until === since ? String(since) : `${since}–${until}`;
}

function implemented({ note }: ApiCall): string {
  return note ? `yes: ${note}` : 'yes';
}
