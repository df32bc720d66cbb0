"use strict";

// process.stdout loads Node's network and stream modules: a sixth of what a short command takes.
// A pipe or file is written to directly, as far as that cannot keep anybody waiting.

const { fstatSync, writeSync } = require("node:fs");

/** Fits in a pipe that nobody reads yet, on every system; more goes by the stream, which waits. */
const most = 32_768;

/**
 * The stream's place where standard output (1) or error (2) is no terminal.
 *
 * @param {1 | 2} fd
 * @param {() => NodeJS.WriteStream} open gives the stream itself
 */
exports.outputTo = (fd, open) => (isDirect(fd) ? direct(fd, open) : open());

function isDirect(/** @type {number} */ fd) {
  try {
    const to = fstatSync(fd);
    return to.isFIFO() || to.isSocket() || to.isFile();
  } catch {
    // Closed: the stream knows what to do then.
    return false;
  }
}

function direct(/** @type {number} */ fd, /** @type {() => NodeJS.WriteStream} */ open) {
  /** @type {NodeJS.WriteStream | undefined} */
  let stream;
  let left = most;
  /** @type {((error: Error) => void)[]} */
  const listeners = [];
  const output = {
    destroyed: false,
    on(/** @type {"error"} */ event, /** @type {(error: Error) => void} */ listener) {
      listeners.push(listener);
      stream?.on(event, listener);
    },
    write(/** @type {string} */ text, /** @type {() => void} */ done = () => {}) {
      if (output.destroyed) return done();
      const rest = stream ? text : written(Buffer.from(text));
      if (rest.length === 0 && !stream) return done();
      if (!stream) {
        stream = open();
        for (const listener of listeners) stream.on("error", listener);
      }
      stream.write(rest, done);
    },
  };

  /** Gives what is left for the stream. */
  const written = (/** @type {Buffer} */ data) => {
    let rest = data;
    try {
      while (rest.length > 0 && rest.length <= left) {
        const many = writeSync(fd, rest);
        left -= many;
        rest = rest.subarray(many);
      }
      return rest;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "EAGAIN") return rest;
      output.destroyed = true;
      for (const listener of listeners) listener(/** @type {Error} */ (error));
      return rest.subarray(rest.length);
    }
  };
  return output;
}
