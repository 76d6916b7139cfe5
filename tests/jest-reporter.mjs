// Prints a line a test file, every failure with its message, every skipped
// test with its title (which gives the reason), and last `N passed, N failed,
// N skipped`, which tests/run.sh adds up. A file that did not run at all
// counts as one failure.
import {relative} from 'node:path';

export default class Reporter {
  counts = {passed: 0, failed: 0, skipped: 0};

  onTestResult({path}, result) {
    const name = relative(process.cwd(), path);
    const seconds = ((result.perfStats.end - result.perfStats.start) / 1000).toFixed(1);
    if (result.testExecError) this.counts.failed += 1;
    this.counts.passed += result.numPassingTests;
    this.counts.failed += result.numFailingTests;
    this.counts.skipped += result.numPendingTests + result.numTodoTests;
    console.log(`${result.numFailingTests || result.testExecError ? 'FAIL' : 'ok'} ${name}: ` +
      `${result.numPassingTests} passed, ${result.numFailingTests} failed, ${seconds} s`);
    if (result.failureMessage) console.log(result.failureMessage);
    for (const {message} of result.console ?? []) console.log(`  ${message}`);
    for (const test of result.testResults) {
      if (test.status === 'pending' || test.status === 'todo') console.log(`  skipped: ${test.fullName}`);
      else if (process.env.VERBOSE) console.log(`  ${test.status}: ${test.fullName} (${test.duration} ms)`);
    }
  }

  onRunComplete() {
    const {passed, failed, skipped} = this.counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
}
