import { expect, test } from "vitest";
import type { Fetch } from "../../src/core/http.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { AnyKind, AnyProvider } from "../../src/core/provider.ts";
import { notion } from "../../src/providers/notion/provider.ts";
import { slack } from "../../src/providers/slack/provider.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { connectProvider } from "../../src/testing/connect.ts";
import type { ProviderSamples } from "../../src/testing/samples.ts";
import { requestProblems } from "../support/described.ts";
import { samples as notionSamples } from "./notion/samples.ts";
import { callProblems } from "./slack/description.ts";
import { samples as slackSamples } from "./slack/samples.ts";

type Ended = Awaited<ReturnType<Fetch>>;

/** Creates, changes, restores and removes a sample; gives what was wrong with its requests. */
async function live(provider: AnyProvider, samples: ProviderSamples, name: string) {
  const sandbox = await startSandbox({ services: await loadServices() });
  const { environment } = sandbox;
  const wrong: string[] = [];
  let calls = 0;
  const record: Fetch = async (address, init = {}) => {
    calls += 1;
    const { method = "GET", body } = init;
    const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>));
    const { pathname, search } = new URL(address);
    const request = { method, path: pathname + search, headers, body: String(body ?? "") };
    wrong.push(...requestProblems(request));
    return (await fetch(address, init as RequestInit)) as unknown as Ended;
  };
  try {
    const { client, run } = await connectProvider(provider, { environment, fetch: record });
    const receipts: Record<string, JsonObject> = {};
    const ensure = (kindName: string, given: unknown, receipt?: JsonObject) =>
      run(
        async (call) => {
          const kind = provider.kinds[kindName] as AnyKind;
          const input = typeof given === "function" ? given({ environment, receipts }) : given;
          const parsed = await kind.input["~standard"].validate(input);
          if (parsed.issues) throw new Error(JSON.stringify(parsed.issues));
          const now = await kind.read(client, parsed.value, call);
          return (await kind.apply(client, parsed.value, now, call)) as JsonObject;
        },
        receipt === undefined ? {} : { receipt },
      );
    const sample = samples.kinds[name]!;
    for (const need of sample.needs ?? []) {
      receipts[need.name] = await ensure(need.kind, need.input);
    }
    const made = await ensure(name, sample.input);
    const changed = await ensure(name, sample.changed, made);
    const { undo } = provider.kinds[name] as AnyKind;
    if (typeof undo === "string") throw new Error(undo);
    await run((call) => undo(client, made, changed, call));
    await run((call) => undo(client, undefined, made, call));
  } finally {
    await sandbox.close();
  }
  return { wrong, calls };
}

test.each(
  [[slack, slackSamples] as const, [notion, notionSamples] as const].flatMap(
    ([provider, samples]) =>
      Object.keys(samples.kinds).map((name) => [provider.id, name, provider, samples] as const),
  ),
)(
  "every request of a %s.%s fits what the service describes",
  async (_, name, provider, samples) => {
    const { wrong, calls } = await live(provider, samples, name);
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(3);
  },
);

test("the check notices calls that Slack's reference forbids", () => {
  const headers = {
    authorization: "Bearer xoxb-1",
    "content-type": "application/x-www-form-urlencoded",
  };
  const problems = (method: string, body: string) => callProblems(method, headers, body);
  expect(problems("conversations.create", "name=dev")).toEqual([]);
  expect(problems("conversations.create", "name=Dev&privat=true")).toEqual([
    "name=Dev is not of its form",
    "privat is not described",
  ]);
  expect(problems("conversations.list", "limit=1000&types=public_channel,public")).toEqual([
    "limit=1000 is not of its form",
    "types=public_channel,public is not of its form",
  ]);
  expect(problems("chat.postMessage", "metadata={}")).toEqual([
    "channel is missing",
    "metadata={} is not of its form",
    "there is nothing to post",
  ]);
  expect(callProblems("chat.meMessage", {}, "")).toEqual(["chat.meMessage is not described"]);
});
