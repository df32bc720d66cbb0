import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { failure } from "../../src/core/failure.ts";
import type { RollbackPoint, StatusItem } from "../../src/core/results.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import { bugText, failureJson, failureText } from "../../src/render/failures.ts";
import { graphDot, graphJson, graphMermaid, graphTree, listLines } from "../../src/render/graph.ts";
import { envLines, githubLines } from "../../src/render/outputs.ts";
import { planLines } from "../../src/render/plan.ts";
import { pointLines, statusLines } from "../../src/render/status.ts";
import { type Terminal, terminalOf } from "../../src/render/terminal.ts";
import { cut, duration, oneLine, width, wrap } from "../../src/render/text.ts";
import { noon, plan } from "./recordings.ts";

const wide: Terminal = { color: false, unicode: true, width: 80, interactive: true };
const narrow: Terminal = { ...wide, width: 40, unicode: false };

describe("a plan", () => {
  const result = { plan, unsettled: [] };

  it("names every change, what is known later and what is for good", () => {
    expect(planLines(result, wide).join("\n")).toBe(`slack
  + channel #dev (channel, create)
      name: "dev"
      topic: "Everything that is being built"
  + message in #dev (welcome, create)
      text: "Welcome!"
      known after slack.channel.id
      ⚠ cannot be undone: People may have read it.

anykrowd
  = check of anykrowd (up)

github
  ~ label needs-triage (label, update)
      color: "ff0000" → "00ff00"
  ! webhook (hook, blocked)
      GitHub is down

Plan: 2 to create, 1 to update, 1 unchanged, 1 blocked.
⚠ 1 step of these cannot be undone: slack.welcome.
Run \`testx integrations setup\` to do it.`);
  });

  it("fits 40 columns", () => {
    for (const line of planLines(result, narrow)) expect(width(line)).toBeLessThanOrEqual(40);
  });

  it("tells what an earlier run left open", () => {
    const lines = planLines({ plan: [], unsettled: ["channel #dev"] }, wide);
    expect(lines.join("\n")).toContain("setup first finds out about channel #dev");
  });
});

const settings = {} as Sequence["integrations"][number]["settings"];
const base = { required: true, with: {}, settings };
const sequence: Sequence = {
  file: "s.json",
  integrations: [
    { ...base, id: "slack", provider: "slack", dependsOn: [] },
    { ...base, id: "notion", provider: "notion", dependsOn: ["slack"] },
    { ...base, id: "github", provider: "github", dependsOn: ["slack", "notion"] },
    { ...base, id: 'a"b#', provider: "http", dependsOn: [], required: false },
  ],
  steps: [
    { id: "slack.channel", integration: "slack", kind: "slack.channel", with: {}, after: [] },
    {
      id: "slack.hello",
      integration: "slack",
      kind: "slack.message",
      with: {},
      after: ["slack.channel"],
    },
    {
      id: "notion.page",
      integration: "notion",
      kind: "notion.page",
      with: {},
      after: ["slack.channel", "slack.hello"],
    },
    {
      id: "github.label",
      integration: "github",
      kind: "github.label",
      with: {},
      after: ["notion.page"],
    },
  ],
};

describe("the graph", () => {
  it("is a tree", () => {
    expect(graphTree(sequence, wide).join("\n")).toBe(`slack
├─ channel slack.channel
├─ hello slack.message
├─ notion
│  └─ page notion.page
└─ github (also needs notion)
   └─ label github.label
a"b# (optional)`);
  });

  it("is a tree in ASCII", () => {
    const text = graphTree(sequence, narrow).join("\n");
    expect(text).toContain("|- notion\n|  `- page notion.page\n`- github");
  });

  it("is a Mermaid flowchart", () => {
    expect(graphMermaid(sequence).join("\n")).toBe(`flowchart LR
  subgraph i0["slack"]
    s0["channel"]
    s1["hello"]
  end
  subgraph i1["notion"]
    s2["page"]
  end
  subgraph i2["github"]
    s3["label"]
  end
  subgraph i3["a#quot;b#35;"]
  end
  s0 --> s1
  i0 --> i1
  i0 --> i2
  i1 --> i2`);
  });

  it("is DOT", () => {
    const text = graphDot(sequence).join("\n");
    expect(text).toContain('"slack.channel" -> "slack.hello";');
    expect(text).toContain('"slack" -> "notion" [ltail=cluster_0, lhead=cluster_1];');
    expect(text).toContain('label="a\\"b#";');
  });

  it("is JSON", () => {
    expect(graphJson(sequence)).toMatchObject({
      integrations: [{ id: "slack" }, {}, { dependsOn: ["slack", "notion"] }, { required: false }],
      steps: [{}, { id: "slack.hello", after: ["slack.channel"] }, {}, {}],
    });
  });

  it("does not overflow on a chain of 20,000", () => {
    const integrations = Array.from({ length: 20_000 }, (_, at) => ({
      ...base,
      id: `i${at}`,
      provider: "http",
      dependsOn: at === 0 ? [] : [`i${at - 1}`],
    }));
    expect(graphTree({ file: "", integrations, steps: [] }, narrow)).toHaveLength(20_000);
  });

  it("is a list", () => {
    expect(listLines(sequence, wide).join("\n")).toBe(`slack      slack          2 steps
  channel  slack.channel
  hello    slack.message
notion     notion         1 step, after slack
  page     notion.page
github     github         1 step, after slack, notion
  label    github.label
a"b#       http           0 steps, optional`);
  });
});

const item: StatusItem = {
  step: "slack.channel",
  integration: "slack",
  kind: "slack.channel",
  title: "channel #dev",
  origin: "created",
  run: "r1",
  at: noon,
  url: "https://acme.slack.com/archives/C1",
};

it("shows what is set up, since when, by which run", () => {
  const label = {
    ...item,
    step: "github.label",
    integration: "github",
    title: "label x",
    at: noon + 1,
  };
  const { url: _, ...bare } = label;
  expect(statusLines([bare, item], wide, noon + 90_000).join("\n")).toBe(`slack
  channel #dev  created  1m 30s ago, run r1
    https://acme.slack.com/archives/C1
github
  label x  created  1m 30s ago, run r1`);
  expect(statusLines([], wide, noon)).toEqual([
    "Nothing is set up yet. Run `testx integrations setup`.",
  ]);
});

it("shows rollback points with what each would undo", () => {
  const point: RollbackPoint = {
    point: "p2",
    run: "r1",
    at: noon,
    step: "github.label",
    title: "label x",
    would: "restore",
    fields: ["color", "description"],
  };
  const points: RollbackPoint[] = [
    point,
    {
      ...point,
      point: "p1",
      title: "channel #dev",
      would: "delete",
      fields: [],
      reason: "Not known",
    },
  ];
  expect(pointLines(points, wide, { dryRun: true }).join("\n")).toBe(`run r1, 2026-01-02T12:00:00Z
  ~ p2  label x would get back color and description
  - p1  channel #dev would be removed: Not known

This would undo 2 writes. Nothing has been changed.`);
  expect(pointLines([], wide, { dryRun: false })).toEqual(["There is nothing to undo."]);
});

describe("outputs", () => {
  const nasty = 'it\'s $HOME `id` "x"\nsecond line\nTESTX_END';
  const outputs = {
    "slack.channel": { id: "C1", topic: nasty, members: ["a", "b"], nothing: null },
    "git-hub.label": { createdBy: { id: 7 } },
    "git_hub.label": { createdBy: { id: 8 } },
  };

  it("are taken by a shell as they are", () => {
    const script = `${envLines(outputs).join("\n")}\nprintf '%s' "$SLACK_CHANNEL_TOPIC"`;
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(nasty);
    expect(envLines(outputs)).toContain("SLACK_CHANNEL_ID=C1");
    expect(envLines(outputs)).toContain(`SLACK_CHANNEL_MEMBERS='["a","b"]'`);
    expect(envLines(outputs).slice(-2)).toEqual([
      "GIT_HUB_LABEL_CREATED_BY_ID=7",
      "GIT_HUB_LABEL_CREATED_BY_ID_2=8",
    ]);
  });

  it("are framed for GitHub by a line that does not occur in them", () => {
    const text = githubLines(outputs).join("\n");
    expect(text).toContain(`slack_channel_topic<<TESTX_END_\n${nasty}\nTESTX_END_\n`);
    expect(text).toContain("slack_channel_id=C1\n");
  });
});

describe("a failure", () => {
  it("says what, why and what next", () => {
    const text = failureText(failure("RUN_LOCKED", "testx setup (process 7) is at work."), wide);
    expect(text[0]).toBe("✖ RUN_LOCKED  testx setup (process 7) is at work.");
    expect(text.slice(1).map((line) => line.slice(0, 8))).toContain("  next  ");
    expect(text.at(-1)).toBe(
      "  more  `testx explain RUN_LOCKED`, docs/troubleshooting-guide.md#run_locked",
    );
    for (const line of text) expect(width(line)).toBeLessThanOrEqual(80);
  });

  it("sends nobody to an entry that is not there, for a code of somebody's own provider", () => {
    const text = failureText(failure("MEMOS_FAILED", "Memos says no."), wide);
    expect(text).toEqual(["✖ MEMOS_FAILED  Memos says no."]);
  });

  it("is JSON for scripts", () => {
    expect(failureJson(failure("RUN_LOCKED", "x", { transient: true }))).toMatchObject({
      error: {
        code: "RUN_LOCKED",
        message: "x",
        transient: true,
        why: expect.any(String),
        next: expect.any(String),
      },
    });
  });

  it("shows a stack when it is a bug", () => {
    const text = bugText(new TypeError("no"), wide).join("\n");
    expect(text).toMatch(/^✖ BUG {2}This is a bug/);
    expect(text).toMatch(/TypeError: no\n {6}at /);
  });
});

describe("a terminal", () => {
  const tty = { isTTY: true, columns: 100 };
  const of = (env: Record<string, string>, stream: object = tty, color = true) =>
    terminalOf(stream, env, { color });

  it.each([
    [{}, tty, { color: true, unicode: true, interactive: true, width: 100 }],
    [{}, {}, { color: false, interactive: false, width: Number.POSITIVE_INFINITY }],
    [{ NO_COLOR: "1" }, tty, { color: false }],
    [{ NO_COLOR: "" }, tty, { color: true }],
    [{ FORCE_COLOR: "1" }, {}, { color: true }],
    [{ FORCE_COLOR: "0" }, tty, { color: false }],
    [{ TERM: "dumb" }, tty, { color: false, unicode: false, interactive: false }],
    [{ CI: "true" }, tty, { interactive: false }],
    [{ LANG: "C" }, tty, { unicode: false }],
    [{ LANG: "de_DE.UTF-8", LC_ALL: "POSIX" }, tty, { unicode: false }],
    [{ LANG: "en_US.utf8" }, tty, { unicode: true }],
  ])("%j %j", (env, stream, expected) => {
    expect(of(env as Record<string, string>, stream)).toMatchObject(expected);
  });

  it("takes --no-color over everything", () => {
    expect(of({ FORCE_COLOR: "1" }, tty, false).color).toBe(false);
  });
});

describe("text", () => {
  it.each([
    [999, "999ms"],
    [1000, "1.0s"],
    [59_949, "59.9s"],
    [59_960, "1m 00s"],
    [3_600_000, "1h 00m"],
    [100_000_000, "1d 3h"],
  ])("%d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("has no control characters, line breaks or reordering left", () => {
    expect(oneLine("a\u001b[31mb\u0007\r\n c\u202ed\tе")).toBe("ab cd е");
  });

  it("is measured in columns", () => {
    expect(width("\u001b[31mab\u001b[39m")).toBe(2);
    expect(width("日本👋é")).toBe(7);
    expect(cut("日本語", 5, "…")).toBe("日本…");
    expect(wrap("aa bb cc", 5)).toEqual(["aa bb", "cc"]);
  });
});
