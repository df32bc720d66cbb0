import { expect } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import { type Ended, eventsOf, finishedOf } from "./cli.ts";
import { masked } from "./project.ts";
import {
  type Aim,
  type KillOrder,
  rollback,
  setup,
  type Victim,
  type VictimOptions,
} from "./victim.ts";

/** What an undisturbed life of the default sequence looks like. */
export interface Undisturbed {
  /** Canonical state of the accounts before anything. */
  readonly before: string;
  /** And when all is set up, ids masked. */
  readonly after: string;
  readonly setup: Journey;
  readonly rollback: Journey;
}

/** The writes of one run, and the steps that made them. */
export interface Journey {
  readonly writes: readonly Aim[];
  readonly steps: readonly string[];
}

export interface Cell {
  /** Which command is killed; a rollback has a whole setup before it. */
  readonly victim: "setup" | "rollback";
  readonly kill: KillOrder;
  readonly next: "setup" | "rollback";
}

export async function undisturbed(subject: Victim): Promise<Undisturbed> {
  const { sandbox } = subject;
  const before = await sandbox.state();
  const up = await subject.run(setup);
  expect(up.code, up.stderr + up.stdout.slice(-500)).toBe(0);
  const after = masked(await sandbox.state());
  const sent = (await sandbox.log()).length;
  const journeyUp = await journey(subject, up, 0);
  const down = await subject.run(rollback);
  expect(down.code, down.stderr + down.stdout.slice(-500)).toBe(0);
  expect(await sandbox.state()).toBe(before);
  const journeyDown = await journey(subject, down, sent);
  await subject.renew();
  return { before, after, setup: journeyUp, rollback: journeyDown };
}

async function journey({ sandbox }: Victim, ended: Ended, from: number): Promise<Journey> {
  const seen = new Map<string, number>();
  const writes = (await sandbox.log()).slice(from).flatMap(({ write, service, method, path }) => {
    if (!write) return [];
    // Ids differ from run to run.
    const pattern = `^${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[0-9a-f-]{32,36}/g, "[0-9a-f-]+")}$`;
    const key = `${service} ${method} ${pattern}`;
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return [{ service, method, path: pattern, nth }];
  });
  const started = eventsOf(ended).filter(
    (event): event is Extract<RunEvent, { type: "step.started" | "undo.started" }> =>
      event.type === "step.started" || event.type === "undo.started",
  );
  return { writes, steps: started.map(({ step }) => step) };
}

/** Every cell of the crash matrix. */
export function matrix(known: Undisturbed): Cell[] {
  const cells: Cell[] = [];
  for (const victim of ["setup", "rollback"] as const) {
    const { writes, steps } = known[victim];
    const records = victim === "setup" ? ["intent", "done"] : ["undo-intent", "undone"];
    const kills: KillOrder[] = [
      ...steps.flatMap((step) => records.flatMap((type) => recordKills(type, step))),
      ...["run-started", "run-finished"].flatMap((type) => recordKills(type, undefined)),
      ...writes.flatMap((aim) => requestKills(aim)),
    ];
    for (const kill of kills) {
      for (const next of ["setup", "rollback"] as const) cells.push({ victim, kill, next });
    }
  }
  return cells;
}

function recordKills(type: string, step: string | undefined): KillOrder[] {
  const about = { at: "record", type, ...(step === undefined ? {} : { step }) } as const;
  return [
    { ...about, when: "before" },
    { ...about, when: "torn", cut: 0.5 },
    { ...about, when: "torn", cut: -0.3 },
    { ...about, when: "after" },
  ];
}

function requestKills(aim: Aim): KillOrder[] {
  return [
    { at: "request", when: "before", ...aim },
    { at: "server", when: "arrived", ...aim },
    { at: "server", when: "applied", ...aim },
    { at: "request", when: "reply", ...aim },
  ];
}

export function named({ victim, kill, next }: Cell): string {
  const point =
    kill.at === "record"
      ? `${kill.when} ${kill.type} of ${kill.step ?? "the run"}${kill.cut === undefined ? "" : ` (${kill.cut})`}`
      : kill.at === "time"
        ? `after ${kill.ms} ms`
        : `${kill.when} ${kill.service} ${kill.method} ${kill.path} #${kill.nth}`;
  return `${victim} killed at ${kill.at} ${point}, then ${next}`;
}

/** Plays one cell; throws when anything is not as after an undisturbed run. */
export async function play(subject: Victim, cell: Cell, known: Undisturbed): Promise<void> {
  const about = named(cell);
  await subject.renew();
  if (cell.victim === "rollback") expect((await subject.run(setup)).code, about).toBe(0);
  const victim = await subject.run(cell.victim === "setup" ? setup : rollback, { kill: cell.kill });
  expect(victim.signal, `${about}: it must die\n${victim.stdout.slice(-300)}`).toBe("SIGKILL");
  if (cell.next === "setup") await recovers(subject, known, about);
  await unwinds(subject, known, about);
}

/** Setup brings everything to its end, without a question, a duplicate or an orphan. */
export async function recovers(
  subject: Victim,
  known: Undisturbed,
  about: string,
  env: VictimOptions["env"] = {},
): Promise<void> {
  const ended = await subject.run(setup, { env });
  expect(ended.code, `${about}\n${ended.stderr}${ended.stdout.slice(-900)}`).toBe(0);
  expect(ended.stderr, about).toBe("");
  expect(finishedOf(ended), about).toMatchObject({ outcome: "succeeded", residue: [] });
  expect(masked(await subject.sandbox.state()) === known.after, `${about}: the state differs`).toBe(
    true,
  );
}

/** Rollback, once for every run there was, brings back the beginning to the byte. */
export async function unwinds(
  subject: Victim,
  known: Undisturbed,
  about: string,
  env: VictimOptions["env"] = {},
): Promise<void> {
  for (let runs = 0; runs < 6; runs++) {
    const ended = await subject.run(rollback, { env });
    expect(ended.code, `${about}\n${ended.stderr}${ended.stdout.slice(-900)}`).toBe(0);
    expect(ended.stderr, about).toBe("");
    expect(finishedOf(ended), about).toMatchObject({ outcome: "rolled-back", residue: [] });
    if ((await subject.sandbox.state()) === known.before) return;
  }
  expect(await subject.sandbox.state(), about).toBe(known.before);
}
