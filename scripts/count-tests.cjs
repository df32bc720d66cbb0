// Prints how many tests passed and failed, from vitest's JSON report. No report, and no test, is
// one failure: silence proves nothing.
"use strict";

const fs = require("fs");

let passed = 0;
let failed = 0;
try {
  const report = JSON.parse(fs.readFileSync(process.argv[2] || "", "utf8"));
  passed = report.numPassedTests;
  failed = report.numFailedTests;
  // A file that could not even be loaded has no tests to count.
  if (!report.success && failed === 0) failed = 1;
} catch (error) {
  process.stderr.write("There is no test report: " + error + "\n");
}
console.log(passed + " " + (passed === 0 && failed === 0 ? 1 : failed));
