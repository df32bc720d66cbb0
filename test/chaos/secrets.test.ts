import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import { rotatingApp } from "../../src/sandbox/slack/state.ts";
import { filesIn, formsOf, leaks, openToOthers, planted } from "../support/canaries.ts";
import { budget, everything, seed } from "../support/chaos.ts";
import { type KillOrder, type Victim, victim } from "../support/victim.ts";
import { sample, workThrough } from "../support/workers.ts";

type Service = "slack" | "notion" | "github";
/** What each service has been sent, so that it may say it. */
type Sent = Readonly<Record<Service, readonly string[]>>;

/** What goes wrong meanwhile. */
interface Trouble {
  readonly name: string;
  readonly rules: (sent: Sent) => readonly FaultRule[];
  readonly kill?: KillOrder;
}

type FaultOf = (service: Service) => FaultRule["fault"];

/** None of Slack's: a channel that is unwound and made again is soon one too many a minute. */
const atWrites = (fault: FaultOf, nth = 4): FaultRule[] => [
  {
    ...{ service: "notion", fault: fault("notion") },
    match: { method: "POST", path: "pages|databases", nth },
  },
  {
    ...{ service: "github", fault: fault("github") },
    match: { method: "POST", path: "labels|hooks", nth },
  },
  { service: "github", match: { method: "PUT" }, fault: fault("github") },
  { service: "github", match: { method: "DELETE", path: "hooks|secrets" }, fault: fault("github") },
];
const echo = (secrets: readonly string[]) => ({
  ok: false,
  error: `refused: ${secrets.join(" ")}`,
  message: JSON.stringify(secrets),
  errors: secrets.map((secret) => ({ message: encodeURIComponent(secret) })),
  documentation_url: `https://example.com/?token=${encodeURIComponent(secrets.join())}`,
});

const services: readonly Service[] = ["slack", "notion", "github"];

const troubles: readonly Trouble[] = [
  { name: "nothing", rules: () => [] },
  ...[400, 401, 403, 404, 422, 429, 500, 503].map(
    (status): Trouble => ({
      name: `HTTP ${status} that says the secrets`,
      rules: (sent) => {
        const refusing = (service: Service) =>
          ({ kind: "status", status, body: echo(sent[service]) }) as const;
        if (status !== 429) return atWrites(refusing);
        // A service that turns everybody away until told otherwise is waited for ten minutes.
        const headers = { "retry-after": "1" };
        const rules = atWrites((service) => ({ ...refusing(service), headers }));
        return rules.map((rule) => ({ ...rule, times: 2 }));
      },
    }),
  ),
  {
    name: "reads refused with the secrets",
    rules: (sent) =>
      services.map((service) => ({
        ...{ service, fault: { kind: "status", status: 401, body: echo(sent[service]) } },
      })),
  },
  { name: "reset before", rules: () => atWrites(() => ({ kind: "reset", when: "before" })) },
  { name: "reset after", rules: () => atWrites(() => ({ kind: "reset", when: "after" })) },
  {
    name: "stall",
    rules: () => atWrites(() => ({ kind: "stall", when: "headers", applies: true })),
  },
  { name: "stalled body", rules: () => atWrites(() => ({ kind: "stall", when: "body" })) },
  { name: "truncate", rules: () => atWrites(() => ({ kind: "truncate" })) },
  { name: "garble", rules: () => atWrites(() => ({ kind: "garble" })) },
  { name: "html", rules: () => atWrites(() => ({ kind: "html", applies: true })) },
  { name: "delay", rules: () => atWrites(() => ({ kind: "delay", ms: 300 })) },
  ...["intent", "done"].flatMap((type) =>
    ["github.deploy-key", "github.hook"].map(
      (step): Trouble => ({
        name: `killed in the middle of the ${type} of ${step}`,
        rules: () => [],
        kill: { at: "record", type, step, when: "torn", cut: 0.6 },
      }),
    ),
  ),
  ...[250, 300, 350, 400].map(
    (ms): Trouble => ({ name: `killed after ${ms} ms`, rules: () => [], kill: { at: "time", ms } }),
  ),
];

const all: readonly (readonly string[])[] = [
  ["integrations", "setup", "--json"],
  ["integrations", "setup"],
  ["integrations", "setup", "--verbose"],
  ["integrations", "plan", "--json"],
  ["integrations", "plan", "--calls"],
  ["integrations", "drift", "--json"],
  ["integrations", "status", "--json"],
  ["integrations", "outputs", "--format", "env"],
  ["integrations", "outputs", "--format", "github"],
  ["config", "show", "--origin", "--json"],
  ["config", "validate"],
  ["rollback", "--list", "--json"],
  ["rollback", "--dry-run"],
  ["rollback", "--json"],
  ["rollback"],
];

type Tokens = Readonly<Record<string, string | undefined>>;

/** Instead of by the environment: a file, a command and an exchange give the tokens. */
const nowhere = { SLACK_BOT_TOKEN: undefined, NOTION_TOKEN: undefined, GITHUB_TOKEN: undefined };

/** What a refresh token has come to so far. */
function refreshed(folder: string): Record<string, string> {
  const file = join(folder, "refresh-token");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const kept = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  return Object.fromEntries(
    Object.entries({ text: rotatingApp.refreshToken, secret: rotatingApp.secret, ...kept }).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

/** Steps with secrets beside those of the default sequence, one of each provider's kinds that take them. */
function plant(folder: string, tokens: Tokens | undefined): void {
  const file = join(folder, "config/integrations/integration-sequence.json");
  type Written = { credentials?: object[]; steps: Record<string, unknown> };
  const sequence = JSON.parse(readFileSync(file, "utf8")) as {
    integrations: { slack: Written; notion: Written; github: Written };
  };
  Object.assign(sequence.integrations.github.steps, {
    "deploy-key": { kind: "secret", with: { name: "DEPLOY_KEY", value: "${env.DEPLOY_KEY}" } },
    hook: {
      kind: "webhook",
      with: { url: "https://example.com/hook", events: ["push"], secret: "${env.HOOK_SECRET}" },
    },
  });
  if (tokens !== undefined) {
    const { slack, notion, github } = sequence.integrations;
    const part = (name: string, value: string, more: object = {}) => {
      writeFileSync(join(folder, name), value, { mode: 0o600 });
      return { file: name, ...more };
    };
    const { clientId, secret, refreshToken } = rotatingApp;
    slack.credentials = [
      {
        slackRefresh: {
          clientId,
          clientSecret: part("client-secret", secret),
          refreshToken: part("refresh-token", refreshToken, { store: true }),
        },
      },
    ];
    notion.credentials = [part("notion-token", tokens.NOTION_TOKEN ?? "")];
    part("github-token", tokens.GITHUB_TOKEN ?? "");
    github.credentials = [{ command: ["cat", "github-token"] }];
  }
  writeFileSync(file, JSON.stringify(sequence));
  const timeouts = { totalMs: 700 };
  const hasty = { default: { maxAttempts: 2, timeouts, breaker: { openMs: 500 } } };
  writeFileSync(
    join(folder, "config/integrations/retry-policies.json"),
    JSON.stringify({ version: 1, ...hasty }),
  );
}

let looked = 0;

const commands = everything ? all : all.filter(([first]) => first !== "config");

/** These again when everything is set up. */
const later = commands.filter((line) => /setup|plan|drift|rollback/.test(line.join(" ")));

/** Runs every command under one trouble, looking everywhere after each. */
async function live(own: Victim, trouble: Trouble): Promise<string[]> {
  // With the tokens from the environment first, then from everywhere else.
  await own.renew();
  plant(own.folder, undefined);
  const found = await look(own, trouble, commands);
  await own.renew();
  plant(own.folder, own.sandbox.environment);
  const ended = await own.run(["integrations", "setup"], { env: { ...planted, ...nowhere } });
  expect(ended.code, ended.stderr).toBe(0);
  return [...found, ...(await look(own, trouble, later))];
}

async function look(
  own: Victim,
  { name, rules, kill }: Trouble,
  lines: typeof commands,
): Promise<string[]> {
  const tokens = Object.fromEntries(
    Object.entries(own.sandbox.environment).filter(([variable]) => /TOKEN/.test(variable)),
  );
  expect(Object.keys(tokens).length).toBeGreaterThanOrEqual(3);
  const summary = join(own.folder, "summary.md");
  const output = join(own.folder, "output.txt");
  const elsewhere = existsSync(join(own.folder, "refresh-token"));
  const env = {
    ...planted,
    ...(elsewhere ? nowhere : {}),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: output,
  };
  const found: string[] = [];
  for (const command of lines) {
    const turning = elsewhere ? refreshed(own.folder) : { SLACK_BOT_TOKEN: tokens.SLACK_BOT_TOKEN };
    const secrets = { ...planted, ...tokens, ...turning };
    const sent = {
      slack: Object.values(turning).flatMap((value) => value ?? []),
      notion: [tokens.NOTION_TOKEN ?? ""],
      github: [tokens.GITHUB_TOKEN ?? "", ...Object.values(planted)],
    };
    await own.sandbox.setFaults(rules(sent));
    let processes = "";
    const ended = await own.run(command, {
      env,
      ...(kill && command.includes("setup") ? { kill } : {}),
      under: ["bash", "-c", 'umask 000; exec "$@"', "careless"],
      started: () => {
        setTimeout(() => {
          processes = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout;
        }, 150);
      },
    });
    await own.sandbox.setFaults([]);
    const state = join(own.folder, ".testx");
    const texts = {
      stdout: ended.stdout,
      stderr: ended.stderr,
      ps: processes,
      "the sandbox's log": JSON.stringify(await own.sandbox.log()),
      ...(existsSync(state) ? filesIn(state) : {}),
      ...(existsSync(summary) ? { summary: readFileSync(summary) } : {}),
      ...(existsSync(output) ? { output: readFileSync(output) } : {}),
    };
    looked += Object.keys(texts).length;
    const about = `${name}: testx ${command.join(" ")}`;
    // The tokens that they accept are theirs to know.
    const accounts = { "the sandbox's accounts": JSON.stringify(await own.sandbox.full()) };
    found.push(...leaks(planted, accounts).map((leak) => `${about}: ${leak}`));
    const all = elsewhere ? { ...secrets, ...refreshed(own.folder) } : secrets;
    found.push(...leaks(all, texts).map((leak) => `${about}: ${leak}`));
    if (existsSync(state)) found.push(...openToOthers(state).map((path) => `${about}: ${path}`));
    for (const file of [summary, output]) rmSync(file, { force: true });
  }
  return found;
}

it("no secret shows anywhere, in any form, whatever goes wrong; nobody else may look", async () => {
  const chosen = sample(troubles, budget(1, troubles.length), seed());
  const started = performance.now();
  const found: string[] = [];
  await workThrough(chosen, 2, victim, async (own, trouble) => {
    found.push(...(await live(own, trouble)));
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `secrets: ${chosen.length} of ${troubles.length} troubles × ${commands.length + later.length} commands, ${looked} texts searched, ${found.length} leaks, in ${seconds} s, seed ${seed()}`,
  );
  expect(found).toEqual([]);
}, 1_800_000);

it("what is looked for would be found", () => {
  for (const [name, secret] of Object.entries(planted)) {
    for (const form of formsOf(secret)) {
      expect(leaks(planted, { text: `before ${form} behind` }).join(), name).toContain(name);
    }
    const basic = Buffer.from(`user:${secret}:more`).toString("base64");
    expect(leaks(planted, { text: basic })).not.toEqual([]);
  }
});

afterAll(() => {
  expect(looked).toBeGreaterThan(0);
});
