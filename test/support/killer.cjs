"use strict";

/**
 * Loaded into the built testx from outside (`node --require`), so that the published build has no
 * failpoints: watches its statements and requests, and kills the process (SIGKILL) at one of them.
 * What to do stands in CHAOS_KILL, as JSON; see `KillOrder` in `victim.ts`.
 */
const {
  statSync,
  truncateSync,
  openSync,
  writeSync,
  closeSync,
  writeFileSync,
} = require("node:fs");
const http = require("node:http");
const { StatementSync } = require("node:sqlite");

/** @type {import("./victim.ts").KillOrder} */
const order = JSON.parse(process.env.CHAOS_KILL ?? "null");
delete process.env.CHAOS_KILL;
let left = order !== null && "nth" in order ? (order.nth ?? 1) : 1;

function die() {
  process.kill(process.pid, "SIGKILL");
}

if (order?.at === "record") watchRecords(order);
if (order?.at === "request") watchRequests(order);

/** @param {Extract<import("./victim.ts").KillOrder, { at: "record" }>} wanted */
function watchRecords({ type, step, when, cut }) {
  const { run } = StatementSync.prototype;
  let hit = false;
  let wal = "";
  /** @this {any} @param {any[]} values */
  StatementSync.prototype.run = function (...values) {
    const sql = this.sourceSQL;
    if (sql.startsWith("INSERT INTO entries")) {
      const body = JSON.parse(String(values[3]));
      const fits = body.type === type && (body.step ?? body.target?.step) === step;
      if (fits && --left === 0) {
        if (when === "before") die();
        hit = true;
      }
    }
    if (sql !== "COMMIT" || !hit) return run.apply(this, /** @type {any} */ (values));
    wal = process.env.CHAOS_WAL ?? "";
    const from = sizeOf(wal);
    const result = run.apply(this, /** @type {any} */ (values));
    if (when === "torn") tear(wal, from, cut ?? 0.5);
    die();
    return result;
  };
}

/**
 * Leaves of the last transaction what a write that was cut short leaves: a part of it, or all of
 * it with a sector that never arrived.
 * @param {string} wal @param {number} from @param {number} cut
 */
function tear(wal, from, cut) {
  const size = sizeOf(wal);
  const fraction = Math.abs(cut);
  const at = from + Math.min(Math.floor(fraction * (size - from)), size - from - 1);
  if (cut >= 0) truncateSync(wal, at);
  else {
    const handle = openSync(wal, "r+");
    writeSync(handle, Buffer.alloc(Math.min(512, size - at), 0xa5), 0, undefined, at);
    closeSync(handle);
  }
  if (process.env.CHAOS_NOTE)
    writeFileSync(process.env.CHAOS_NOTE, JSON.stringify({ from, size, at }));
}

/** @param {string} file */
function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** @param {Extract<import("./victim.ts").KillOrder, { at: "request" }>} wanted */
function watchRequests({ method, path, when }) {
  const pattern = new RegExp(path);
  const { end, emit } = http.ClientRequest.prototype;
  /** @type {WeakSet<object>} */
  const marked = new WeakSet();
  /** @this {http.ClientRequest} @param {any[]} values */
  http.ClientRequest.prototype.end = function (...values) {
    const { pathname } = new URL(this.path, "http://localhost");
    if (this.method === method && pattern.test(pathname) && --left === 0) {
      if (when === "before") die();
      // Handed over to the system, which carries it on without us.
      if (when === "sent") this.once("finish", () => setTimeout(die, 40));
      else marked.add(this);
    }
    return end.apply(this, /** @type {any} */ (values));
  };
  /** @this {http.ClientRequest} @param {string | symbol} event @param {any[]} values */
  http.ClientRequest.prototype.emit = function (event, ...values) {
    // Whole and read, and nobody has been told yet.
    if (event === "response" && marked.has(this)) values[0].once("end", die);
    return emit.call(this, event, ...values);
  };
}
