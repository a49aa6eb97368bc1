import { messageOf } from '../dap/errors';
import { runAdapter } from './main';

runAdapter(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`adapter: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
