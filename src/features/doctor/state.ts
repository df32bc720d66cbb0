import { catalogue } from "../../core/catalogue/catalogue.ts";
import { deferredIn } from "../../core/deferred.ts";
import { type CheckOutcome, type Finding, findingOf } from "../../core/diagnosis.ts";
import { failure, TestxError } from "../../core/failure.ts";
import { goesOnWith } from "../../core/journal.ts";
import type { LockHolder } from "../../core/ports.ts";
import { cutOff, hasLeft, subject } from "../unfinished.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";
import { goingOn } from "./fix.ts";
import { folderChecks } from "./folder.ts";

type StateDeps = Pick<DoctorDeps, "folder" | "files" | "journal" | "holder" | "clock">;

/** testx's own memory: folder, space, journal, and what earlier runs have left to do. */
export function stateChecks(deps: StateDeps): Check[] {
  return [
    ...folderChecks(deps),
    {
      id: "state.journal",
      title: "journal",
      needs: ["state.folder"],
      async run() {
        try {
          const runs = deps.journal().runs().length;
          const writes = deps.journal().operations("undoable").length;
          deps.journal().receipts();
          const text = runs === 1 ? "1 run" : `${runs} runs`;
          return { evidence: [`${text}, ${writes} writes to undo`], findings: [] };
        } catch (error) {
          if (!(error instanceof TestxError)) throw error;
          const { failure } = error;
          const entry = catalogue[failure.code];
          const explains = [{ checks: ["state.runs", "state.deferred", "drift."] }];
          return {
            evidence: [],
            findings: [findingOf("state.journal", failure, entry, { explains })],
          };
        }
      },
    },
    {
      id: "state.key",
      title: "key",
      needs: ["state.folder"],
      run: async () => lookAtKey(deps),
    },
    {
      id: "state.lock",
      title: "lock",
      needs: ["state.folder"],
      run: async () => lookAtLock(deps),
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

/** The key that fingerprints secrets: as `src/platform/secrets.ts` makes it. */
function lookAtKey({ folder, files }: StateDeps): CheckOutcome {
  const file = `${folder}/key`;
  if (files.look(file) === undefined) return { evidence: [], findings: [] };
  const text = files.read(file);
  if (text === undefined) {
    const message = `${file} is there, but cannot be read.`;
    const finding = findingOf("state.key", failure("STATE_IO", message), catalogue.STATE_IO, {
      about: file,
    });
    return { evidence: [], findings: [finding] };
  }
  if (/^[0-9a-f]{64}$/.test(text.trim())) return { evidence: [], findings: [] };
  const cause = failure("SECRET_KEY_DAMAGED", `${file} does not hold a key.`);
  const finding = findingOf("state.key", cause, catalogue.SECRET_KEY_DAMAGED, { about: file });
  return { evidence: [], findings: [finding] };
}

function lookAtLock({ holder, clock }: StateDeps): CheckOutcome {
  const held = holder();
  if (held === undefined) return { evidence: ["free"], findings: [] };
  const evidence = heldSince(held.holder, clock.now());
  const fix = { text: "Wait until it has ended (`--wait 5m` does), or end it." };
  const base = { code: "RUN_LOCKED", severity: "warning", check: "state.lock" } as const;
  const what = `Another run is at work${held.holder ? `: ${held.holder.command}` : ""}.`;
  const explains = [{ checks: ["state.runs", "state.deferred", "drift."] }];
  return { evidence, findings: [{ ...base, what, evidence, fix, explains }] };
}

function heldSince(holder: LockHolder | undefined, now: number): string[] {
  if (holder === undefined) return ["the lock is held, by whom is not noted"];
  const seconds = Math.max(0, Math.round((now - holder.since) / 1000));
  return [`process ${holder.pid} on ${holder.host}, for ${seconds} s`];
}

function lookAtRuns(deps: StateDeps): CheckOutcome {
  const check = "state.runs";
  const journal = deps.journal();
  const last = journal.runs().at(-1);
  if (last === undefined) return { evidence: ["nothing was set up yet"], findings: [] };
  const evidence = [`the newest ${last.command}: ${last.outcome ?? "without an end"}`];
  if (deps.holder() !== undefined) return { evidence, findings: [] };
  const open = journal.operations("open");
  const stopped = cutOff(journal);
  if ((stopped && hasLeft(journal, subject(stopped), stopped.to)) || open.length > 0) {
    const titles = open.map(({ intent }) => intent.title);
    const what =
      open.length > 0
        ? `The run ${last.run} was cut off in the middle of ${titles.join(", ")}.`
        : `The run ${last.run} (${last.command}) did not come to its end.`;
    const instead = last.command === "rollback" ? "" : "; `testx rollback` undoes it instead";
    const text = `The next ${last.command} goes on where it stopped${instead}.`;
    const fix = { text, command: goesOnWith[last.command], remedy: goingOn[last.command] };
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

function lookAtDeferred(deps: StateDeps): CheckOutcome {
  const all = [...deferredIn(deps.journal().looseEnds()).values()];
  const dead = all.filter((one) => one.dead);
  const waiting = all.filter((one) => !one.dead);
  const evidence =
    all.length === 0 ? ["none"] : [`${waiting.length} waiting, ${dead.length} given up`];
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
