#!/usr/bin/env node
// Written in ES5, so that a Node which is too old can still say so.
"use strict";

var needed = 24;
var found = process.versions.node;

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
} else if (process.argv[2] === "--version" || process.argv[2] === "-V") {
  process.stdout.write(require("../package.json").version + "\n");
} else {
  require("./run.js");
}
