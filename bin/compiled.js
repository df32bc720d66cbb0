"use strict";

// What V8 has compiled of the program is kept for the next start. NODE_DISABLE_COMPILE_CACHE=1
// turns it off.

const { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { dirname, isAbsolute, join } = require("node:path");

/**
 * The folder to keep it in; `undefined` where nothing is to be kept. Nothing that goes wrong here
 * concerns a run: it is only slower then.
 */
exports.keepCompiled = () => {
  // Of what was compiled earlier, coverage would miss a part.
  if (process.env.NODE_DISABLE_COMPILE_CACHE || process.env.NODE_V8_COVERAGE) return undefined;
  try {
    const all = join(cacheFolder(), "testx");
    const own = join(all, require("../package.json").version);
    // As root in somebody's home: what was made there would be in their way.
    if (!isMine(existing(all))) return undefined;
    const isNew = mkdirSync(own, { recursive: true, mode: 0o700 }) !== undefined;
    if (!isMine(all) || !isMine(own)) return undefined;
    for (const folder of [all, own]) closeToOthers(folder);
    if (isNew) forgetOthers(all, own);
    // For what is an ES module: the dashboard, and providers of a project's own.
    enableCompileCache(own);
    return own;
  } catch {
    return undefined;
  }
};

/** Where programs keep what they can make anew: https://specifications.freedesktop.org/basedir */
function cacheFolder() {
  const { XDG_CACHE_HOME: given = "", LOCALAPPDATA: local = "" } = process.env;
  if (isAbsolute(given)) return given;
  if (process.platform === "win32" && isAbsolute(local)) return local;
  // HOME is where `os.homedir` looks first, and that module takes a millisecond to load.
  const posixHome = process.platform === "win32" ? "" : (process.env.HOME ?? "");
  const home = isAbsolute(posixHome) ? posixHome : require("node:os").homedir();
  return join(home, process.platform === "darwin" ? "Library/Caches" : ".cache");
}

/** The folder, or the nearest one above that is there. */
function existing(/** @type {string} */ folder) {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  return nearest;
}

/** What is read from there is run: only what this user alone can write may be. */
function isMine(/** @type {string} */ folder) {
  return process.getuid === undefined || statSync(folder).uid === process.getuid();
}

function closeToOthers(/** @type {string} */ folder) {
  if (process.getuid !== undefined && (statSync(folder).mode & 0o077) !== 0) {
    chmodSync(folder, 0o700);
  }
}

/** What other versions have left. */
function forgetOthers(/** @type {string} */ all, /** @type {string} */ own) {
  for (const name of readdirSync(all)) {
    const folder = join(all, name);
    if (folder !== own) rmSync(folder, { recursive: true, force: true });
  }
}
