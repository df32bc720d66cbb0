import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf } from "../support/cli.ts";
import { canTrace, type SystemCall, skipVisibly, systemCalls } from "../support/strace.ts";
import { rollback, setup, type Victim, victim } from "../support/victim.ts";

/** kill -9 cannot show a missing sync, as the page cache outlives the process: this looks. */
skipVisibly("every rollback point is synced before its write leaves");

let subject: Victim;
beforeAll(async () => {
  subject = await victim();
});
afterAll(() => subject.close());

async function traced(args: readonly string[]) {
  const file = join(subject.folder, "trace");
  const calls = "mkdir,mkdirat,fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg";
  const under = ["strace", "-f", "-qq", "-y", "-s", "100000", "-e", `trace=${calls}`, "-o", file];
  const ended = await subject.run(args, { under });
  expect(ended.code, ended.stdout.slice(-600)).toBe(0);
  return { calls: systemCalls(readFileSync(file, "utf8")), events: eventsOf(ended) };
}

/** Where each write left: the position of the system call, and the step that it belongs to. */
function departures({ calls, events }: Awaited<ReturnType<typeof traced>>) {
  return events.flatMap((event) => {
    if (event.type !== "call.finished" || !event.write) return [];
    const { requestId, step = "" } = event;
    const at = calls.findIndex(({ text }) => text.includes(`x-request-id: ${requestId}\\r\\n`));
    expect(at, `${requestId} must be seen to leave`).toBeGreaterThan(0);
    return [{ at, step, about: `${event.operation} of ${step}` }];
  });
}

const isSync = ({ name, result }: SystemCall) => /^fd?(ata)?sync$/.test(name) && result === 0;
const isWrite = ({ name }: SystemCall) => name.startsWith("pwrite");

function expectSynced(calls: readonly SystemCall[], record: string, before: number, about: string) {
  const wal = join(subject.folder, ".testx/state.db-wal");
  const ofJournal = calls.map((call, at) => ({ ...call, at })).filter(({ file }) => file === wal);
  const written = ofJournal.find((call) => isWrite(call) && call.text.includes(record));
  expect(written, `${about}: its rollback point must be written`).toBeDefined();
  const synced = ofJournal.find((call) => isSync(call) && call.at > written!.at);
  expect(synced?.at, `${about}: its rollback point must be synced`).toBeLessThan(before);
  // And nothing else of the journal waits in the page cache when a write leaves.
  const last = ofJournal
    .filter(({ at }) => at < before)
    .findLast((call) => isWrite(call) || isSync(call));
  expect(last && isSync(last), `${about}: unsynced records when it leaves`).toBe(true);
}

const quoted = (text: string) => text.replaceAll('"', '\\"');

describe.skipIf(!canTrace)("what a write relies on is on the disk before the write leaves", () => {
  it("setup, then rollback, by the order of their system calls", async () => {
    const up = await traced(setup);
    const sent = departures(up);
    expect(sent.length).toBeGreaterThanOrEqual(13);
    for (const { at, step, about } of sent) {
      const { events } = up;
      expect(events.some((event) => event.type === "step.started" && event.step === step)).toBe(
        true,
      );
      expectSynced(up.calls, quoted(`"target":{"step":"${step}"`), at, about);
    }
    // Names are durable only when their folder is synced: those of the files, and that of .testx.
    const first = Math.min(...sent.map(({ at }) => at));
    for (const folder of [join(subject.folder, ".testx"), subject.folder]) {
      const synced = up.calls.findIndex((call) => isSync(call) && call.file === folder);
      expect(synced, `${folder} must be synced`).toBeGreaterThan(0);
      expect(synced).toBeLessThan(first);
    }
    expect(dirname(join(subject.folder, ".testx"))).toBe(subject.folder);

    const down = await traced(rollback);
    const undone = departures(down);
    expect(undone.length).toBeGreaterThanOrEqual(12);
    for (const { at, step, about } of undone) {
      // Both words stand in the first bytes of the record.
      const record = down.calls.some(({ text }) => text.includes(quoted(`"type":"undo-intent"`)));
      expect(record).toBe(true);
      const op = undoOf(down.calls, step);
      expectSynced(down.calls, op, at, about);
    }
    console.log(
      `${sent.length} writes and ${undone.length} undos left after their records were synced`,
    );
  });
});

/** The undo record of a step, as it stands in the journal. */
function undoOf(calls: readonly SystemCall[], step: string): string {
  const pattern = new RegExp(
    String.raw`\\"type\\":\\"undo-intent\\",\\"op\\":\\"\w+\\",\\"step\\":\\"${step.replace(".", "\\.")}\\"`,
  );
  const found = calls
    .map(({ text }) => pattern.exec(text)?.[0])
    .find((record) => record !== undefined);
  expect(found, `${step} must have a durable record of its undo`).toBeDefined();
  return found!;
}
