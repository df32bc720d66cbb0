// @ts-nocheck: it stands in for functions with a dozen forms each.
// Loaded into a testx under test by NODE_OPTIONS: another machine, as TESTX_MACHINE says.
//   names   {"slack.services.test": "127.0.0.1" | "ENOTFOUND" | …}
//   aheadMs how much its clock is wrong
//   freeBytes how much room its disks have
const dns = require("node:dns");
const fs = require("node:fs");

const { names = {}, aheadMs = 0, freeBytes } = JSON.parse(process.env.TESTX_MACHINE ?? "{}");

const failed = (code, hostname) =>
  Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), {
    ...{ code, errno: code, syscall: "getaddrinfo", hostname },
  });
const resolved = (hostname) => {
  const to = names[hostname];
  if (to === undefined) return undefined;
  if (/^E[A-Z_]+$/.test(to)) return { error: failed(to, hostname) };
  return { found: [{ address: to, family: to.includes(":") ? 6 : 4 }] };
};

const { lookup } = dns;
dns.lookup = (hostname, options, done) => {
  const known = resolved(hostname);
  if (known === undefined) return lookup(hostname, options, done);
  const [given, callback] = typeof options === "function" ? [{}, options] : [options, done];
  process.nextTick(() => {
    if (known.error) callback(known.error);
    else if (given.all) callback(null, known.found);
    else callback(null, known.found[0].address, known.found[0].family);
  });
};
const later = dns.promises.lookup;
dns.promises.lookup = async (hostname, options) => {
  const known = resolved(hostname);
  if (known === undefined) return later(hostname, options);
  if (known.error) throw known.error;
  return options?.all ? known.found : known.found[0];
};

if (aheadMs !== 0) {
  const { now } = Date;
  Date.now = () => now() + aheadMs;
}

if (freeBytes !== undefined) {
  const { statfsSync } = fs;
  fs.statfsSync = (...given) => {
    const found = statfsSync(...given);
    return { ...found, bsize: 4096, bavail: Math.floor(freeBytes / 4096) };
  };
  require("node:module").syncBuiltinESMExports();
}
