import { expect, it } from "vitest";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import { byHand } from "../support/by-hand.ts";
import { eventsOf, finishedOf } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";

interface Aim {
  readonly step: string;
  readonly match: NonNullable<FaultRule["match"]>;
}

const database: Aim = { step: "notion.tasks", match: { method: "POST", path: "/databases$" } };
// The first page is the handbook, and these come after the database.
const entry: Aim = {
  step: "notion.say-hello",
  match: { method: "POST", path: "/pages$", nth: 2 },
};

/** Killed with the write under way, carried out or not. */
async function killed({ sandbox, run }: TestProject, { step, match }: Aim, applies: boolean) {
  const fault = { kind: "stall", when: "headers", applies } as const;
  sandbox.setFaults([{ service: "notion", match, fault }]);
  const { method, path = "" } = match;
  const ended = await run(["setup", "--json"], {
    started: (child) => {
      const timer = setInterval(() => {
        const sent = sandbox.log().filter((one) => one.method === method);
        const hits = sent.filter((one) => one.service === "notion" && one.path.match(path));
        if (hits.length >= (match.nth ?? 1)) child.kill("SIGKILL");
        if (child.signalCode !== null || child.exitCode !== null) clearInterval(timer);
      }, 5);
    },
  });
  expect(ended.signal, ended.stdout).toBe("SIGKILL");
  sandbox.setFaults([]);
  const events = eventsOf(ended);
  expect(events.some((event) => event.type === "step.started" && event.step === step)).toBe(true);
  const [page] = events.flatMap((event) =>
    event.type === "step.finished" && event.step === "notion.handbook" ? [event.receipt.id] : [],
  );
  return String(page);
}

const cases = [
  { ...database, applies: true },
  { ...database, applies: false },
  { ...entry, applies: true },
];

it.each(cases)(
  "what $step was to be made in is trashed while that is in doubt (carried out: $applies)",
  async ({ applies, ...aim }) => {
    for (const next of ["setup", "rollback"] as const) {
      const project = await testProject();
      try {
        const before = project.sandbox.state();
        const page = await killed(project, aim, applies);
        const { notion } = byHand(project.sandbox.environment);
        await notion("PATCH", `pages/${page}`, { in_trash: true });
        if (next === "setup") {
          const again = finishedOf(await project.run(["setup", "--json"]));
          expect(again).toMatchObject({ outcome: "succeeded", residue: [] });
          expect(again.counts.created).toBeGreaterThan(3);
        }
        const undone = await project.run(["rollback", "--json"]);
        expect(finishedOf(undone), undone.stdout).toMatchObject({
          outcome: "rolled-back",
          residue: [],
        });
        expect(project.sandbox.state() === before).toBe(true);
        // Nothing of it is an alarm.
        const swept = eventsOf(undone).filter(({ type }) => type === "step.swept");
        expect(swept.filter((event) => "failure" in event)).toEqual([]);
      } finally {
        await project.close();
      }
    }
  },
);

it("a rollback of what a killed setup has left is no alarm, although it has removed the page", async () => {
  const project = await testProject();
  try {
    const before = project.sandbox.state();
    await killed(project, database, true);
    const undone = await project.run(["rollback", "--json"]);
    expect(finishedOf(undone)).toMatchObject({ outcome: "rolled-back", residue: [] });
    const swept = eventsOf(undone).filter(({ type }) => type === "step.swept");
    expect(swept).toMatchObject([{ step: "notion.tasks", removed: [] }]);
    expect(swept.filter((event) => "failure" in event)).toEqual([]);
    expect(project.sandbox.state() === before).toBe(true);
  } finally {
    await project.close();
  }
});
