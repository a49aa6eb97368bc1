// Mocha's spec reporter, which also writes the run's numbers and its failures to the file named by
// TCGSCOPE_STATS_FILE, so that nobody has to read them out of the printed text.
'use strict';
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;

module.exports = class StatsReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, pending: 0, failures: [], pendings: [] };
    runner.on(EVENT_TEST_PASS, () => result.passed++);
    runner.on(EVENT_TEST_PENDING, (test) => {
      result.pending++;
      result.pendings.push(test.fullTitle());
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      result.failed++; // hooks that fail arrive here, too
      result.failures.push(`${test.fullTitle()}: ${error?.message ?? error}`);
    });
    runner.once(EVENT_RUN_END, () => {
      const file = process.env.TCGSCOPE_STATS_FILE;
      if (file) writeFileSync(file, JSON.stringify(result));
    });
  }
};
