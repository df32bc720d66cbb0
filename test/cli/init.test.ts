import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { check, defaults, meant, services, starterFiles } from "../../src/cli/init/starter.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { root } from "../support/cli.ts";
import fc from "../support/property.ts";
import { hasTmux, openWindow } from "../support/tmux.ts";
import { folder, Sink, testx } from "./world.ts";

const sequence = "config/integrations/integration-sequence.json";

describe("testx init --yes", () => {
  it("writes a configuration that is valid and works on the sandbox", async () => {
    const cwd = folder();
    const { code, out } = await testx("init --yes --json", { cwd });
    expect(code).toBe(0);
    const { written, next } = JSON.parse(out);
    expect(written).toContain(sequence);
    expect((await testx("config validate", { cwd })).code).toBe(0);
    expect(next).toBe("testx integrations setup --sandbox");
    expect((await testx("setup --sandbox", { cwd })).code).toBe(0);
  });

  it("ignores the state folder and secrets in Git, once", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, ".gitignore"), "node_modules\n/.env");
    await testx("init --yes", { cwd });
    await testx("init --yes", { cwd });
    expect(readFileSync(join(cwd, ".gitignore"), "utf8")).toBe("node_modules\n/.env\n.testx/\n");
  });

  it("writes nothing at all when a file is there with other content", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "config/integrations"), { recursive: true });
    writeFileSync(join(cwd, sequence), "{}");
    const { code, err } = await testx("init --yes", { cwd });
    expect(code).toBe(2);
    expect(err).toContain("CLI_FILE_EXISTS");
    expect(err).toContain("--force");
    expect(readFileSync(join(cwd, sequence), "utf8")).toBe("{}");
    expect(existsSync(join(cwd, ".env.example"))).toBe(false);
    expect((await testx("init --yes --force", { cwd })).code).toBe(0);
    expect((await testx("config validate", { cwd })).code).toBe(0);
  });

  it("what was put into .env and not loaded is thought of where it is missed", async () => {
    const cwd = folder();
    await testx("init --yes", { cwd });
    writeFileSync(join(cwd, ".env"), "SLACK_BOT_TOKEN=xoxb-1\n");
    const { code, err } = await testx("plan", { cwd });
    expect([code, err]).toEqual([
      4,
      expect.stringContaining("loaded with `set -a; . ./.env; set +a`"),
    ]);
  });

  it("writes elsewhere when told to, and says how to go there", async () => {
    const cwd = folder();
    const { out } = await testx("init --yes --dir sub/project", { cwd });
    expect(existsSync(join(cwd, "sub/project", sequence))).toBe(true);
    expect(out).toContain("cd sub/project && testx integrations setup --sandbox");
  });

  it("names the schemas of the testx that is installed", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "node_modules/testx/schema"), { recursive: true });
    await testx("init --yes", { cwd });
    expect(JSON.parse(readFileSync(join(cwd, sequence), "utf8")).$schema).toBe(
      "../../node_modules/testx/schema/integration-sequence.schema.json",
    );
  });

  it("tells which folder it cannot write, and why", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "config"), "a file");
    const { code, err } = await testx("init --yes", { cwd });
    expect(code).toBe(1);
    expect(err).toContain("CLI_WRITE_FAILED");
    expect(err).toContain("cannot be written: part of its path is no folder.");
    expect(err).not.toMatch(/^\s+at /m);
  });

  it("says how to go to a folder whose name has blanks", async () => {
    const { out } = await testx(["init", "--yes", "--dir", "our team"]);
    expect(out).toContain("`cd 'our team' && testx integrations setup --sandbox`");
  });

  it.each([
    [["--dir="], "It must name something."],
    [["--services", ","], "--services names slack, notion, github and http"],
    [["--config", "team"], "it takes no --config"],
  ])("does not take %j for the folder that it is in, or for nothing", async (options, why) => {
    const cwd = folder();
    const { code, err } = await testx(["init", "--yes", ...options], { cwd });
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

/** Types each answer when its question is on the screen. */
async function answer(
  cwd: string,
  answers: readonly (readonly [string, string])[],
  env: Record<string, string | undefined> = {},
  line = "init",
) {
  const input = Object.assign(new PassThrough(), { setRawMode: () => input });
  const stderr = new Sink(80);
  const ended = testx(line, { cwd, columns: 80, input, stderr, env });
  let from = 0;
  for (const [question, keys] of answers) {
    await vi.waitFor(() => {
      const at = stderr.text.indexOf(question, from);
      expect(at, `${question}\n${stderr.text.slice(from)}`).toBeGreaterThanOrEqual(0);
      from = at + question.length;
    }, 20_000);
    for (const key of keys) input.write(key);
  }
  const listeners = () => stderr.listenerCount("error");
  return { ...(await ended), screen: stderr.text, listeners };
}

describe("testx init", () => {
  it("does not wait for answers where nobody can give any", async () => {
    const { code, err } = await testx("init");
    expect(code).toBe(2);
    expect(err).toContain("CLI_NO_TERMINAL");
    expect(err).toContain("testx init --yes");
  });

  it("asks for what it needs and writes it down, also as it was copied", async () => {
    const cwd = folder();
    const { code } = await answer(cwd, [
      ["Which services", "\r"],
      ["Name of the Slack channel", `${"\u007f".repeat(3)}#crew\r`],
      ["Notion page", "\r"],
      ["GitHub repository", "https://github.com/acme/app\r"],
      ["Try it on the sandbox", "n"],
      ["your own accounts", "n"],
    ]);
    expect(code).toBe(0);
    const { integrations } = JSON.parse(readFileSync(join(cwd, sequence), "utf8"));
    expect(Object.keys(integrations)).toEqual(["slack", "notion", "github"]);
    expect(integrations.slack.steps.channel.with.name).toBe("crew");
    const example = readFileSync(join(cwd, ".env.example"), "utf8");
    expect(example).toContain("GITHUB_REPOSITORY=acme/app\n");
  });

  it("asks before it replaces a file, and leaves it when the answer is no", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, ".env.example"), "MINE=1\n");
    const { code, out } = await answer(cwd, [
      ["Which services", " \r"],
      ["Notion page", "\r"],
      ["GitHub repository", "\r"],
      ["Replace .env.example?", "n"],
      ["Try it on the sandbox", "n"],
      ["your own accounts", "n"],
    ]);
    expect(code).toBe(0);
    expect(out).toContain(".env.example (left as it is)");
    expect(readFileSync(join(cwd, ".env.example"), "utf8")).toBe("MINE=1\n");
    expect(existsSync(join(cwd, sequence))).toBe(true);
  });

  it("does not ask for the services when they are given", async () => {
    const cwd = folder();
    const keys: [string, string][] = [
      ["GitHub repository", "\r"],
      ["Try it on the sandbox", "n"],
      ["your own accounts", "n"],
    ];
    const { code, screen } = await answer(cwd, keys, {}, "init --services github");
    expect([code, screen]).toEqual([0, expect.not.stringContaining("Which services")]);
    const { integrations } = JSON.parse(readFileSync(join(cwd, sequence), "utf8"));
    expect(Object.keys(integrations)).toEqual(["github"]);
  });

  it("asks one by one where no colour shows where one is, in ASCII where nothing else is read", async () => {
    const cwd = folder();
    const { code, screen } = await answer(
      cwd,
      [
        ["Slack: a channel", "n"],
        ["Notion: a page", "n"],
        ["GitHub: labels", "n"],
        ["Any address: check that it answers?", "n"],
        ["Say yes to at least one.", ""],
        ["Slack: a channel", "n"],
        ["Notion: a page", "n"],
        ["GitHub: labels", "\r"],
        ["Any address", "\r"],
        ["GitHub repository", "\r"],
        ["Try it on the sandbox", "n"],
        ["your own accounts", "n"],
      ],
      { NO_COLOR: "1", LC_ALL: "C" },
    );
    expect(code).toBe(0);
    expect(screen).toContain("|  (later)");
    // Nothing but where the cursor goes, and what is erased.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(screen.replace(/\u001b\[\??[\d;]*[A-Zhl]/g, "")).toMatch(/^[\r\n\x20-\x7e]*$/);
    const { integrations } = JSON.parse(readFileSync(join(cwd, sequence), "utf8"));
    expect(Object.keys(integrations)).toEqual(["github"]);
  });

  it.each([
    ["Ctrl-C", [["Which services", "\u0003"]]],
    ["Ctrl-D", [["Which services", "\u0004"]]],
    [
      "Ctrl-D in a line",
      [
        ["Which services", "\r"],
        ["Name of the Slack channel", "\u0004"],
      ],
    ],
  ] as [string, [string, string][]][])("writes nothing at %s", async (_, keys) => {
    const cwd = folder();
    const { code, err, screen } = await answer(cwd, keys);
    expect([code, err + screen]).toEqual([130, expect.stringContaining("Nothing was written.")]);
    expect(existsSync(join(cwd, "config"))).toBe(false);
  });

  it("gives up when nobody is there any more", async () => {
    const cwd = folder();
    const input = Object.assign(new PassThrough(), { setRawMode: () => input });
    const stderr = new Sink(80);
    const ended = testx("init", { cwd, columns: 80, input, stderr });
    await vi.waitFor(() => expect(stderr.text).toContain("Which services"), 20_000);
    input.end();
    expect((await ended).code).toBe(130);
  });

  it("chooses without a terminal, and knows which services there are", async () => {
    const cwd = folder();
    expect((await testx("init --services slack,github", { cwd })).code).toBe(0);
    const { integrations } = JSON.parse(readFileSync(join(cwd, sequence), "utf8"));
    expect(Object.keys(integrations)).toEqual(["slack", "github"]);
    const wrong = await testx("init --yes --services slak", { cwd });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("Did you mean slack?");
  });
});

describe("from an empty folder to the accounts", () => {
  let sandbox: RunningSandbox;
  let cwd: string;
  let env: Record<string, string>;
  const token = { slack: "", github: "" };
  /** Slack and GitHub: Notion, which is second, is taken away. */
  const files: [string, string][] = [
    ["Which services", "\u001b[B \r"],
    ["Name of the Slack channel", "\r"],
    ["GitHub repository", "\r"],
  ];

  beforeEach(async () => {
    cwd = folder();
    sandbox = await startSandbox({ services: await loadServices() });
    const { SLACK_BOT_TOKEN = "", GITHUB_TOKEN = "", ...addresses } = sandbox.environment;
    Object.assign(token, { slack: SLACK_BOT_TOKEN, github: GITHUB_TOKEN });
    env = { ...addresses, PATH: process.env.PATH ?? "", HOME: cwd, INTEGRATION_SETTLE_TIME: "0" };
  });
  afterEach(() => sandbox.close());

  /** All that is in the folder, but for the sandbox's accounts: their tokens are these, too. */
  const everywhere = (): string =>
    readdirSync(cwd, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.endsWith(".testx/sandbox"))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("\n");

  const asked: [string, string][] = [
    ...files,
    ["Try it on the sandbox", "n"],
    ["your own accounts", "y"],
  ];

  it("shows no token of one service to another", async () => {
    const { code, screen } = await answer(
      cwd,
      [
        ...asked,
        ["SLACK_BOT_TOKEN", `${token.github}\r`],
        ["holds what looks like a classic GitHub token", "\u0003"],
      ],
      env,
    );
    expect(code, screen).toBe(130);
    expect(sandbox.log()).toEqual([]);
  });

  it("Ctrl-C while a token is tried ends it, in good order", async () => {
    sandbox.setFaults([{ service: "slack", match: {}, fault: { kind: "delay", ms: 8000 } }]);
    const { code, screen } = await answer(
      cwd,
      [...asked, ["SLACK_BOT_TOKEN", `${token.slack}\r`], ["Asking slack", "\u0003"]],
      env,
    );
    expect(code, screen).toBe(130);
    expect(screen).toContain("The configuration is written and whole");
  });

  it("leaves nothing at the terminal with each token that is tried", async () => {
    const wrong: [string, string][] = Array.from({ length: 3 }, (_, n) => [
      ["SLACK_BOT_TOKEN", `xoxb-of-somebody-else-${n}\r`],
      ["Enter another one?", n < 2 ? "y" : "n"],
    ]).flat() as [string, string][];
    const { code, screen, listeners } = await answer(
      cwd,
      [
        ...files,
        ["Try it on the sandbox", "n"],
        ["your own accounts", "y"],
        ...wrong,
        ["Go on with this one", "n"],
        ["GITHUB_TOKEN", "\r"],
        ["See what setup would do", "n"],
      ],
      env,
    );
    expect(code, screen).toBe(0);
    expect(listeners()).toBe(1);
  });

  it("a first setup on the sandbox, tokens that are tried, and a setup there", async () => {
    const { code, screen, out } = await answer(
      cwd,
      [
        ...files,
        ["Try it on the sandbox", "y"],
        ["Go on with your own accounts?", "y"],
        ["https://api.slack.com/apps", ""],
        ["SLACK_BOT_TOKEN", "xoxb-of-somebody-else\r"],
        ["Enter another one?", "y"],
        ["SLACK_BOT_TOKEN", `${token.slack}\r`],
        ["It works", ""],
        ["github.com/settings/personal-access-tokens", ""],
        ["GITHUB_TOKEN", `${token.github}\r`],
        ["It works", ""],
        ["Keep SLACK_BOT_TOKEN, GITHUB_TOKEN in .env", "n"],
        ["Nothing was stored", ""],
        ["See what setup would do there?", "y"],
        ["Do it now?", "y"],
      ],
      env,
    );
    expect(code, screen).toBe(0);
    expect(out).toMatch(/Plan: \d+ to create/);
    expect(sandbox.state()).toContain('"dev"');
    expect(screen).toContain("These steps need: channels:");
    expect(screen).toContain("explain SLACK_TOKEN_INVALID");
    expect(screen + out + everywhere()).not.toContain(token.slack);
    expect(screen + out + everywhere()).not.toContain(token.github);
    expect(existsSync(join(cwd, ".env"))).toBe(false);
  }, 60_000);

  it("keeps tokens in .env when told to, for the owner alone, and fills what is empty", async () => {
    writeFileSync(join(cwd, ".env"), "# mine\nGITHUB_TOKEN=\nOTHER=1\n", { mode: 0o644 });
    const { code, screen } = await answer(
      cwd,
      [
        ...files,
        ["Try it on the sandbox", "n"],
        ["Go on with your own accounts?", "y"],
        ["SLACK_BOT_TOKEN", `${token.slack}\r`],
        ["GITHUB_TOKEN", `${token.github}\r`],
        ["Keep SLACK_BOT_TOKEN", "y"],
        ["See what setup would do there?", "n"],
      ],
      env,
    );
    expect(code, screen).toBe(0);
    expect(readFileSync(join(cwd, ".env"), "utf8")).toBe(
      `# mine\nGITHUB_TOKEN=${token.github}\nOTHER=1\nSLACK_BOT_TOKEN=${token.slack}\n`,
    );
    expect(statSync(join(cwd, ".env")).mode & 0o777).toBe(0o600);
    expect(screen).toContain("set -a; . ./.env; set +a");
  }, 60_000);

  it("keeps nothing in a .env that Git has", async () => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd, stdio: "ignore" });
    git("init");
    writeFileSync(join(cwd, ".env"), "");
    git("add", "-f", ".env");
    const { code, screen } = await answer(
      cwd,
      [
        ...files,
        ["Try it on the sandbox", "n"],
        ["Go on with your own accounts?", "y"],
        ["SLACK_BOT_TOKEN", `${token.slack}\r`],
        ["GITHUB_TOKEN", "\r"],
        ["Git has .env in its index", ""],
        ["See what setup would do there?", "n"],
      ],
      env,
    );
    expect(code, screen).toBe(0);
    expect(readFileSync(join(cwd, ".env"), "utf8")).toBe("");
  }, 60_000);

  it.each([
    ["on the sandbox", [["Try it on the sandbox", "\u0003"]]],
    [
      "at a token",
      [
        ["Try it on the sandbox", "n"],
        ["Go on with your own accounts?", "y"],
        ["SLACK_BOT_TOKEN", "xoxb-1\u0003"],
      ],
    ],
  ] as [string, [string, string][]][])(
    "Ctrl-C %s leaves whole files and nothing else",
    async (_, keys) => {
      const { code, screen } = await answer(cwd, [...files, ...keys], env);
      expect(code, screen).toBe(130);
      expect(screen).toContain("The configuration is written and whole");
      expect((await testx("config validate", { cwd })).code).toBe(0);
      expect(existsSync(join(cwd, ".env"))).toBe(false);
      expect(everywhere()).not.toContain("xoxb-1");
    },
    60_000,
  );
});

it("gives a valid sequence for every choice of services", async () => {
  const choices = fc.subarray([...services], { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(choices, async (chosen) => {
      const cwd = folder();
      for (const { path, text } of starterFiles({ ...defaults, services: chosen }, undefined)) {
        mkdirSync(join(cwd, path, ".."), { recursive: true });
        writeFileSync(join(cwd, path), text);
      }
      const { code, err } = await testx("config validate", { cwd });
      expect(err).toBe("");
      expect(code).toBe(0);
    }),
    { numRuns: 15 },
  );
});

it.each([
  ["channel", "dev-team", true],
  ["channel", "Dev Team", false],
  ["repository", "acme/app.js", true],
  ["repository", "https://github.com/acme/app", true],
  ["repository", "https://github.com/acme", false],
  ["channel", "#dev-team", true],
  ["parentPage", "https://www.notion.so/acme/Team-0123456789abcdef0123456789abcdef?pvs=4", true],
  ["parentPage", "Team", false],
  ["url", "https://anykrowd.com/health", true],
  ["url", "anykrowd.com", false],
] as const)("%s %j: %s", (question, text, right) => {
  expect(check[question](text) === undefined).toBe(right);
});

it("takes the id out of a page's link", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(meant.parentPage(`https://www.notion.so/acme/Team-${id}?pvs=4`)).toBe(id);
  expect(meant.parentPage(id)).toBe(id);
});

it.each([
  "acme/app.js",
  "https://github.com/acme/app.js",
  "https://github.com/acme/app.js.git",
  "https://github.com/acme/app.js/tree/main?tab=readme#top",
  "github.com/acme/app.js",
  "git@github.com:acme/app.js.git",
  "ssh://git@github.com/acme/app.js.git",
])("takes a repository's name out of %s", (text) => {
  expect(meant.repository(text)).toBe("acme/app.js");
});

it.skipIf(!hasTmux)("shows nothing of what is typed while a token is tried", async () => {
  const cwd = folder();
  const sandbox = await startSandbox({ services: await loadServices() });
  onTestFinished(() => sandbox.close());
  const { SLACK_API_URL = "" } = sandbox.environment;
  sandbox.setFaults([{ service: "slack", match: {}, fault: { kind: "delay", ms: 2000 } }]);
  const window = await openWindow({ cwd, env: { SLACK_API_URL } });
  window.keys(`${process.execPath} ${join(root, "bin/testx.js")} init --services slack`, "Enter");
  await window.until("Name of the Slack channel");
  window.keys("Enter");
  await window.until("Try it on the sandbox");
  window.keys("n");
  await window.until("your own accounts");
  window.keys("y");
  await window.until("SLACK_BOT_TOKEN");
  window.keys("xoxb-first", "Enter");
  await window.until("Asking slack");
  window.keys("xoxb-second", "Enter");
  expect(await window.until("Enter another one?")).not.toContain("second");
  window.keys("C-c");
  expect(await window.until("written and whole")).not.toContain("xoxb-");
  window.keys("echo over", "Enter");
  await window.until(/^over$/m);
});
