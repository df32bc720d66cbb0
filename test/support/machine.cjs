// @ts-nocheck: it stands in for functions with a dozen forms each.
// Loaded into a testx under test by NODE_OPTIONS: another machine, as TESTX_MACHINE says.
//   names   {"slack.services.test": "127.0.0.1" | "ENOTFOUND" | …}
//   lookupMs how long that takes
//   aheadMs how much its clock is wrong
//   freeBytes how much room its disks have
//   freeFiles for how many more files
//   noCopies  nothing temporary can be made on it
//   broken    the end of a path that cannot be read (EIO)
//   readOnly  a folder that is mounted so
const dns = require("node:dns");
const fs = require("node:fs");

const {
  names = {},
  lookupMs = 0,
  aheadMs = 0,
  freeBytes,
  freeFiles,
  readOnly,
  broken,
  noCopies = false,
} = JSON.parse(process.env.TESTX_MACHINE ?? "{}");

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
  setTimeout(() => {
    if (known.error) callback(known.error);
    else if (given.all) callback(null, known.found);
    else callback(null, known.found[0].address, known.found[0].family);
  }, lookupMs);
};
const later = dns.promises.lookup;
dns.promises.lookup = async (hostname, options) => {
  const known = resolved(hostname);
  if (known === undefined) return later(hostname, options);
  if (known.error) throw known.error;
  return options?.all ? known.found : known.found[0];
};

if (broken !== undefined) {
  const { readFileSync } = fs;
  fs.readFileSync = (path, ...rest) => {
    if (!String(path).endsWith(broken)) return readFileSync(path, ...rest);
    throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
  };
}

if (aheadMs !== 0) {
  const { now } = Date;
  Date.now = () => now() + aheadMs;
}

if (freeBytes !== undefined || freeFiles !== undefined || readOnly !== undefined) {
  const { statfsSync, accessSync } = fs;
  fs.statfsSync = (...given) => ({
    ...statfsSync(...given),
    ...(freeBytes !== undefined && { bsize: 4096, bavail: Math.floor(freeBytes / 4096) }),
    ...(freeFiles !== undefined && { files: 1000, ffree: freeFiles }),
  });
  fs.accessSync = (path, mode) => {
    if (readOnly !== undefined && path.startsWith(readOnly) && mode & fs.constants.W_OK) {
      throw Object.assign(new Error(`EROFS: read-only file system, access '${path}'`), {
        ...{ code: "EROFS", syscall: "access", path },
      });
    }
    accessSync(path, mode);
  };
  require("node:module").syncBuiltinESMExports();
}

if (noCopies) {
  fs.mkdtempSync = (prefix) => {
    throw Object.assign(new Error(`EROFS: read-only file system, mkdtemp '${prefix}XXXXXX'`), {
      ...{ code: "EROFS", syscall: "mkdtemp" },
    });
  };
  require("node:module").syncBuiltinESMExports();
}
