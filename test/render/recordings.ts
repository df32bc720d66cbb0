import type { RunEvent, RunEventBody, RunFinished } from "../../src/core/events.ts";
import { failure } from "../../src/core/failure.ts";
import { noCounts } from "../../src/core/journal.ts";
import type { PlanItem } from "../../src/core/plan.ts";

/** 2026-01-02T12:00:00Z */
export const noon = Date.UTC(2026, 0, 2, 12);

/** Events a second apart. */
function recording(run: string, bodies: readonly RunEventBody[]): RunEvent[] {
  return bodies.map((body, index) => ({ run, at: noon + index * 1000, ...body }));
}

const integrations = [
  { id: "slack", title: "Slack", dependsOn: [] },
  { id: "anykrowd", title: "anykrowd", dependsOn: [] },
  { id: "github", title: "GitHub", dependsOn: ["slack"] },
];

const steps = [
  { step: "slack.channel", integration: "slack", title: "channel #dev" },
  { step: "slack.welcome", integration: "slack", title: "message in #dev" },
  { step: "anykrowd.up", integration: "anykrowd", title: "check of anykrowd" },
  { step: "github.label", integration: "github", title: "label needs-triage" },
];

const started = {
  type: "run.started",
  command: "setup",
  resumed: false,
  integrations,
  steps,
} as const satisfies RunEventBody;

const healthy = (integration: string, account?: string): RunEventBody[] => [
  { type: "health.started", integration },
  {
    type: "health.finished",
    integration,
    health: { status: "healthy", ...(account === undefined ? {} : { account }) },
    durationMs: 212,
  },
];

const item = (step: string, kind: string, title: string, action: PlanItem["action"]): PlanItem => ({
  step,
  integration: step.split(".")[0] as string,
  kind,
  title,
  action,
  changes: [],
  unknown: [],
});

export const plan: readonly PlanItem[] = [
  {
    ...item("slack.channel", "slack.channel", "channel #dev", "create"),
    changes: [
      { field: "name", to: "dev" },
      { field: "topic", to: "Everything that is being built" },
    ],
  },
  {
    ...item("slack.welcome", "slack.message", "message in #dev", "create"),
    changes: [{ field: "text", to: "Welcome!" }],
    unknown: ["slack.channel.id"],
    irreversible: "People may have read it.",
  },
  item("anykrowd.up", "http.check", "check of anykrowd", "unchanged"),
  {
    ...item("github.label", "github.label", "label needs-triage", "update"),
    changes: [{ field: "color", from: "ff0000", to: "00ff00" }],
  },
  { ...item("github.hook", "github.webhook", "webhook", "blocked"), reason: "GitHub is down" },
];

const ready: RunEventBody = { type: "plan.ready", plan: plan.slice(0, 4) };

export const receipts = {
  "slack.channel": { id: "C1", url: "https://acme.slack.com/archives/C1" },
  "slack.welcome": { ts: "17.1", url: "https://acme.slack.com/archives/C1/p171" },
  "anykrowd.up": { status: 200 },
  "github.label": { name: "needs-triage", url: "https://github.com/acme/app/labels/needs-triage" },
};

const channelDone: RunEventBody[] = [
  {
    type: "step.started",
    step: "slack.channel",
    title: "channel #dev",
    action: "create",
    changes: [],
  },
  {
    type: "call.retrying",
    integration: "slack",
    step: "slack.channel",
    operation: "conversations.create",
    attempt: 2,
    delayMs: 2000,
    reason: "ratelimited",
  },
  {
    type: "call.finished",
    integration: "slack",
    step: "slack.channel",
    operation: "conversations.create",
    write: true,
    attempt: 2,
    requestId: "req-1",
    status: 200,
    outcome: "applied",
    durationMs: 80,
  },
  {
    type: "step.finished",
    step: "slack.channel",
    title: "channel #dev",
    origin: "created",
    receipt: receipts["slack.channel"],
    durationMs: 2412,
  },
];

const labelStarted: RunEventBody = {
  type: "step.started",
  step: "github.label",
  title: "label needs-triage",
  action: "update",
  changes: [{ field: "color", from: "ff0000", to: "00ff00" }],
};

export const finishedWell: RunFinished = {
  type: "run.finished",
  outcome: "succeeded",
  counts: { ...noCounts, created: 2, updated: 1, unchanged: 1 },
  residue: [],
  receipts,
  durationMs: 4321,
  calls: { slack: 5, anykrowd: 1, github: 3 },
  undoable: 3,
};

export const succeeded = recording("r1", [
  started,
  ...healthy("slack", "testx-bot @ Acme"),
  ...healthy("anykrowd"),
  ...healthy("github", "octocat"),
  ready,
  ...channelDone,
  {
    type: "step.finished",
    step: "anykrowd.up",
    title: "check of anykrowd",
    origin: "unchanged",
    receipt: receipts["anykrowd.up"],
    durationMs: 12,
  },
  {
    type: "step.started",
    step: "slack.welcome",
    title: "message in #dev",
    action: "create",
    changes: [],
  },
  {
    type: "step.probing",
    step: "slack.welcome",
    waitMs: 15_000,
    failure: failure("GATEWAY_TIMEOUT", "No reply within 15 s.", { outcome: "unknown" }),
  },
  {
    type: "step.finished",
    step: "slack.welcome",
    title: "message in #dev",
    origin: "created",
    receipt: receipts["slack.welcome"],
    durationMs: 300,
  },
  labelStarted,
  {
    type: "step.finished",
    step: "github.label",
    title: "label needs-triage",
    origin: "updated",
    receipt: receipts["github.label"],
    durationMs: 140,
  },
  finishedWell,
]);

/** A message with everything in it that could break a line, a log or a terminal. */
export const hostile = "Refused:\n::error::50%, done ##[error]\u001b[31m red | <b>";

export const unwound = recording("r2", [
  started,
  ...healthy("slack", "testx-bot @ Acme"),
  ready,
  ...channelDone,
  labelStarted,
  {
    type: "step.failed",
    step: "github.label",
    title: "label needs-triage",
    failure: failure("BUG", hostile, { integration: "github", status: 422 }),
    durationMs: 90,
  },
  { type: "undo.started", step: "slack.channel", title: "channel #dev" },
  {
    type: "undo.finished",
    step: "slack.channel",
    title: "channel #dev",
    residue: [
      {
        what: "archived channel #dev-old",
        why: "Slack does not delete channels",
        fix: "Delete it in Slack's settings.",
      },
    ],
    durationMs: 310,
  },
  {
    type: "run.finished",
    outcome: "rollback-incomplete",
    counts: { ...noCounts, failed: 1, undone: 1 },
    residue: [
      {
        step: "slack.channel",
        what: "archived channel #dev-old",
        why: "Slack does not delete channels",
        fix: "Delete it in Slack's settings.",
        url: "https://acme.slack.com/archives/C1",
      },
    ],
    receipts: {},
    durationMs: 3000,
    calls: { slack: 6, github: 1 },
    failure: failure("BUG", hostile, { integration: "github", status: 422 }),
  },
]);

const down = failure("BUG", "GitHub is down (503).", { transient: true, status: 503 });

export const degraded = recording("r3", [
  { ...started, resumed: true },
  ...healthy("slack"),
  { type: "health.started", integration: "github" },
  {
    type: "health.finished",
    integration: "github",
    health: { status: "down", failure: down },
    durationMs: 5000,
  },
  { type: "recovery.settled", step: "slack.channel", found: "applied" },
  ready,
  ...channelDone,
  {
    type: "step.deferred",
    step: "github.label",
    title: "label needs-triage",
    failure: down,
    durationMs: 0,
  },
  {
    type: "run.finished",
    outcome: "degraded",
    counts: { ...noCounts, created: 1, deferred: 1 },
    residue: [],
    receipts: { "slack.channel": receipts["slack.channel"] },
    durationMs: 65_000,
    calls: { slack: 3, github: 3 },
    failure: down,
  },
]);

/** What the gateway tells of a bad day. */
export const troubled = recording("r4", [
  {
    type: "call.waiting",
    integration: "notion",
    operation: "pages.create",
    waitMs: 1400,
    limit: "3 requests in 1 s",
  },
  {
    type: "call.finished",
    integration: "notion",
    step: "notion.handbook",
    operation: "blocks.children.list",
    write: false,
    attempt: 2,
    requestId: "notion-abc-7",
    status: 503,
    outcome: "unknown",
    durationMs: 6100,
    reason: "GATEWAY_UNAVAILABLE",
    waitedMs: 1400,
    breaker: "half-open",
    cache: "miss",
  },
  {
    type: "breaker.changed",
    integration: "notion",
    from: "closed",
    to: "open",
    until: noon + 32_000,
    reason: "5 failures in a row",
  },
  {
    type: "call.cached",
    integration: "github",
    operation: "GET /repos/{owner}/{repo}",
    state: "stale",
    ageMs: 240_000,
  },
  {
    type: "call.refused",
    integration: "notion",
    operation: "pages.create",
    write: true,
    failure: failure("GATEWAY_BREAKER_OPEN", "The breaker is open."),
  },
  {
    type: "credential.rotated",
    integration: "slack",
    from: "SLACK_BOT_TOKEN",
    to: "SLACK_BOT_TOKEN_2",
    reason: "token_expired",
  },
  { type: "offline", integrations: ["notion", "github"], reason: "nothing is reachable" },
  {
    type: "call.given-up",
    integration: "github",
    operation: "GET /user",
    attempt: 1,
    reason: "enough retries for this run",
  },
]);
