import type { CheckOutcome, Finding } from "../../core/diagnosis.ts";
import type { FileFacts } from "../../core/probes.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

type FolderDeps = Pick<DoctorDeps, "folder" | "files">;

/** Setup cannot do without these, and gets by without those that may be lost. */
const needed = ["state.db", "state.db-wal", "state.db-shm", "lock.db", "key"];
const expendable = ["cache.db", "gateway.db", "metrics.db"].flatMap((name) => [
  ...[name, `${name}-wal`, `${name}-shm`],
]);
/** It is replaced, and never written to. */
const note = "lock.json";
/** What testx makes in its folder, and what was once its own there. */
const ours =
  /^(?:(?:state|cache|gateway|metrics|lock|accounts)\.(?:db|json).*|key|\.gitignore|sandbox)$/;

/** Of that what is called so nowhere else, or as good as. */
const onlyOurs = new Set([...needed.filter((name) => name !== "key"), ...expendable]);

/** Bytes with which a setup of usual size succeeds, and with which many do. */
const [tooLittle, little] = [1024 * 1024, 16 * 1024 * 1024];
const id = "state.folder";
const explains = [
  { checks: ["state.", "cache.", "drift."] },
  // What opens the services opens the folder too.
  { checks: ["secrets.", "services."], codes: ["STATE_IO", "STATE_READ_ONLY", "STATE_DISK_FULL"] },
];

/** The folder of testx's own memory and the disk that it is on. */
export function folderChecks(deps: FolderDeps): Check[] {
  return [
    { id, title: "state folder", run: async () => lookAtFolder(deps) },
    { id: "state.space", title: "disk space", run: async () => lookAtSpace(deps) },
  ];
}

/** Of what lies in it only what is testx's own: the folder may be anybody's. */
function lookAtFolder(deps: FolderDeps): CheckOutcome {
  const { folder, files } = deps;
  const found = files.look(folder);
  if (found === undefined) return lookAbove(deps);
  const evidence = [shown(found)];
  if (found.kind !== "folder") {
    const what = found.lost
      ? `${folder} cannot be used: ${found.lost}.`
      : `${folder} is not a folder.`;
    const fix = found.lost
      ? "Take the link out, mount or make what is missing, or name another folder with --state."
      : "Move it away, or name another folder with --state.";
    return { evidence, findings: [unusable(folder, what, evidence, fix)] };
  }
  const there = (names: readonly string[]) =>
    names.flatMap((name) => files.look(`${folder}/${name}`) ?? []);
  const [must, may] = [there(needed), there(expendable)];
  const broken = [...must, ...there([note]), ...may].filter(({ kind }) => kind !== "file");
  if (broken.length > 0) {
    const findings = broken.map((one): Finding => {
      const why = one.lost ?? (one.kind === "folder" ? "it is a folder" : "it is no file");
      const what = `${one.path} cannot be used: ${why}.`;
      const fix = "Move it away, or put back what belongs there.";
      const finding = unusable(one.path, what, [shown(one)], fix);
      return may.includes(one) ? asWarning(finding) : finding;
    });
    return { evidence, findings };
  }
  const refused = (all: readonly FileFacts[]) => all.filter((one) => one.refused !== undefined);
  const own = isOwn(deps);
  const locked = refused([found, ...must]);
  const lockedToo = refused(may);
  // What keeps from all of it is told once.
  if (locked.length > 0) {
    return { evidence, findings: [readOnly(folder, [...locked, ...lockedToo], own)] };
  }
  if (lockedToo.length > 0) {
    return { evidence, findings: [asWarning(readOnly(folder, lockedToo, own))] };
  }
  const open = [...(own ? [found] : []), ...must, ...there([note]), ...may].filter(
    ({ mode }) => (mode & 0o077) !== 0,
  );
  if (open.length === 0) return { evidence, findings: [] };
  const finding: Finding = {
    ...{ code: "STATE_OPEN_TO_OTHERS", severity: "warning", check: id, about: folder },
    what: `Others on this machine may look into ${own ? folder : open[0]?.path}.`,
    evidence: open.map(shown),
    fix: {
      text: "Take their rights away: the journal tells what your accounts hold.",
      ...{ command: "testx doctor --fix", remedy: "permissions" },
    },
    details: { paths: open.map(({ path }) => path) },
  };
  return { evidence, findings: [finding] };
}

/** Whether the folder is testx's and nobody else's: what others may do with it is then ours to say. */
function isOwn({ folder, files }: FolderDeps): boolean {
  return folder.endsWith("/.testx") || files.list(folder).every((name) => ours.test(name));
}

/** Of testx's memory what there is: the folder as a whole only where nobody else's files are in it. */
export function memoryIn(deps: FolderDeps): string[] {
  const { folder, files } = deps;
  const names = files.list(folder);
  if (names.length > 0 && isOwn(deps)) return [folder];
  return names.filter((name) => onlyOurs.has(name)).map((name) => `${folder}/${name}`);
}

function readOnly(folder: string, locked: readonly FileFacts[], own: boolean): Finding {
  const mounted = locked.some(({ refused }) => refused === "EROFS");
  // Of rights alone, and not of a folder that belongs to a project.
  const curable = locked.every(
    (one) => one.own && one.refused === "EACCES" && (own || one.path !== folder),
  );
  const text = mounted
    ? "The file system is mounted read-only: remount it, or name another folder with --state."
    : locked.every((one) => one.own)
      ? "Give yourself the right to write in the state folder."
      : "It belongs to somebody else: run testx as that user, or name another folder with --state.";
  return {
    ...{ code: "STATE_READ_ONLY", severity: "error", check: id, about: folder, explains },
    ...{ what: `${locked[0]?.path} cannot be written.`, evidence: locked.map(shown) },
    fix: { text, ...(curable && { remedy: "permissions", command: "testx doctor --fix" }) },
    ...{ prerequisite: true, details: { paths: locked.map(({ path }) => path) } },
  };
}

/** Of a file that setup gets by without. */
function asWarning({ prerequisite: _, ...finding }: Finding): Finding {
  return { ...finding, severity: "warning", explains: [{ checks: ["cache."] }] };
}

function unusable(about: string, what: string, evidence: readonly string[], text: string): Finding {
  return {
    ...{ code: "STATE_IO", severity: "error", check: id, about, what, evidence },
    ...{ fix: { text }, explains, prerequisite: true },
  };
}

/** Where the folder is to be made: the nearest one above it that is there. */
function lookAbove({ folder, files }: FolderDeps): CheckOutcome {
  const fine = { evidence: ["not made yet"], findings: [] };
  for (let above = folder; above.includes("/"); ) {
    above = above.slice(0, above.lastIndexOf("/")) || "/";
    const found = files.look(above);
    if (found === undefined && above !== "/") continue;
    if (found === undefined) return fine;
    const evidence = [shown(found)];
    if (found.kind !== "folder") {
      const why = found.lost ? `cannot be used: ${found.lost}` : "is no folder";
      const what = `The state folder cannot be made: ${above} ${why}.`;
      const fix = "Mount or make what is missing, or name another folder with --state.";
      return { evidence, findings: [unusable(folder, what, evidence, fix)] };
    }
    if (found.refused === undefined) return fine;
    const finding = readOnly(folder, [found], false);
    const what = `The state folder cannot be made: ${above} cannot be written.`;
    return { evidence, findings: [{ ...finding, what }] };
  }
  return fine;
}

function lookAtSpace({ folder, files }: FolderDeps): CheckOutcome {
  const free = files.free(folder);
  if (free === undefined) return { evidence: [], findings: [] };
  const evidence = [
    `${Math.floor(free.bytes / 1_048_576)} MB free`,
    ...(free.files === 0 ? ["no more files can be made (`df -i`)"] : []),
  ];
  const full = free.files === 0 || free.bytes < tooLittle;
  if (!full && free.bytes >= little) return { evidence, findings: [] };
  const what = `The disk of ${folder} is ${full ? "" : "nearly "}full.`;
  const text =
    free.files === 0
      ? "Remove files: the disk has room, but for no more of them. Then run the command again."
      : "Make room on the disk, then run the command again.";
  const base = { code: "STATE_DISK_FULL", check: "state.space", what, evidence } as const;
  const finding: Finding = { ...base, severity: "warning", fix: { text } };
  const explains = [{ checks: ["state.journal", "state.key", "cache."] }];
  return {
    evidence,
    findings: [full ? { ...finding, severity: "error", explains, prerequisite: true } : finding],
  };
}

function shown({ path, mode }: FileFacts): string {
  return `${path}, mode 0${mode.toString(8)}`;
}
