#!/usr/bin/env node
import { runAdapter } from '../adapter/node/main';
import { messageOf } from '../adapter/dap/errors';
import { version } from '../../package.json';
import { runCampaign } from './campaign';
import { parseCommandLine } from './options';
import { buildPlugin } from './plugin-build';
import { stderrProgress } from './progress';
import { runGuest } from './run';
import { runSweep } from './sweep';

/** The command's exit status; what went wrong is on standard error. */
async function main(args: readonly string[]): Promise<number | undefined> {
  const command = parseCommandLine(args, version);
  switch (command.kind) {
    case 'text':
      process.stdout.write(command.text);
      return 0;
    case 'dap':
      await runAdapter(command.args);
      return undefined;
    case 'pluginBuild': {
      const { output, api, warnings } = buildPlugin(command.options);
      process.stderr.write(warnings);
      process.stdout.write(`${output}: plugin API version ${api}\n`);
      return 0;
    }
    case 'sweep':
      process.stdout.write(await runSweep(command.sweep, command.run, stderrProgress()));
      return 0;
    case 'campaign':
      process.stdout.write(await runCampaign(command.campaign, command.run, stderrProgress()));
      return 0;
    case 'run':
      return runGuest(command.options);
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
