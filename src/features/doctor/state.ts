import { catalogue } from "../../core/catalogue/catalogue.ts";
import { deferredIn } from "../../core/deferred.ts";
import { type CheckOutcome, type Finding, findingOf } from "../../core/diagnosis.ts";
import { TestxError } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import type { FileFacts } from "../../core/probes.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

type StateDeps = Pick<DoctorDeps, "folder" | "files" | "journal" | "isAlive" | "clock">;

/** Less than this cannot take a setup's journal and cache. */
const littleSpace = 16 * 1024 * 1024;

/** testx's own memory: folder, space, journal, and what earlier runs have left to do. */
export function stateChecks(deps: StateDeps): Check[] {
  const { folder, files } = deps;
  return [
    { id: "state.folder", title: "state folder", run: async () => lookAtFolder(deps) },
    {
      id: "state.space",
      title: "disk space",
      async run() {
        const free = files.free(folder);
        const evidence = free === undefined ? [] : [`${Math.floor(free / 1_048_576)} MB free`];
        if (free === undefined || free >= littleSpace) return { evidence, findings: [] };
        const what = `The disk of ${folder} is full.`;
        const fix = { text: "Make room on the disk, then run the command again." };
        return {
          evidence,
          findings: [
            {
              ...{ code: "STATE_DISK_FULL", severity: "error", check: "state.space" },
              ...{ what, evidence, fix, explains: [{ checks: ["state.", "cache."] }] },
            },
          ],
        };
      },
    },
    {
      id: "state.journal",
      title: "journal",
      needs: ["state.folder"],
      async run() {
        try {
          const runs = deps.journal().runs().length;
          const writes = deps.journal().operations("undoable").length;
          return { evidence: [`${runs} runs, ${writes} writes that can be undone`], findings: [] };
        } catch (error) {
          if (!(error instanceof TestxError)) throw error;
          const { failure } = error;
          const entry = catalogue[failure.code];
          const explains = [{ checks: ["state.", "drift."] }];
          return {
            evidence: [],
            findings: [findingOf("state.journal", failure, entry, { explains })],
          };
        }
      },
    },
    {
      id: "state.runs",
      title: "earlier runs",
      needs: ["state.journal"],
      run: async () => lookAtRuns(deps),
    },
    {
      id: "state.deferred",
      title: "deferred steps",
      needs: ["state.journal"],
      run: async () => lookAtDeferred(deps),
    },
  ];
}

function lookAtFolder({ folder, files }: StateDeps): CheckOutcome {
  const found = files.look(folder);
  if (found === undefined) return { evidence: ["not made yet"], findings: [] };
  const inside = files.list(folder);
  const check = "state.folder";
  const evidence = [`${folder}, mode ${octal(found)}, ${inside.length} files`];
  const base = { check, severity: "error", about: folder } as const;
  const explains = [{ checks: ["state.", "cache."] }];
  if (found.kind !== "folder") {
    const what = `${folder} is not a folder.`;
    const fix = { text: "Move it away, or name another folder with --state." };
    return { evidence, findings: [{ ...base, code: "STATE_IO", what, evidence, fix, explains }] };
  }
  const locked = [found, ...inside].filter(({ writable }) => !writable);
  if (locked.length > 0) {
    const what = `${locked[0]?.path} cannot be written.`;
    const mine = locked.every(({ own }) => own);
    const fix = {
      text: mine
        ? "Give yourself the right to write in the state folder."
        : "The state folder belongs to somebody else: run testx as that user, or name another with --state.",
      ...(mine ? { remedy: "permissions", command: "testx doctor --fix" } : {}),
    };
    const seen = locked.map((one) => `${one.path}, mode ${octal(one)}`);
    return {
      evidence,
      findings: [{ ...base, code: "STATE_READ_ONLY", what, evidence: seen, fix, explains }],
    };
  }
  const open = [found, ...inside].filter(({ mode }) => (mode & 0o077) !== 0);
  if (open.length === 0) return { evidence, findings: [] };
  const what = `Others on this machine may look into ${folder}.`;
  const fix = {
    text: "Take their rights away: the journal tells what your accounts hold.",
    ...{ command: "testx doctor --fix", remedy: "permissions" },
  };
  const seen = open.map((one) => `${one.path}, mode ${octal(one)}`);
  const finding = { code: "STATE_OPEN_TO_OTHERS", check, about: folder, what, evidence: seen, fix };
  return { evidence, findings: [{ ...finding, severity: "warning" } as Finding] };
}

function octal({ mode }: FileFacts): string {
  return `0${mode.toString(8)}`;
}

function lookAtRuns(deps: StateDeps): CheckOutcome {
  const check = "state.runs";
  const journal = deps.journal();
  const last = journal.runs().at(-1);
  if (last === undefined) return { evidence: ["nothing was set up yet"], findings: [] };
  const evidence = [
    `the newest is ${last.run} (${last.command}), ${last.outcome ?? "without an end"}`,
  ];
  const holder = holderOf(deps);
  if (holder !== undefined) {
    return { evidence: [...evidence, `${holder} is at work now`], findings: [] };
  }
  const open = journal.operations("open");
  const undone = last.outcome === undefined || last.outcome === "interrupted";
  if (undone || open.length > 0) {
    const titles = open.map(({ intent }) => intent.title);
    const what =
      open.length > 0
        ? `The run ${last.run} was cut off in the middle of ${titles.join(", ")}.`
        : `The run ${last.run} (${last.command}) did not come to its end.`;
    const [command, text] =
      last.command === "rollback"
        ? ["testx rollback", "The next rollback goes on where it stopped."]
        : [
            "testx integrations setup",
            "The next setup goes on where it stopped; `testx rollback` undoes it instead.",
          ];
    const fix = { text, command, remedy: "unfinished-run" };
    const finding = {
      code: "RUN_UNFINISHED",
      severity: "warning",
      check,
      about: last.run,
    } as const;
    return { evidence, findings: [{ ...finding, what, evidence, fix }] };
  }
  if (last.outcome === "rollback-incomplete") {
    const what = `The rollback of ${last.run} has left things that a person must look at.`;
    const fix = {
      text: "Look at what it left, and mend the cause; then run it again.",
      command: "testx rollback --list",
    };
    const finding = {
      code: "ROLLBACK_RESIDUE",
      severity: "warning",
      check,
      about: last.run,
    } as const;
    return { evidence, findings: [{ ...finding, what, evidence, fix }] };
  }
  return { evidence, findings: [] };
}

/** Who holds the lock, as far as its note tells; taking it to find out would disturb others. */
function holderOf({ folder, files, isAlive }: StateDeps): string | undefined {
  try {
    const note: unknown = JSON.parse(files.read(`${folder}/lock.json`) ?? "null");
    if (!isObject(note)) return undefined;
    const { pid, command } = note;
    return typeof pid === "number" && isAlive(pid) ? `${String(command)} (${pid})` : undefined;
  } catch {
    return undefined;
  }
}

function lookAtDeferred(deps: StateDeps): CheckOutcome {
  const all = [...deferredIn(deps.journal().looseEnds()).values()];
  const dead = all.filter((one) => one.dead);
  const waiting = all.filter((one) => !one.dead);
  const evidence = [`${waiting.length} wait for their service, ${dead.length} are given up`];
  const finding = (
    code: string,
    what: string,
    steps: typeof all,
    fix: Finding["fix"],
  ): Finding => ({
    ...{ code, severity: "warning", check: "state.deferred", what, fix },
    evidence: steps.map(({ title, failure }) => `${title}: ${failure.message}`),
  });
  const findings: Finding[] = [];
  if (dead.length > 0) {
    const what = `${dead.length} deferred ${dead.length === 1 ? "step was" : "steps were"} given up.`;
    const text = "Look why, mend it, and put them back.";
    findings.push(finding("DEFERRED_DEAD", what, dead, { text, command: "testx deferred list" }));
  }
  if (waiting.length > 0) {
    const what = `${waiting.length} deferred ${waiting.length === 1 ? "step waits" : "steps wait"} to be carried out.`;
    const text = "Carry them out when their service is back.";
    findings.push(
      finding("DEFERRED_WAITING", what, waiting, { text, command: "testx integrations sync" }),
    );
  }
  return { evidence, findings };
}
