// npm run lock: adds to package-lock.json the builds for other platforms that npm left out.
//
// Where a registry mirror holds only some platforms' builds, `npm install` writes a lock file
// without the others, and `npm ci` then refuses it everywhere. Their versions are exact in the
// packages that need them, so nothing has to be asked.
import { readFileSync, writeFileSync } from "node:fs";

interface Package {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Package> };
const before = Object.keys(lock.packages).length;

for (const [place, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const found = resolve(place, name);
    // Ranges are npm's to resolve; builds for platforms have exact versions.
    if (found?.version === version || (found && !/^\d/.test(version))) continue;
    if (!/^\d/.test(version)) throw new Error(`${name} ${version} is not exact`);
    const free = lock.packages[`node_modules/${name}`] === undefined;
    lock.packages[`${free ? "" : `${place}/`}node_modules/${name}`] = {
      version,
      dev: true,
      optional: true,
      ...platform(name),
    };
  }
}

const { "": root, ...others } = lock.packages;
const sorted = Object.entries(others).sort(([a], [b]) => a.localeCompare(b, "en"));
lock.packages = { ...(root && { "": root }), ...Object.fromEntries(sorted) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${Object.keys(lock.packages).length - before} packages added to ${file}.`);

/** The package `name` as Node would find it from `place`. */
function resolve(place: string, name: string): Package | undefined {
  const folders = place.split("/node_modules/");
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const folder = folders.slice(0, depth).join("/node_modules/");
    const found = lock.packages[`${folder}${folder && "/"}node_modules/${name}`];
    if (found) return found;
  }
  return undefined;
}

/** `@biomejs/cli-linux-arm64-musl`: os linux, cpu arm64, libc musl. */
function platform(name: string): Pick<Package, "os" | "cpu" | "libc"> {
  const words = new Set(name.split(/[/-]/));
  const pick = (known: readonly string[]) => known.filter((word) => words.has(word));
  const os = pick(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]);
  const cpu = pick(["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"]);
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`For which platform is ${name}?`);
  const musl = [...words].some((word) => word.startsWith("musl"));
  return os[0] === "linux" ? { os, cpu, libc: [musl ? "musl" : "glibc"] } : { os, cpu };
}
