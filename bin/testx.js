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
} else if ((asked === "--version" || asked === "-V") && process.argv.length === 3) {
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
    var failure = /** @type {NodeJS.ErrnoException} */ (error);
    var next = remedy(failure);
    if (next === undefined) throw error;
    process.stderr.write(
      "✖ SYSTEM_FAILED  testx cannot be started (" + failure.message + "): " + next + ".\n"
    );
    process.exitCode = 1;
  }
}

/** A syntax error or the like has none: it is a bug and shows its stack. */
/** @param {NodeJS.ErrnoException} failure */
function remedy(failure) {
  switch (failure.code) {
    case "EMFILE":
    case "ENFILE":
      return "allow more open files, as with `ulimit -n 1024`, then try again";
    case "ERR_ACCESS_DENIED":
      return "Node's permission model keeps files from it; look at NODE_OPTIONS";
  }
  // The second is what Node makes of a package.json that it cannot read.
  var unreadable = failure.syscall || failure.code === "ERR_INVALID_PACKAGE_CONFIG";
  return unreadable ? "install it again" : undefined;
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
    if (code === "EPIPE") return;
    if (code === "EAGAIN") process.stdout.write(text);
    // Which can say so.
    else start();
  }
}
