"use strict";

const kept = require("./compiled.js").keepCompiled();
const build = buildName();
const loader = kept && build && require("./chunks.js").createLoader(kept, build);
const { outputTo } = require("./output.js");
const stdout = outputTo(1, () => process.stdout);
const stderr = outputTo(2, () => process.stderr);

// A log that cannot be written (disk full, reader gone) must not end what is under way: it is told
// when everything is done.
for (const output of [stdout, stderr]) output.on("error", () => {});

// Some releases of Node 24 call node:sqlite experimental, and the way in which compiled code
// imports ES modules; users cannot act on that.
const emitWarning = process.emitWarning;
process.emitWarning = (/** @type {string | Error} */ warning, /** @type {any[]} */ ...rest) => {
  const type = typeof rest[0] === "object" ? rest[0]?.type : rest[0];
  if (type === "ExperimentalWarning" && /SQLite|USE_MAIN_CONTEXT/.test(String(warning))) return;
  emitWarning.call(process, warning, ...rest);
};

// Settings and providers of somebody's own may say something, or load what does: standard output
// is for results.
console.log = console.info = console.debug = console.dir = console.error;

/** What `npm run build` has called it. */
function buildName() {
  try {
    return require("node:fs").readFileSync(`${__dirname}/../dist/cli/build.txt`, "utf8");
  } catch {
    return undefined;
  }
}

/** Output to a pipe is asynchronous: waits until it is handed over. */
const flush = (/** @type {typeof stdout} */ output) =>
  new Promise((resolve) => output.write("", () => resolve(undefined)));

const io = {
  // Made when it is asked for, which is seldom.
  get stdin() {
    return process.stdin;
  },
  ...{ stdout, stderr },
  env: process.env,
  // Fails where that folder was removed: told like any other failure.
  get cwd() {
    return process.cwd();
  },
  cache: loader ? loader.folder : undefined,
};

const built = require("node:path").join(__dirname, "../dist/cli/main.cjs");
/** @type {{ main(argv: readonly string[], world: typeof io): Promise<number> }} */
const cli = loader ? loader.load(built) : require(built);

let done = false;
const ended = cli.main(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
  done = true;
});

// Code of somebody's own that ends the process, or leaves nothing to wait for, is no success.
process.on("exit", (code) => {
  if (done || code !== 0) return;
  const what = "SYSTEM_FAILED  testx was ended before its work was done";
  const why =
    "where a provider, policy or settings file of your own calls process.exit, or never answers, that is why";
  require("node:fs").writeSync(2, `${what}: ${why}.\n`);
  process.exitCode = 1;
});

// What is done is done: a signal between the end of the work and that of the process changes
// nothing, unless the reader of the output keeps us waiting and another one comes.
let patience = 1;
for (const name of ["SIGINT", "SIGTERM"]) {
  process.on(name, () => {
    if (!done) return;
    if (patience === 0) process.exit(130);
    patience -= 1;
  });
}

ended.then(async () => {
  await Promise.all([flush(stdout), flush(stderr)]);
  if (loader) loader.keep();
  // Whatever handles are left.
  process.exit();
});
