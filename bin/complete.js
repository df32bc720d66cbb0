"use strict";

// What completion scripts ask at each press of tab: quick, and never a word too much.

require("./compiled.js").keepCompiled();

process.emitWarning = () => {};
const output = require("./output.js").outputTo(1, () => process.stdout);
output.on("error", () => {});

const built = "../dist/cli/complete.cjs";
/** @type {{ complete(argv: readonly string[], cwd: string): Promise<string> }} */
const { complete } = require(built);

complete(process.argv.slice(3), process.cwd()).then((names) => output.write(names));
