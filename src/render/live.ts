import type { RunEvent } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import { Board } from "./board.ts";
import { failureLine } from "./failure-line.ts";
import { linesFor } from "./lines.ts";
import type { RunRenderer, Screen } from "./renderer.ts";
import { fold, integrationOf, noRun } from "./run-view.ts";
import type { Slot } from "./slot.ts";
import { writeSummary } from "./summary.ts";
import { symbolsFor } from "./terminal.ts";
import { duration, oneLine } from "./text.ts";
import { did, doing, doubtText, foundText, holderText, planText, sweptText } from "./words.ts";

/**
 * The task tree of an interactive terminal. The tree is drawn by listr2, which runs nothing:
 * its tasks are promises that the events settle.
 */
export function liveRenderer(screen: Screen): RunRenderer {
  const symbols = symbolsFor(screen.err.terminal);
  let view = noRun;
  let board = new Board(screen.err);
  let undo: Slot | undefined;
  let ended = false;
  let drawn: Promise<void> = Promise.resolve();

  const start = (event: Extract<RunEvent, { type: "run.started" }>): void => {
    if (event.resumed) board.add("resumed", "Going on with the unfinished run").done();
    if (event.command === "rollback") {
      undo = undoSlot();
    } else {
      const titles = new Map(event.integrations.map(({ id, title }) => [id, title || id]));
      board.add("health", "Checking the services");
      for (const [id, title] of titles) board.add(`health:${id}`, title, { parent: "health" });
      board.add("plan", "Looking at what is there");
      for (const [id, steps] of Map.groupBy(event.steps, (step) => step.integration)) {
        const parent = `integration:${id}`;
        board.add(parent, titles.get(id) ?? id);
        for (const { step, title } of steps) board.add(`step:${step}`, oneLine(title), { parent });
      }
    }
    const next = board;
    drawn = drawn.then(() => next.begin());
  };
  /** Its line stays, with what came of the waiting; the run gets a tree of its own. */
  const waiting = (event: Extract<RunEvent, { type: "lock.waiting" }>): void => {
    const known = board.get("lock");
    const slot = known ?? board.add("lock", "Another run is at work");
    slot.wait(event.leftMs, `waiting for ${holderText(event.holder, event.at)}, giving up`);
    if (known === undefined) drawn = board.begin();
  };
  const waited = (): void => {
    const slot = board.get("lock");
    if (slot === undefined) return;
    slot.retitle("The other run has ended");
    slot.done();
    const before = board;
    board = new Board(screen.err);
    drawn = drawn.then(() => before.end());
  };
  const undoSlot = (): Slot => {
    const slot = board.add("undo", "Undoing", { keepsNotes: true });
    slot.start();
    return slot;
  };
  /** The tree of the setup stays above as it came to be; undoing gets one of its own. */
  const unwinding = (): Slot => {
    if (undo !== undefined) return undo;
    const before = board;
    const next = new Board(screen.err);
    board = next;
    undo = undoSlot();
    drawn = drawn.then(() => before.end()).then(() => next.begin());
    return undo;
  };
  /** Where to show what a call waits for: its step, else its integration's check, else the plan. */
  const place = (integration: string, step: string | undefined): Slot | undefined => {
    const slots = [`step:${step}`, `health:${integration}`, "plan", "undo"].map((id) =>
      board.get(id),
    );
    return slots.find((slot) => slot !== undefined && !slot.settled);
  };

  const show = (event: RunEvent): void => {
    switch (event.type) {
      case "lock.waiting":
        waiting(event);
        return;
      case "run.started":
        waited();
        start(event);
        return;
      case "health.started":
        board.get("health")?.start();
        board.get(`health:${event.integration}`)?.start();
        return;
      case "health.finished": {
        const { health, durationMs, ageMs } = event;
        const slot = board.get(`health:${event.integration}`);
        const when = ageMs === undefined ? duration(durationMs) : `as of ${duration(ageMs)} ago`;
        const account = health.account === undefined ? "" : ` as ${oneLine(health.account)}`;
        slot?.retitle(`${slot.title}${account} (${when})`);
        if (health.status === "healthy") slot?.done();
        else if (health.status === "degraded") slot?.skip(oneLine(health.message ?? "degraded"));
        else slot?.fail(reason(health.failure, health.message ?? "down"));
        if (board.get("health")?.children.every((child) => child.settled)) {
          settle("health", "Services checked");
          board.get("plan")?.start();
        }
        return;
      }
      case "integration.skipped":
        board.get(`health:${event.integration}`)?.skip(failureLine(event.failure));
        return;
      case "plan.ready":
        settle("health", "Services checked");
        settle("plan", `Planned: ${planText(event.plan)}`);
        for (const item of event.plan) board.get(`step:${item.step}`)?.retitle(oneLine(item.title));
        return;
      case "recovery.settled": {
        board.get(`step:${event.step}`)?.note(`the interrupted write ${foundText[event.found]}`);
        return;
      }
      case "step.started": {
        settle("health", "Services checked");
        settle("plan", "Looked at what is there");
        const slot = board.get(`step:${event.step}`);
        slot?.start();
        slot?.retitle(oneLine(event.title));
        slot?.note(doing[event.action]);
        return;
      }
      case "step.finished": {
        const slot = board.get(`step:${event.step}`);
        slot?.retitle(`${oneLine(event.title)} ${did(event.origin, event.durationMs)}`);
        slot?.done();
        return;
      }
      case "step.failed":
        board.get(`step:${event.step}`)?.fail(failureLine(event.failure));
        return;
      case "step.skipped":
      case "step.deferred": {
        const how = event.type.slice("step.".length);
        const slot = board.get(`step:${event.step}`);
        slot?.retitle(`${oneLine(event.title)} ${how}`);
        slot?.skip(failureLine(event.failure));
        return;
      }
      case "step.cached": {
        const slot = board.get(`step:${event.step}`);
        slot?.retitle(`${oneLine(event.title)} from memory, ${duration(event.ageMs)} old`);
        slot?.skip(failureLine(event.failure));
        return;
      }
      case "step.probing":
        place(integrationOf(event.step), event.step)?.wait(
          event.waitMs,
          doubtText(event).join(", "),
        );
        return;
      case "step.swept": {
        if (event.removed.length > 0) board.notice(sweptText(event));
        if (event.failure === undefined) return;
        const why = failureLine(event.failure);
        board.notice(`${oneLine(event.title)}: it could not be looked for copies: ${why}`);
        return;
      }
      case "call.retrying": {
        const slot = place(event.integration, event.step);
        const again = `trying again (attempt ${event.attempt})`;
        slot?.wait(event.delayMs, `${event.integration}: ${oneLine(event.reason)}, ${again}`);
        return;
      }
      case "call.waiting": {
        const slot = place(event.integration, event.step);
        slot?.wait(event.waitMs, `${event.integration}: ${oneLine(event.limit)}, going on`);
        return;
      }
      case "breaker.changed":
      case "credential.rotated":
      case "offline":
        for (const { about, text } of linesFor(event, false)) board.notice(`${about}: ${text}`);
        return;
      case "call.finished":
        if (event.step !== undefined) board.get(`step:${event.step}`)?.unwait();
        return;
      case "undo.started":
        unwinding().retitle(`Undoing ${oneLine(event.title)}`);
        return;
      case "undo.finished": {
        const mark = event.residue.length === 0 ? "" : `${symbols.warning} `;
        const left = event.residue.map((item) => `: ${oneLine(item.why)}`).join("");
        const took = duration(event.durationMs);
        unwinding().note(`${mark}${oneLine(event.title)} undone in ${took}${left}`);
        return;
      }
      case "run.finished":
        ended = true;
        if (event.outcome === "interrupted") {
          undo?.retitle("Undoing, stopped");
          undo?.leave();
        } else {
          undo?.retitle("Undone");
          undo?.done();
        }
    }
  };
  const settle = (id: string, title: string): void => {
    const slot = board.get(id);
    if (slot === undefined || slot.settled) return;
    slot.retitle(title);
    slot.done();
  };
  return {
    event(event) {
      if (ended) return;
      view = fold(view, event);
      show(event);
    },
    notice(text) {
      if (!ended) board.notice(text);
    },
    async close() {
      ended = true;
      await drawn;
      await board.end();
      writeSummary(view, screen);
    },
  };
}

function reason(failure: Failure | undefined, otherwise: string): string {
  return failure === undefined ? oneLine(otherwise) : failureLine(failure);
}
