#!/usr/bin/env node
// Written in ES5, so that a Node which is too old can still say so.
"use strict";

var needed = 24;
var found = process.versions.node;
var asked = process.argv[2];

if (parseInt(found, 10) < needed) {
  process.stderr.write(
    "testx needs Node.js " +
      needed +
      " or newer and was started with " +
      found +
      ": install it from https://nodejs.org (or run `nvm install " +
      needed +
      "`), then try again.\n"
  );
  process.exitCode = 2;
} else if (asked === "--version" || asked === "-V") {
  print(require("../package.json").version + "\n");
} else if ((asked === "--help" || asked === "-h") && process.argv.length === 3 && isWide()) {
  // As `npm run build` has printed it, for 80 columns.
  print(require("fs").readFileSync(__dirname + "/../dist/cli/help.txt", "utf8"));
} else if (asked === "__complete") {
  complete();
} else {
  start();
}

function complete() {
  try {
    require("./complete.js");
  } catch (_) {
    // Then there is nothing to offer, in the middle of somebody's line.
  }
}

function start() {
  try {
    require("./run.js");
  } catch (error) {
    // A file of testx that cannot be read; a syntax error or the like is a bug and shows its stack.
    var failure = /** @type {NodeJS.ErrnoException} */ (error);
    // The second is what Node makes of a package.json that it cannot read.
    if (!failure.syscall && failure.code !== "ERR_INVALID_PACKAGE_CONFIG") throw error;
    process.stderr.write(
      "✖ SYSTEM_FAILED  testx cannot be started (" + failure.message + "): install it again.\n"
    );
    process.exitCode = 1;
  }
}

/** Whether lines of 80 columns fit. Only terminals are asked: others have no width. */
function isWide() {
  return !require("fs").fstatSync(1).isCharacterDevice() || process.stdout.columns >= 80;
}

// Past process.stdout: making that stream is most of what this would cost.
/** @param {string} text */
function print(text) {
  try {
    require("fs").writeSync(1, text);
  } catch (error) {
    var code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === "EAGAIN") process.stdout.write(text);
    else if (code !== "EPIPE") throw error;
  }
}
