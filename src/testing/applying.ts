import type { JsonObject } from "../core/json.ts";
import type { Change } from "../core/step.ts";
import { ensure, ensureEqual, ensureJson, frozen } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { makeCall } from "./connect.ts";
import { changeable, type Property, writes } from "./property.ts";

const { digest } = makeCall();

/** What changes() says; with frozen arguments, so that it cannot write to them. */
export function changesOf(subject: Subject, input: unknown, now: JsonObject): Change[] {
  return subject.kind.changes(frozen(input), frozen(now), { digest });
}

export const applying: readonly Property[] = [
  {
    name: "title, key and changes are pure",
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const { kind } = subject;
        const state = kind.readOnly ? await bench.read(input) : await bench.ensure(input);
        const calls = bench.account.log().length;
        const twice = [1, 2].map(() =>
          JSON.stringify([
            kind.title(frozen(input)),
            kind.key(frozen(input)),
            changesOf(subject, input, state as JsonObject),
          ]),
        );
        ensure(twice[0] === twice[1], "title, key or changes gave something else the second time");
        ensure(kind.title(input as never).trim() !== "", "the title is empty");
        ensure(bench.account.log().length === calls, "title, key or changes made a call");
      }),
  },
  {
    name: "the input is strict and has a JSON Schema, and identity names its fields",
    check: (subject) =>
      Bench.ready(subject, async (_bench, input) => {
        const { kind } = subject;
        const unknown = { ...(input as JsonObject), surelyUnknown: 1 };
        const parsed = await kind.input["~standard"].validate(unknown);
        ensure(parsed.issues !== undefined, "an unknown key in the input is not refused");
        const schema = kind.input["~standard"].jsonSchema.input({ target: "draft-2020-12" });
        const fields = Object.keys((schema.properties ?? {}) as object);
        for (const field of kind.identity) {
          ensure(fields.includes(field), `identity names ${field}, which is no field of the input`);
        }
      }),
  },
  {
    name: "what it only looks at is there, and needs no change",
    exempt: (subject) => (subject.kind.readOnly ? undefined : "it writes"),
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const state = await bench.read(input);
        ensure(state !== undefined, "read gave undefined");
        ensureJson(state, "the state");
        ensureEqual(await bench.read(input), state, "the second read gave another state");
        ensure(changesOf(subject, input, state).length === 0, "changes is not empty");
        ensure(
          bench.account.log().every((entry) => !entry.write),
          "it sent a write",
        );
      }),
  },
  {
    name: "read gives undefined when it is absent, and sends no write",
    exempt: writes,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const before = bench.account.log().length;
        const state = await bench.read(input);
        if (subject.sample.exists) {
          ensure(state !== undefined, "the sample says that it exists, but read gave undefined");
          ensure(changesOf(subject, input, state).length > 0, "the sample changes nothing");
        } else ensureEqual(state, undefined, "read gave a state of what is absent");
        const sent = bench.account.log().slice(before);
        ensure(!sent.some((entry) => entry.write), "read sent a write");
      }),
  },
  {
    name: "apply, then read gives the same state and nothing to change",
    exempt: writes,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const applied = await bench.ensure(input);
        ensureJson(applied, "the state that apply gave");
        const read = await bench.read(input);
        ensureEqual(read, applied, "read gave another state than apply");
        ensureEqual(
          await bench.read(input, { receipt: applied }),
          applied,
          "read with its receipt gave another state than apply",
        );
        ensureEqual(changesOf(subject, input, applied) as never, [], "changes is not empty");
      }),
  },
  {
    name: "its state has the fields that it says, and no others",
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const { kind, sample } = subject;
        ensure(kind.fields !== undefined, "it does not say which fields its state has");
        const names = new Set<string>();
        const keep = (state: JsonObject | undefined): void => {
          for (const name of Object.keys(state ?? {})) names.add(name);
        };
        keep(kind.readOnly ? await bench.read(input) : await bench.ensure(input));
        if (sample.changed !== undefined)
          keep(await bench.ensure(await bench.input(sample.changed)));
        const fits = (field: string, name: string): boolean =>
          field.endsWith(".*") ? name.startsWith(field.slice(0, -1)) : name === field;
        const fields: readonly string[] = kind.fields;
        for (const name of names) {
          const isSaid = fields.some((field) => fits(field, name));
          ensure(isSaid, `the state has ${name}, which is not among its fields`);
        }
        for (const field of fields) {
          if (sample.seldom?.includes(field)) continue;
          const isThere = [...names].some((name) => fits(field, name));
          ensure(isThere, `the state has no ${field}, neither with \`input\` nor with \`changed\``);
        }
      }),
  },
  {
    name: "calls are described as what they are",
    exempt: writes,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        await bench.ensure(input);
        const log = new Map(bench.account.log().map((entry) => [entry.requestId, entry]));
        for (const event of bench.events) {
          if (event.type !== "call.finished") continue;
          const seen = log.get(event.requestId);
          ensure(seen !== undefined, `${event.operation} did not reach the account`);
          ensure(
            seen.write === event.write,
            `${event.operation} is described as a ${event.write ? "write" : "read"} and is none`,
          );
        }
      }),
  },
  {
    name: "applied twice it is one object",
    exempt: writes,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const first = await bench.ensure(input);
        const once = bench.account.state();
        const second = await bench.ensure(input);
        ensureEqual(second, first, "the second apply gave another state");
        ensure(
          bench.account.state() === once,
          differ("the second apply changed the account", once, bench.account.state()),
        );
      }),
  },
  {
    name: "a changed input is seen, named by field, and applied",
    exempt: changeable,
    check: (subject) =>
      Bench.ready(subject, async (bench, input) => {
        const { kind, sample } = subject;
        const first = await bench.ensure(input);
        const changed = await bench.input(sample.changed as never);
        ensure(
          kind.key(input as never) === kind.key(changed as never),
          "the sample changes the key",
        );
        const changes = changesOf(subject, changed, first);
        ensure(changes.length > 0, "changes is empty");
        const now = await bench.read(changed);
        ensureEqual(now, first, "read with the changed input gave another state");
        const second = await bench.apply(changed, now);
        for (const { field, from, to } of changes) {
          ensure(
            field in first || field in second,
            `changes names ${field}, which is no field of the state`,
          );
          ensureEqual(from, first[field], `changes has another \`from\` for ${field}`);
          ensureEqual(second[field], to, `changes has another \`to\` for ${field} than came of it`);
        }
        ensureEqual(await bench.read(changed), second, "read gave another state than apply");
        ensureEqual(changesOf(subject, changed, second) as never, [], "changes is not empty after");
      }),
  },
];

/** Where two canonical states part. */
export function differ(message: string, wanted: string, actual: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === actual[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `${message}\n  is:     …${actual.slice(from, at + 120)}\n  should: …${wanted.slice(from, at + 120)}`;
}
