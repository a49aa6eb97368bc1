#!/usr/bin/env node
import { messageOf } from '../adapter/dap/errors';
import { version } from '../../package.json';
import { parseCommandLine } from './options';
import { stderrProgress } from './progress';

// What only some commands need is evaluated only for them.

/** The command's exit status; what went wrong is on standard error. */
async function main(args: readonly string[]): Promise<number | undefined> {
  const command = parseCommandLine(args, version);
  switch (command.kind) {
    case 'text':
      process.stdout.write(command.text);
      return 0;
    case 'dap':
      await (await import('../adapter/node/main')).runAdapter(command.args);
      return undefined;
    case 'pluginBuild': {
      const { buildPlugin } = await import('./plugin-build');
      const { output, api, warnings } = buildPlugin(command.options);
      process.stderr.write(warnings);
      process.stdout.write(`${output}: plugin API version ${api}\n`);
      return 0;
    }
    case 'sweep': {
      const { runSweep } = await import('./sweep');
      process.stdout.write(await runSweep(command.sweep, command.run, stderrProgress()));
      return 0;
    }
    case 'campaign': {
      const { runCampaign } = await import('./campaign');
      process.stdout.write(await runCampaign(command.campaign, command.run, stderrProgress()));
      return 0;
    }
    case 'run': {
      const { runGuest } = await import('./run');
      const status = await runGuest(command.options);
      globalThis.tcgscopeBundle?.keepCode();
      return status;
    }
  }
}

main(process.argv.slice(2)).then(
  (status) => {
    if (status !== undefined) process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`tcgscope: ${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
