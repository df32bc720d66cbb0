import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../core/json.ts";
import { ensure } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { classified } from "./judging.ts";
import { type Property, reversible, writes } from "./property.ts";

/** How long an abort may take to get through, in ms: far more than it needs. */
const promptMs = 5_000;

export const stopping: readonly Property[] = [
  {
    name: "abort in the middle of read ends it at once and closes the connection",
    check: (subject) =>
      Bench.ready(subject, (bench, input) =>
        stop(subject, bench, (signal) => bench.read(input, { signal })),
      ),
  },
  {
    name: "abort in the middle of apply ends it at once and closes the connection",
    exempt: writes,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const now = await bench.read(input);
        await stop(subject, bench, (signal) => bench.apply(input, now, { signal }));
      }),
  },
  {
    name: "abort in the middle of undo ends it at once and closes the connection",
    exempt: reversible,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const before = await bench.read(input);
        await bench.apply(input, before);
        const now = (await bench.read(input)) as JsonObject;
        await stop(subject, bench, (signal) => bench.undo(before, now, { signal }));
      }),
  },
];

/** Stops `work` while the account keeps it waiting. */
async function stop(
  subject: Subject,
  bench: Bench,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const { account } = bench;
  // Connections that lie idle since before would look like ones that were left open.
  await bench.reconnect();
  const sent = account.log().length;
  account.setFaults([{ fault: { kind: "stall", when: "headers" } }]);
  const controller = new AbortController();
  const ends: { thrown?: unknown }[] = [];
  const working = work(controller.signal).then(
    () => ends.push({}),
    (thrown: unknown) => ends.push({ thrown }),
  );
  await until(() => account.log().length > sent || ends.length > 0, "it made no call");
  ensure(ends.length === 0, "it ended without an answer from the account");
  controller.abort();
  await until(() => ends.length > 0, "it went on after the abort");
  await working;
  const [end = {}] = ends;
  ensure("thrown" in end, "it ended as if nothing had happened");
  const failure = classified(subject, bench, end.thrown, "the error of the abort");
  ensure(!failure.transient, "an abort is classified as transient");
  let open = 0;
  await until(
    async () => {
      open = await account.connections();
      return open === 0;
    },
    () => `${open} connections are open after the abort`,
  );
}

async function until(
  condition: () => boolean | Promise<boolean>,
  message: string | (() => string),
): Promise<void> {
  const end = performance.now() + promptMs;
  while (!(await condition())) {
    ensure(performance.now() < end, typeof message === "string" ? message : message());
    await sleep(2);
  }
}
