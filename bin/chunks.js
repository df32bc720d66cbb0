// Loads the files of dist/cli/ with what V8 has compiled of them earlier. Node's own cache keeps of
// a file what is outside of its functions; here the functions that were called are kept too, which
// are most of what there is to compile: an eighth of the time that a command takes to start.

const {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const { dirname, join, basename } = require("node:path");
const { Script, constants } = require("node:vm");

/** What most commands need nothing of: the library of the validators, the texts of the codes. */
const seldom = /^\.\/(zod|catalogue)-/;

/**
 * `all`: a folder of this user alone. What is in it is run, so it belongs to one build of testx,
 * whatever its version, and to one release of Node. V8 itself looks at its own version and flags.
 */
exports.createLoader = (/** @type {string} */ all, /** @type {string} */ build) => {
  // Node keeps what it compiles beside it, in a folder that begins with its version.
  const release = `testx-${process.version}-${process.arch}-`;
  const folder = join(all, release + build);
  /** @type {Map<string, { exports: any }>} */
  const modules = new Map();
  /** @type {Map<string, Script>} */
  const scripts = new Map();
  let isComplete = true;

  const load = (/** @type {string} */ file) => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    try {
      run(file, module);
    } catch (error) {
      // As in Node: what could not be read or broke off is not there half, and may be tried again.
      modules.delete(file);
      throw error;
    }
    return module.exports;
  };

  /** Loads it when something of it is first asked for. */
  const later = (/** @type {string} */ file) =>
    new Proxy(/** @type {any} */ ({}), { get: (_, name) => load(file)[name] });

  const run = (/** @type {string} */ file, /** @type {{ exports: any }} */ module) => {
    const kept = join(folder, basename(file));
    const cachedData = read(kept);
    const script = new Script(wrapped(readFileSync(file, "utf8")), {
      filename: file,
      ...(cachedData && { cachedData }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    scripts.set(kept, script);
    if (cachedData === undefined || script.cachedDataRejected) isComplete = false;
    const here = dirname(file);
    const required = (/** @type {string} */ name) => {
      if (!name.startsWith("./")) return require(name);
      const file = here + name.slice(1);
      return seldom.test(name) ? later(file) : load(file);
    };
    required.resolve = require.resolve;
    required.cache = require.cache;
    script.runInThisContext().call(module.exports, module.exports, required, module, file, here);
  };

  /**
   * To be called at the end. Where a file was new, all are kept anew: a command that had not been
   * called yet calls other functions of them.
   */
  const keep = () => {
    if (isComplete) return;
    try {
      if (mkdirSync(folder, { recursive: true, mode: 0o700 })) forgetOthers(all, release, folder);
      for (const [kept, script] of scripts) write(kept, script.createCachedData());
    } catch {
      // It is only slower then.
    }
  };
  return { folder, load, keep };
};

/** As Node itself wraps them. */
function wrapped(/** @type {string} */ source) {
  return `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
}

// V8 trusts what it is given and would crash on damaged data. So it is written twice, and counts
// when both are the same: nothing is compared as fast, and no module is needed for it.

function read(/** @type {string} */ kept) {
  /** @type {Buffer} */
  let both;
  try {
    both = readFileSync(kept);
  } catch {
    return undefined;
  }
  const middle = both.length / 2;
  if (middle === 0 || !Number.isInteger(middle)) return undefined;
  const data = both.subarray(0, middle);
  return data.equals(both.subarray(middle)) ? data : undefined;
}

/** In one step: others may be reading it. */
function write(/** @type {string} */ kept, /** @type {Buffer} */ data) {
  const draft = `${kept}.${process.pid}`;
  try {
    writeFileSync(draft, Buffer.concat([data, data]), { mode: 0o600 });
    renameSync(draft, kept);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What other builds have left. */
function forgetOthers(
  /** @type {string} */ all,
  /** @type {string} */ release,
  /** @type {string} */ own,
) {
  for (const name of readdirSync(all)) {
    const folder = join(all, name);
    if (name.startsWith(release) && folder !== own)
      rmSync(folder, { recursive: true, force: true });
  }
}
