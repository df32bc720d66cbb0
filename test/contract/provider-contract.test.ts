import { describe, expect, it, test } from "vitest";
import * as z from "zod";
import type { Failure } from "../../src/core/failure.ts";
import type { AnyProvider, Provider } from "../../src/core/provider.ts";
import { type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import {
  type ContractOptions,
  kindProperties,
  providerContract,
  providerProperties,
  subjectOf,
} from "../../src/testing/contract.ts";
import type { ProviderSamples } from "../../src/testing/samples.ts";
import {
  type NoteInput,
  type NoteState,
  type NotesClient,
  noteKind,
  notes,
} from "../support/notes-provider.ts";
import { notesService, notesToken } from "../support/notes-service.ts";

const samples: ProviderSamples = {
  config: {},
  kinds: {
    note: {
      input: { title: "one", text: "first" },
      changed: { title: "one", text: "second" },
      async deleteByHand({ environment, state }) {
        await byHand(environment, `/notes/${state.id}`, { method: "DELETE" });
      },
      async alterByHand({ environment, state }) {
        const body = JSON.stringify({ colour: "red" });
        await byHand(environment, `/notes/${state.id}`, { method: "PATCH", body });
      },
    },
  },
};

async function byHand(
  environment: Readonly<Record<string, string>>,
  path: string,
  init: RequestInit,
): Promise<void> {
  const headers = { authorization: `Bearer ${notesToken}` };
  await fetch(`${environment.NOTES_API_URL}${path}`, { ...init, headers });
}

const open: ContractOptions["open"] = () =>
  startSandbox({ services: [notesService] } as SandboxOptions);

describe("a provider as it should be passes", () => {
  providerContract({ provider: notes, samples, open, describe, it });
});

type Kind = typeof noteKind;
type Undo = Exclude<Kind["undo"], string>;
const soundUndo = noteKind.undo as Undo;

const { fields: _, ...silentKind } = noteKind;

function withKind(part: Partial<Kind>): AnyProvider {
  return { ...notes, kinds: { note: { ...noteKind, ...part } } };
}

function withClient(
  wrap: (send: NotesClient["send"], token: string) => NotesClient["send"],
  more: Partial<Provider<Record<string, never>, NotesClient>> = {},
): AnyProvider {
  return {
    ...notes,
    ...more,
    connect: async (config, deps) => {
      const client = await notes.connect(config, deps);
      return { send: wrap(client.send, deps.secret("NOTES_TOKEN") ?? "") };
    },
  };
}

/** An error that keeps hold of what was sent, as some clients' errors do. */
function failsWith(make: (token: string) => Error): AnyProvider {
  return withClient((send, token) => async (method, path, body) => {
    try {
      return await send(method, path, body);
    } catch {
      throw make(token);
    }
  });
}

let counter = 0;

interface Flaw {
  readonly property: string;
  readonly says: RegExp;
  readonly provider: AnyProvider;
  readonly samples?: ProviderSamples;
}

const flaws: Readonly<Record<string, Flaw>> = {
  "a key that moves": {
    property: "title, key and changes are pure",
    says: /something else the second time/,
    provider: withKind({ key: () => `note-${counter++}` }),
  },
  "changes() that write to their input": {
    property: "title, key and changes are pure",
    says: /read only|not extensible|Cannot assign/,
    provider: withKind({
      changes: (input, now) => {
        input.text = now.text;
        return [];
      },
    }),
  },
  "an empty title": {
    property: "title, key and changes are pure",
    says: /the title is empty/,
    provider: withKind({ title: () => " " }),
  },
  "an input that takes anything": {
    property: "the input is strict and has a JSON Schema, and identity names its fields",
    says: /unknown key/,
    provider: withKind({
      input: {
        "~standard": {
          ...noteKind.input["~standard"],
          validate: (value) => ({ value: value as NoteInput }),
        },
      },
    }),
  },
  "an identity that is no field": {
    property: "the input is strict and has a JSON Schema, and identity names its fields",
    says: /identity names name/,
    provider: withKind({ identity: ["name" as never] }),
  },
  "a secret that it does not declare": {
    property: "declares as secrets what its schema marks as such",
    says: /the secrets\n.*\[\]\n.*\["text"\]/,
    provider: withKind({
      input: z.strictObject({
        title: z.string(),
        text: z.string().meta({ writeOnly: true }),
        colour: z.string().optional(),
      }),
    }),
  },
  "a secret of its config that it does not declare": {
    property: "declares as secrets of its config what the schema marks as such",
    says: /the secrets\n.*\[\]\n.*\["pin"\]/,
    provider: {
      ...notes,
      config: z.strictObject({ pin: z.string().meta({ writeOnly: true }) }),
    } as AnyProvider,
  },
  "a look that finds nothing": {
    property: "what it only looks at is there, and needs no change",
    says: /read gave undefined/,
    provider: withKind({ readOnly: true }),
  },
  "a state for what is absent": {
    property: "read gives undefined when it is absent, and sends no write",
    says: /absent/,
    provider: withKind({
      read: async (client, input, call) =>
        (await noteKind.read(client, input, call)) ?? { id: 0, title: "", text: "", colour: "" },
    }),
  },
  "a read that writes": {
    property: "read gives undefined when it is absent, and sends no write",
    says: /sent a write/,
    provider: withKind({
      read: async (client, input, call) => {
        const found = await noteKind.read(client, input, call);
        if (found === undefined) await client.send("POST", "/notes", { title: "probe" });
        return found;
      },
    }),
  },
  "apply and read that disagree": {
    property: "apply, then read gives the same state and nothing to change",
    says: /another state than apply/,
    provider: withKind({
      apply: async (client, input, now, call) => ({
        ...(await noteKind.apply(client, input, now, call)),
        text: "guessed",
      }),
    }),
  },
  "a state that is not JSON": {
    property: "apply, then read gives the same state and nothing to change",
    says: /the state that apply gave: extra is not JSON/,
    provider: withKind({
      apply: async (client, input, now, call) => {
        const state = await noteKind.apply(client, input, now, call);
        return { ...state, extra: undefined } as unknown as NoteState;
      },
    }),
  },
  "changes() that never end": {
    property: "apply, then read gives the same state and nothing to change",
    says: /changes is not empty/,
    provider: withKind({ changes: (input) => [{ field: "text", to: input.text }] }),
  },
  "a field that it does not speak of": {
    property: "its state has the fields that it says, and no others",
    says: /the state has colour/,
    provider: withKind({ fields: ["id", "title", "text"] }),
  },
  "a field that it never has": {
    property: "its state has the fields that it says, and no others",
    says: /the state has no color/,
    provider: withKind({ fields: ["id", "title", "text", "colour", "color" as never] }),
  },
  "no word of its fields": {
    property: "its state has the fields that it says, and no others",
    says: /does not say which fields/,
    provider: { ...notes, kinds: { note: silentKind } },
  },
  "a write described as a read": {
    property: "calls are described as what they are",
    says: /POST \/notes\/notes is described as a read/,
    provider: {
      ...notes,
      wire: {
        describe: (request) => ({ ...notes.wire.describe(request), write: false }),
      },
    },
  },
  "an apply that always creates": {
    property: "applied twice it is one object",
    says: /another state|changed the account/,
    provider: withKind({
      apply: (client, input, _now, call) => noteKind.apply(client, input, undefined, call),
    }),
  },
  "changes() that see nothing": {
    property: "a changed input is seen, named by field, and applied",
    says: /changes is empty/,
    provider: withKind({ changes: () => [] }),
  },
  "changes() that name no field": {
    property: "a changed input is seen, named by field, and applied",
    says: /names content, which is no field/,
    provider: withKind({
      changes: (input, now, call) =>
        noteKind.changes(input, now, call).map((change) => ({ ...change, field: "content" })),
    }),
  },
  "changes() with another `from`": {
    property: "a changed input is seen, named by field, and applied",
    says: /another `from`/,
    provider: withKind({
      changes: (input, now, call) =>
        noteKind.changes(input, now, call).map(({ field, to }) => ({ field, to })),
    }),
  },
  "changes() with another `to`": {
    property: "a changed input is seen, named by field, and applied",
    says: /another `to`/,
    provider: withKind({
      changes: (input, now, call) =>
        noteKind.changes(input, now, call).map((change) => ({ ...change, to: "else" })),
    }),
  },
  "an apply that updates nothing": {
    property: "a changed input is seen, named by field, and applied",
    says: /than came of it/,
    provider: withKind({
      apply: (client, input, now, call) =>
        now === undefined ? noteKind.apply(client, input, now, call) : Promise.resolve(now),
    }),
  },
  "an undo without a reason why not": {
    property: "what cannot be undone says why",
    says: /no reason/,
    provider: withKind({ undo: "" }),
  },
  "an undo that does nothing": {
    property: "undo of a create removes it, byte for byte",
    says: /did not restore the account/,
    provider: withKind({ undo: async () => [] }),
  },
  "an undo that complains of nothing": {
    property: "undo of a create removes it, byte for byte",
    says: /names residue/,
    provider: withKind({
      undo: async (...all) => {
        await soundUndo(...all);
        return [{ what: "something", why: "who knows", fix: "look" }];
      },
    }),
  },
  "a residue that says nothing": {
    property: "undo of a create removes it, byte for byte",
    says: /does not say what is left/,
    provider: withKind({ undo: async () => [{ what: "note", why: "", fix: "" }] }),
  },
  "an undo that hides what it could not restore": {
    property: "undo of a create removes it, byte for byte",
    says: /names no residue/,
    provider: withKind({ undo: async () => [] }),
    samples: { ...samples, kinds: { note: { ...samples.kinds.note!, residue: ["create"] } } },
  },
  "an undo that fails when it is gone": {
    property: "undo twice is undo once",
    says: /gave 404/,
    provider: withKind({
      undo: async (client, _target, now) => {
        await client.send("DELETE", `/notes/${now.id}`);
        return [];
      },
    }),
  },
  "an undo that makes it again": {
    property: "undo twice is undo once",
    says: /second undo changed the account/,
    provider: withKind({
      undo: async (client, target, now, call) => {
        if ((await noteKind.read(client, now, call)) === undefined) {
          await noteKind.apply(client, { title: now.title, text: now.text }, undefined, call);
        }
        return soundUndo(client, target, now, call);
      },
    }),
  },
  "an undo that fails when a person was faster": {
    property: "undo after it was deleted by hand is a success",
    says: /gave 404/,
    provider: withKind({
      undo: async (client, _target, now) => {
        await client.send("DELETE", `/notes/${now.id}`);
        return [];
      },
    }),
  },
  "an undo that deletes what was there before": {
    property: "undo of an update restores what was, byte for byte",
    says: /did not restore the account/,
    provider: withKind({
      undo: (client, _target, now, call) => soundUndo(client, undefined, now, call),
    }),
  },
  "an undo that restores more than was changed": {
    property: "undo of an update leaves alone what somebody else changed",
    says: /another state than was to be restored/,
    provider: withKind({
      undo: (client, target, now, call) =>
        soundUndo(client, target && { ...target, colour: "white" }, now, call),
    }),
  },
  "a client that does not hear the abort": {
    property: "abort in the middle of read ends it at once and closes the connection",
    says: /went on after the abort/,
    provider: {
      ...notes,
      connect: (config, deps) =>
        notes.connect(config, { ...deps, fetch: globalThis.fetch as unknown as typeof deps.fetch }),
    },
  },
  "an abort that looks like an answer": {
    property: "abort in the middle of read ends it at once and closes the connection",
    says: /as if nothing had happened/,
    provider: withKind({
      read: (client, input, call) => noteKind.read(client, input, call).catch(() => undefined),
    }),
  },
  "an apply that goes on by itself after the abort": {
    property: "abort in the middle of apply ends it at once and closes the connection",
    says: /as if nothing had happened/,
    provider: withKind({
      apply: (client, input, now, call) =>
        noteKind
          .apply(client, input, now, call)
          .catch(() => ({ id: 0, title: "", text: "", colour: "" })),
    }),
  },
  "an abort classified as something that passes": {
    property: "abort in the middle of undo ends it at once and closes the connection",
    says: /transient/,
    provider: {
      ...notes,
      classify: (error) => ({ ...notes.classify(error), transient: true }),
    },
  },
  "the token in a message": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /a secret is in the message/,
    provider: failsWith((token) => new Error(`Bearer ${token} was refused`)),
  },
  "the token in a cause": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /a secret is in util\.inspect/,
    provider: failsWith((token) => new Error("refused", { cause: { headers: { token } } })),
  },
  "the token in a hidden field": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /a secret is in util\.inspect/,
    provider: failsWith((token) =>
      Object.defineProperty(new Error("refused"), "request", { value: { token } }),
    ),
  },
  "the token in base64": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /a secret is in the message/,
    provider: failsWith((token) => new Error(`Basic ${btoa(`me:${token}`)} was refused`)),
  },
  "a code that nobody can look up": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /NOTES_BROKEN is not in the catalogue/,
    provider: reclassified({ code: "NOTES_BROKEN" }),
  },
  "an outcome that is not true": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /the outcome is "not-applied"|the gateway says/,
    provider: reclassified({ outcome: "not-applied" }),
  },
  "a success that was none": {
    property: "every fault has a code, a true outcome, and no secret in it",
    says: /was taken for a success/,
    provider: withClient((send) => async (method, path, body) => {
      if (method !== "POST") return send(method, path, body);
      return send(method, path, body).catch(() => ({ id: 0, title: "", text: "", colour: "" }));
    }),
  },
  "a silence that lasts": {
    property: "silence ends by the deadline, with a code and no secret in it",
    says: /NOTES_SILENT is not in the catalogue/,
    provider: reclassified({ code: "NOTES_SILENT" }),
  },
  "a create that is sent again": {
    property: "after a lost reply, reading and applying again gives what an undisturbed run gives",
    says: /not as it should be/,
    provider: withClient((send) => async (method, path, body) => {
      if (method !== "POST") return send(method, path, body);
      return send(method, path, body).catch(() => send(method, path, body));
    }),
  },
  "ours() that forgets": {
    property: "after a lost reply, reading and applying again gives what an undisturbed run gives",
    says: /does not know its own/,
    provider: withKind({ ours: async () => false }),
  },
  "an undo that hides its failure": {
    property: "an undo that failed is finished by the next one",
    says: /of the undo was taken for a success/,
    provider: withKind({ undo: (...all) => soundUndo(...all).catch(() => []) }),
  },
  "an undo that cannot be finished": {
    property: "an undo that failed is finished by the next one",
    says: /of the undo: not restored/,
    provider: withKind({
      undo: async (client, target, now, call) => {
        // What it did first it takes for the whole when it comes back.
        if (now.text === "" && target === undefined) return [];
        await client.send("PATCH", `/notes/${now.id}`, { text: "" });
        return soundUndo(client, target, now, call);
      },
    }),
  },
  "health that is always good": {
    property: "a token that the account does not know is reported, without its text",
    says: /taken for healthy/,
    provider: { ...notes, health: async () => ({ status: "healthy" as const }) },
  },
  "health that is never good": {
    property: "is healthy on a healthy account, and sends no write to find out",
    says: /it is down/,
    provider: { ...notes, health: async () => ({ status: "down" as const }) },
  },
  "health that writes": {
    property: "is healthy on a healthy account, and sends no write to find out",
    says: /sent a write/,
    provider: {
      ...notes,
      health: async (client: NotesClient) => {
        await client.send("POST", "/notes", { title: "probe" });
        return { status: "healthy" as const };
      },
    },
  },
  "health that believes any page": {
    property: "faults are reported with a code and no secret",
    says: /taken for healthy/,
    provider: {
      ...notes,
      health: async (client: NotesClient) => {
        await client.send("GET", "/me");
        return { status: "healthy" as const };
      },
    },
  },
};

function reclassified(part: Partial<Failure>): AnyProvider {
  return { ...notes, classify: (error) => ({ ...notes.classify(error), ...part }) };
}

describe("a provider with a flaw is caught", () => {
  const properties = [...kindProperties, ...providerProperties];
  for (const [name, flaw] of Object.entries(flaws)) {
    it.concurrent(name, async () => {
      const property = properties.find((candidate) => candidate.name === flaw.property);
      if (property === undefined) throw new Error(`no property "${flaw.property}"`);
      const given = { provider: flaw.provider, samples: flaw.samples ?? samples, open };
      const subject = subjectOf(given, "note");
      expect(property.exempt?.(subject)).toBeUndefined();
      await expect(property.check(subject)).rejects.toThrow(flaw.says);
    });
  }

  test("every property is among them", () => {
    const broken = new Set(Object.values(flaws).map((flaw) => flaw.property));
    const unbroken = properties.map(({ name }) => name).filter((name) => !broken.has(name));
    expect(unbroken).toEqual([]);
  });
});

test("a part that is lacking, a kind without a sample, and a sample without a kind, are failures", async () => {
  const declared: { name: string; body: () => Promise<void> }[] = [];
  const collect = (given: ProviderSamples, provider: AnyProvider = notes): void =>
    providerContract({
      provider,
      samples: given,
      open,
      describe: (_name, body) => body(),
      it: (name, body) => void declared.push({ name, body }),
    });
  collect({ config: {}, kinds: {} });
  await expect(declared[0]?.body()).rejects.toThrow("no sample of note");
  declared.length = 0;
  collect({ config: {}, kinds: { ...samples.kinds, letter: { input: {} } } });
  await expect(declared[0]?.body()).rejects.toThrow("a sample of letter, no such kind");
  declared.length = 0;
  collect(samples, { ...notes, concurrency: { reads: 1, writes: 0 } });
  await expect(declared[0]?.body()).rejects.toThrow("concurrency has reads and writes, from 1.");
});

test("without describe and it there is nothing to declare tests with", () => {
  expect(() => providerContract({ provider: notes, samples, open })).toThrow("describe");
});
