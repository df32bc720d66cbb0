import { afterEach } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { AnyKind, Call } from "../../../src/core/provider.ts";
import type { Residue } from "../../../src/core/step.ts";
import type { Client } from "../../../src/providers/github/client.ts";
import { github } from "../../../src/providers/github/provider.ts";
import { github as service } from "../../../src/sandbox/github/service.ts";
import type { GithubState, Repository } from "../../../src/sandbox/github/state.ts";
import type { RunningSandbox } from "../../../src/sandbox/server.ts";
import { makeCall, sandboxOf } from "../../support/sandbox.ts";
import { type Recorded, recording } from "./description.ts";

export interface Subject {
  readonly sandbox: RunningSandbox;
  readonly client: Client;
  readonly calls: Recorded[];
  /** What in requests and replies does not fit GitHub's description. */
  readonly wrong: string[];
  kind(name: string): Driven;
  app(): Repository;
}

/** One kind, driven as the engine does. */
export interface Driven {
  read(input: object, parts?: Partial<Call>): Promise<JsonObject | undefined>;
  apply(input: object, now?: JsonObject, parts?: Partial<Call>): Promise<JsonObject>;
  undo(target: JsonObject | undefined, now: JsonObject, parts?: Partial<Call>): Promise<Residue[]>;
  changes(input: object, now: JsonObject): string[];
}

const open: RunningSandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

/** What the engine passes when it only looks. */
export const looking: Partial<Call> = { operation: "" };

export async function subject(
  options: {
    seed?: JsonObject;
    token?: string;
    config?: JsonObject;
    sandbox?: RunningSandbox;
  } = {},
): Promise<Subject> {
  const sandbox =
    options.sandbox ??
    (await sandboxOf([service], options.seed ? { seed: { github: options.seed } } : {}));
  if (!options.sandbox) open.push(sandbox);
  const url = sandbox.environment.GITHUB_API_URL!;
  const { fetch, calls, wrong } = recording(url);
  const client = await github.connect(
    { repository: "acme/app", ...options.config },
    {
      fetch,
      url,
      secret: () => options.token ?? sandbox.environment.GITHUB_TOKEN,
      userAgent: "testx/0.0.0",
    },
  );
  return {
    sandbox,
    client,
    calls,
    wrong,
    kind: (name) => driven(github.kinds[name] as AnyKind, client),
    app: () => (sandbox.fullState().github as GithubState).repositories[0]!,
  };
}

function driven(kind: AnyKind, client: Client): Driven {
  const valid = async (input: object): Promise<unknown> => {
    const result = await kind.input["~standard"].validate(input);
    if (result.issues) throw new Error(result.issues.map(({ message }) => message).join("; "));
    return result.value;
  };
  return {
    read: async (input, parts) => kind.read(client, await valid(input), makeCall(parts)),
    apply: async (input, now, parts) =>
      kind.apply(client, await valid(input), now, makeCall(parts)),
    async undo(target, now, parts) {
      if (typeof kind.undo === "string") throw new Error(kind.undo);
      return kind.undo(client, target, now, makeCall(parts));
    },
    changes: (input, now) =>
      kind.changes(input, now, makeCall()).map(({ field }: { field: string }) => field),
  };
}

export async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; [key: string]: unknown }> {
  try {
    await work;
  } catch (error) {
    return (error as { failure: { code: string } }).failure;
  }
  throw new Error("it did not fail");
}
