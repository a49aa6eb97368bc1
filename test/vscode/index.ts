/**
 * What VS Code's extension host loads as "the tests": it runs every bundled *.test.js beside this file with mocha and
 * reports by the shared reporter. Whoever started us sets the environment (see scripts/test-vscode.mjs).
 */
import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { closeUi, screenshot } from './ui';

const TEST_TIMEOUT_MS = 90_000;
/** A window on a busy machine may lose a click or be late; what fails twice is broken. Every retry is told. */
const RETRIES = 1;

export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    forbidOnly: true,
    timeout: TEST_TIMEOUT_MS,
    retries: RETRIES,
    reporter: path.join(process.env['TCGSCOPE_ROOT'] ?? '', 'scripts/lib/stats-reporter.cjs'),
    ...(process.env['TCGSCOPE_GREP'] ? { grep: process.env['TCGSCOPE_GREP'] } : {}),
  });
  const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) if (name.endsWith('.test.js')) mocha.addFile(path.join(__dirname, name));
  const screenshots: Promise<void>[] = [];
  const failures = await new Promise<number>((resolve) => {
    // What the window looked like when a test failed says more than its message.
    const picture = (test: Mocha.Test) => {
      const name = `failed ${test.fullTitle()}`.replace(/[^\w]+/g, '-').slice(0, 80);
      screenshots.push(screenshot(name).catch((error: unknown) => console.error(`no screenshot: ${String(error)}`)));
    };
    mocha
      .run(resolve)
      .on(Mocha.Runner.constants.EVENT_TEST_FAIL, picture)
      .on(Mocha.Runner.constants.EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
        console.error(`      tried again: ${test.fullTitle()}: ${error.message.slice(0, 500)}`);
        picture(test);
      });
  });
  await Promise.all(screenshots);
  await closeUi();
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
