import { setImmediate as immediate } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { liveRenderer } from "../../src/render/live.ts";
import { FakeTerminal } from "../support/terminal.ts";
import { degraded, succeeded, troubled, unwound } from "./recordings.ts";

/** Plays events into the renderer; `until` stops before the event of that type. */
async function play(events: typeof succeeded, terminal: FakeTerminal, until?: string) {
  const renderer = liveRenderer({ out: terminal, err: terminal });
  for (const event of events) {
    if (event.type === until) break;
    renderer.event(event);
    await immediate();
  }
  return renderer;
}

it("shows a run as a tree and what came of it", async () => {
  const terminal = new FakeTerminal();
  const renderer = await play(succeeded, terminal);
  await renderer.close();
  expect(terminal.text()).toBe(`✔ Services checked
  ✔ Slack as testx-bot @ Acme (212ms)
  ✔ anykrowd (212ms)
  ✔ GitHub as octocat (212ms)
✔ Planned: 2 to create, 1 to update, 1 unchanged
✔ Slack
  ✔ channel #dev created in 2.4s
  ✔ message in #dev created in 300ms
✔ anykrowd
  ✔ check of anykrowd unchanged
✔ GitHub
  ✔ label needs-triage updated in 140ms

✔ Set up: 2 created, 1 updated, 1 unchanged in 4.3s.

  slack channel #dev         https://acme.slack.com/archives/C1
  slack message in #dev      https://acme.slack.com/archives/C1/p171
  github label needs-triage  https://github.com/acme/app/labels/needs-triage

\`testx rollback\` undoes this; \`testx integrations status\` shows what is set up.`);
});

it("shows retries and waits while they last, and what has not begun yet", async () => {
  const terminal = new FakeTerminal();
  const renderer = await play(succeeded, terminal, "call.finished");
  renderer.notice("Stopping.");
  const picture =
    /^› Slack\n {2}\S channel #dev\n {4}› slack: ratelimited, trying again \(attempt 2\) in \d+\S+\n {2}◻ message in #dev\n◻ anykrowd\n◻ GitHub\n\n⚠ Stopping\.$/m;
  await vi.waitFor(() => expect(terminal.text()).toMatch(picture), 5000);
  await renderer.close();
  expect(terminal.text()).toContain("↓ channel #dev\n    › stopped\n  ◻ message in #dev");
});

it("shows what a limit, a breaker and a credential are about while it lasts", async () => {
  const terminal = new FakeTerminal();
  const renderer = await play(succeeded, terminal, "call.retrying");
  const [waits, , opens] = troubled;
  renderer.event({ ...waits!, integration: "slack", step: "slack.channel" } as typeof waits & {});
  const held = /channel #dev\n {4}› slack: 3 requests in 1 s, going on in \d\S+\n/;
  await vi.waitFor(() => expect(terminal.text()).toMatch(held), 5000);
  renderer.event(opens!);
  const broken = /^⚠ notion: breaker open for 30\.0s: 5 failures in a row$/m;
  await vi.waitFor(() => expect(terminal.text()).toMatch(broken), 5000);
  await renderer.close();
});

it("shows undoing as a tree of its own, on 40 columns and in ASCII", async () => {
  const terminal = new FakeTerminal({ width: 40, unicode: false });
  const renderer = await play(unwound, terminal);
  await renderer.close();
  const text = terminal.text();
  expect(text).toContain(`. Slack
  v channel #dev created in 2.4s
  . message in #dev
. anykrowd
! GitHub
  x label needs-triage
    > BUG: Refused: ::error::50%, done
       ##[error] red | <b>
v Undone
  > ! channel #dev undone in 310ms:
    Slack does not delete channels

! Failed, and not everything could be
  undone: 1 failed, 1 undone in 3.0s.

Left behind, for a person to deal with:
  ! archived channel #dev-old
    (slack.channel): Slack does not
    delete channels
    -> Delete it in Slack's settings.
       https://acme.slack.com/archives/C
1

x BUG  Refused: ::error::50%, done
       ##[error] red | <b>`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
  expect(text).toMatch(/^[\u0000-\u007f]*$/);
});

it("does not show as done what was deferred or is down", async () => {
  const terminal = new FakeTerminal();
  const renderer = await play(degraded, terminal);
  await renderer.close();
  expect(terminal.text()).toContain(`✔ Going on with the unfinished run
⚠ Services checked
  ✔ Slack (212ms)
  ◻ anykrowd
  ✖ GitHub (5.0s)
    › BUG: GitHub is down (503).`);
  expect(terminal.text()).toContain(`↓ GitHub
  ↓ label needs-triage deferred
    › BUG: GitHub is down (503).

⚠ Set up, but not everything: 1 created, 1 deferred in 1m 05s.`);
});
