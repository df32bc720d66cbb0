import { expect, it } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import { failure } from "../../src/core/failure.ts";
import { plainRenderer } from "../../src/render/plain.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { collect } from "../support/terminal.ts";
import { degraded, succeeded, troubled, unwound } from "./recordings.ts";

const log: Partial<Terminal> = { width: Number.POSITIVE_INFINITY, interactive: false };

async function show(
  events: typeof succeeded,
  options: { verbose?: boolean; quiet?: boolean } = {},
  terminal: Partial<Terminal> = log,
) {
  const screen = { out: collect(terminal), err: collect(terminal) };
  const renderer = plainRenderer(screen, { verbose: false, quiet: false, ...options });
  for (const event of events) renderer.event(event);
  await renderer.close();
  return { out: screen.out.text(), err: screen.err.text() };
}

it("logs a run, a line for each thing that happened", async () => {
  const { out, err } = await show(succeeded);
  expect(err).toBe(`2026-01-02T12:00:00Z start   setup  run r1: 3 integrations, 4 steps
2026-01-02T12:00:02Z health  slack  healthy as testx-bot @ Acme in 212ms
2026-01-02T12:00:04Z health  anykrowd  healthy in 212ms
2026-01-02T12:00:06Z health  github  healthy as octocat in 212ms
2026-01-02T12:00:07Z plan    slack.channel  + channel #dev
2026-01-02T12:00:07Z plan    slack.welcome  + message in #dev
2026-01-02T12:00:07Z plan    github.label  ~ label needs-triage: color: "ff0000" -> "00ff00"
2026-01-02T12:00:07Z plan    all  2 to create, 1 to update, 1 unchanged
2026-01-02T12:00:08Z begin   slack.channel  creating channel #dev
2026-01-02T12:00:09Z retry   slack.channel  conversations.create ratelimited; again in 2.0s (attempt 2)
2026-01-02T12:00:11Z done    slack.channel  channel #dev created in 2.4s https://acme.slack.com/archives/C1
2026-01-02T12:00:12Z done    anykrowd.up  check of anykrowd unchanged
2026-01-02T12:00:13Z begin   slack.welcome  creating message in #dev
2026-01-02T12:00:14Z probe   slack.welcome  outcome unknown (No reply within 15 s.); looking again in 15.0s
2026-01-02T12:00:15Z done    slack.welcome  message in #dev created in 300ms https://acme.slack.com/archives/C1/p171
2026-01-02T12:00:16Z begin   github.label  updating label needs-triage
2026-01-02T12:00:17Z done    github.label  label needs-triage updated in 140ms https://github.com/acme/app/labels/needs-triage
2026-01-02T12:00:18Z end     succeeded  2 created, 1 updated, 1 unchanged in 4.3s; calls: slack 5, anykrowd 1, github 3
`);
  expect(out).toBe(`
✔ Set up: 2 created, 1 updated, 1 unchanged in 4.3s.

  slack channel #dev         https://acme.slack.com/archives/C1
  slack message in #dev      https://acme.slack.com/archives/C1/p171
  github label needs-triage  https://github.com/acme/app/labels/needs-triage

\`testx rollback\` undoes this; \`testx integrations status\` shows what is set up.
`);
});

it("tells of every call when asked to", async () => {
  const { err } = await show(succeeded, { verbose: true });
  expect(err).toContain(
    "Z write   slack.channel  conversations.create 200 applied in 80ms, attempt 2 [req-1]\n",
  );
  expect(err).toContain("Z plan    anykrowd.up  = check of anykrowd\n");
});

it("tells of every call on 80 columns without breaking a word", async () => {
  const terminal = { width: 80, interactive: true };
  const { err } = await show([...troubled], { verbose: true }, terminal);
  expect(err).toBe(`12:00:00Z limit   notion  pages.create waits 1.4s (3 requests in 1 s)
12:00:01Z read    notion.handbook  blocks.children.list 503 unknown in 6.1s,
                  GATEWAY_UNAVAILABLE, attempt 2, held back 1.4s, breaker
                  half-open, cache miss [notion-abc-7]
12:00:02Z break   notion  breaker open for 30.0s: 5 failures in a row
12:00:03Z cached  github  GET /repos/{owner}/{repo} known for 4m 00s (stale)
12:00:04Z refuse  notion  pages.create not sent: GATEWAY_BREAKER_OPEN: The
                  breaker is open.
12:00:05Z secret  slack  SLACK_BOT_TOKEN cannot be used (token_expired); going
                  on with SLACK_BOT_TOKEN_2
12:00:06Z offline notion, github  nothing is reachable
12:00:07Z retry   github  GET /user enough retries for this run (after attempt
                  1)
`);
});

it("keeps quiet about progress, not about results and failures", async () => {
  const good = await show(succeeded, { quiet: true });
  expect(good.err).toBe("");
  expect(good.out).toContain("Set up: 2 created");
  const bad = await show(unwound, { quiet: true });
  expect(bad.out).toBe("");
  expect(bad.err).toContain("Left behind");
});

it("tells on standard error how a run failed, in whole lines whatever the service says", async () => {
  const { out, err } = await show(unwound);
  expect(out).toBe("");
  expect(err).toContain(
    "Z fail    github.label  label needs-triage: BUG: Refused: ::error::50%, done ##[error] red | <b>\n",
  );
  expect(err).toContain(
    "Z left    slack.channel  archived channel #dev-old: Slack does not delete channels\n",
  );
  expect(err).not.toContain("\u001b");
  expect(
    err.endsWith(`
⚠ Failed, and not everything could be undone: 1 failed, 1 undone in 3.0s.

Left behind, for a person to deal with:
  ⚠ archived channel #dev-old (slack.channel): Slack does not delete channels
    → Delete it in Slack's settings. https://acme.slack.com/archives/C1

✖ BUG  Refused: ::error::50%, done ##[error] red | <b>
  why   Something happened that its authors did not think of.
  next  Report it with the stack trace and the command. Running the same command again is safe: nothing is done twice.
  more  \`testx explain BUG\`, docs/troubleshooting-guide.md#bug
`),
  ).toBe(true);
});

it("fits 40 columns without color or Unicode", async () => {
  const narrow = { width: 40, unicode: false, interactive: true };
  const { out } = await show(degraded, { quiet: true }, narrow);
  expect(out).toBe(`
! Set up, but not everything: 1 created,
  1 deferred in 1m 05s.

  slack channel #dev
    https://acme.slack.com/archives/C1

  - label needs-triage deferred: GitHub
    is down (503).

x BUG  GitHub is down (503).
  why   Something happened that its
        authors did not think of.
  next  Report it with the stack trace
        and the command. Running the
        same command again is safe:
        nothing is done twice.
  more  \`testx explain BUG\`,
        docs/troubleshooting-guide.md#bug

Run \`testx integrations setup\` again
when the services are back.
`);
});

it("does not call unknown what was only held back", async () => {
  const held: RunEvent = {
    run: "r1",
    at: 0,
    type: "step.probing",
    step: "github.label",
    waitMs: 31_000,
    failure: failure("GATEWAY_LIMITED", "its turn comes in 31 s", { outcome: "not-applied" }),
  };
  const { err } = await show([held]);
  expect(err).toContain("held back (its turn comes in 31 s); going on in 31.0s");
});

it("says for what it waits when something of its own is not shown", async () => {
  const step = "github.label";
  const { err } = await show([
    { run: "r1", at: 0, type: "step.probing", step, waitMs: 31_000, known: true },
  ]);
  expect(err).toContain("not shown as testx left it a moment ago; looking again in 31.0s");
});

it("colors what it means", async () => {
  const { out, err } = await show(succeeded, {}, { ...log, color: true });
  expect(out).toContain("\u001b[32m✔\u001b[39m Set up");
  expect(out).toContain("\u001b[36mhttps://acme.slack.com/archives/C1\u001b[39m");
  expect(err).toContain("\u001b[33mretry  \u001b[39m slack.channel");
});
