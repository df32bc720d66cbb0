// Runs a script on the Node that this project pins, whatever Node the machine has:
//   node scripts/with-node.cjs scripts/build.ts --flag
// With --here before it, in the folder that npm was started in, which npm leaves for the root.
// Written for old Nodes. Where npm did not run the install step of the `node` package
// (--ignore-scripts, or an npm that blocks such steps by default), it is made good here.
"use strict";

var childProcess = require("child_process");
var fs = require("fs");
var os = require("os");
var path = require("path");

var root = path.resolve(__dirname, "..");
var needed = 24;

/** @param {string} node */
function usable(node) {
  var probe = childProcess.spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" });
  return probe.status === 0 && parseInt(probe.stdout, 10) >= needed;
}

/** @param {string} folder */
function repair(folder) {
  var step = path.join(folder, "installArchSpecificPackage.js");
  if (!fs.existsSync(step)) return;
  process.stderr.write(
    "Fetching Node " + needed + " (the `node` package was installed without it) …\n"
  );
  childProcess.spawnSync(process.execPath, [step], { cwd: folder, stdio: ["ignore", 2, 2] });
}

function findNode() {
  if (parseInt(process.versions.node, 10) >= needed) return process.execPath;
  var folder = path.join(root, "node_modules", "node");
  var node = path.join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!usable(node)) repair(folder);
  if (usable(node)) return node;
  process.stderr.write(
    "testx is built on Node.js " +
      needed +
      " and found " +
      process.versions.node +
      ": run `npm ci` in " +
      root +
      ", or use a Node.js that is new enough.\n"
  );
  process.exit(2);
}

var node = findNode();
var env = Object.assign({}, process.env);
// What the script starts by the name `node` is to be the same one.
env.PATH = path.dirname(node) + path.delimiter + (env.PATH || "");
var isHere = process.argv[2] === "--here";
var script = path.resolve(process.argv[isHere ? 3 : 2] || "");
var child = childProcess.spawn(node, [script].concat(process.argv.slice(isHere ? 4 : 3)), {
  cwd: (isHere && env.INIT_CWD) || process.cwd(),
  stdio: "inherit",
  env: env
});

// The terminal signals the child too: it decides when to stop.
process.on("SIGINT", function () {});
process.on("SIGTERM", function () {
  child.kill("SIGTERM");
});
child.on("exit", function (code, signal) {
  process.exit(signal === null ? Number(code) : 128 + os.constants.signals[signal]);
});
