import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeSignals, folder, testx } from "./world.ts";

let cwd: string;
beforeEach(async () => {
  cwd = folder();
  expect((await testx("init --yes", { cwd })).code).toBe(0);
});

const json = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

it.each([{ LC_ALL: "C" }, { TERM: "dumb" }])("with %j all that is shown is ASCII", async (env) => {
  for (const line of ["plan", "setup", "status", "setup", "drift", "history", "rollback"]) {
    const { code, out, err } = await testx(`${line} --sandbox`, { cwd, env });
    expect(code).toBe(0);
    expect(out + err, line).toMatch(/^[\n\x20-\x7e]*$/);
  }
});

it("what programs read is as it was made, whatever the terminal can show", async () => {
  const file = join(cwd, "config/integrations/integration-sequence.json");
  const sequence = readFileSync(file, "utf8");
  writeFileSync(file, sequence.replace(/"title": "[^"]*"/, '"title": "Handbook… draft"'));
  const env = { LC_ALL: "C" };
  expect((await testx("setup --sandbox", { cwd, env })).code).toBe(0);
  for (const format of ["env", "github", "json"]) {
    const { out } = await testx(`integrations outputs --sandbox --format ${format}`, { cwd, env });
    expect(out, format).toContain("Handbook… draft");
  }
});

it("on 40 columns nothing but an address is longer", async () => {
  const lines = ["config validate", "setup", "history show last", "plan", "cache"];
  for (const line of lines) {
    const { out } = await testx(`${line} --sandbox --no-color`, { cwd, columns: 40 });
    for (const shown of out.split("\n")) {
      const fits = /^ *(https?:|\/|config\/)\S*$/.test(shown) || shown.length <= 40;
      expect(fits, `${line}: ${shown}`).toBe(true);
    }
  }
});

describe("a life in the sandbox", () => {
  it("sets up, shows, changes nothing, undoes", async () => {
    const planned = await testx("plan --sandbox --exit-code", { cwd });
    expect(planned.code).toBe(3);
    expect(planned.out).toContain("Plan: 5 to create.");

    const made = await testx("integrations setup --sandbox", { cwd });
    expect(made.code).toBe(0);
    expect(made.out).toContain("✔ Set up: 5 created in");
    expect(made.out).toContain("slack channel #dev ");

    const again = await testx("setup --sandbox --json", { cwd });
    expect(again.code).toBe(0);
    expect(again.err).toBe("");
    expect(json(again.out).at(-1)).toMatchObject({
      type: "run.finished",
      outcome: "succeeded",
      counts: { created: 0, unchanged: 5 },
    });
    expect((await testx("plan --sandbox --exit-code", { cwd })).code).toBe(0);

    const status = await testx("status --sandbox --json", { cwd });
    expect(json(status.out)).toHaveLength(1);
    expect(json(status.out)[0].steps).toHaveLength(5);
    expect((await testx("status --sandbox", { cwd })).out).toContain("channel #dev");

    const outputs = await testx("integrations outputs --sandbox --format github", { cwd });
    expect(outputs.out).toMatch(/^slack_channel_id=C\w+$/m);

    const list = await testx("rollback --sandbox --list --json", { cwd });
    const { points } = json(list.out)[0];
    expect(points).toHaveLength(5);
    const dry = await testx(["rollback", "--sandbox", "--dry-run", "--to", points[1].point], {
      cwd,
    });
    expect(dry.out).toContain("This would undo 2 writes. Nothing has been changed.");

    const undone = await testx("rollback --sandbox --json", { cwd });
    expect(undone.code).toBe(0);
    expect(json(undone.out).at(-1)).toMatchObject({ outcome: "rolled-back", residue: [] });
    const nothing = await testx("rollback --sandbox --json", { cwd });
    expect(nothing.code).toBe(0);
    expect(json(nothing.out)).toMatchObject([{ type: "run.finished", counts: { undone: 0 } }]);
    expect((await testx("rollback --sandbox", { cwd })).out).toBe("There is nothing to undo.\n");
  });

  it("draws a tree on a terminal", async () => {
    const { code, err } = await testx("setup --sandbox", { cwd, columns: 80 });
    expect(code).toBe(0);
    expect(err).toContain("Services checked");
    expect(err).toContain("channel #dev");
  });

  it("keeps the tokens of the environment to itself", async () => {
    const env = { SLACK_BOT_TOKEN: "xoxb-canary-1234567890", HOOK_SECRET: "canary hook secret" };
    for (const line of [
      "setup --sandbox -v",
      "setup --sandbox --json",
      "config show --origin",
      "status --sandbox",
    ]) {
      const { out, err } = await testx(line, { cwd, env });
      expect(out + err).not.toContain("canary");
    }
  });
});

describe("what goes wrong", () => {
  it("is told with a code, why, and what to do", async () => {
    const { code, out, err } = await testx("setup", { cwd });
    expect(code).toBe(4);
    expect(out).toBe("");
    expect(err).toMatch(/✖ (SECRET|ENV)_MISSING {2}/);
    expect(err).toMatch(/^ {2}next {2}/m);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it("is told in JSON on standard output, with at most a line beside it", async () => {
    const { code, out, err } = await testx("plan --json --config nowhere", { cwd });
    expect(code).toBe(2);
    expect(json(out)).toMatchObject([
      {
        error: {
          code: "CONFIG_NOT_FOUND",
          next: expect.any(String),
          docs: "docs/troubleshooting-guide.md#config_not_found",
        },
      },
    ]);
    expect(err.split("\n").length).toBeLessThanOrEqual(2);
  });

  it("is told as JSON even when the arguments are wrong", async () => {
    const { code, out, err } = await testx("setpu --json", { cwd });
    expect(code).toBe(2);
    expect(json(out)).toMatchObject([
      { error: { code: "CLI_UNKNOWN_COMMAND", details: { didYouMean: "setup" } } },
    ]);
    expect(err).toBe("");
  });

  it("is told for every problem of the configuration, at its place", async () => {
    const file = join(cwd, "config/integrations/integration-sequence.json");
    const text = `{
  "version": 1,
  "integrations": {
    "slack": { "provider": "slak" },
    "github": { "provider": "github", "dependsOn": ["slck"], "with": { "repository": "a/b" } }
  }
}
`;
    writeFileSync(file, text);
    const shown = await testx("setup", { cwd });
    expect(shown.code).toBe(2);
    expect(shown.err).toContain('  4 |     "slack": { "provider": "slak" },');
    expect(shown.err).toContain("config/integrations/integration-sequence.json:5:53 ");
    expect(shown.err).toContain("^^^^");
    const valid = await testx("config validate --json", { cwd });
    expect(valid.code).toBe(2);
    expect(json(valid.out)[0].problems.length).toBeGreaterThanOrEqual(2);
    const inActions = await testx("config validate", { cwd, env: { GITHUB_ACTIONS: "true" } });
    expect(inActions.err).toMatch(
      /^::error file=config\/integrations\/integration-sequence.json,line=5,col=53,title=\w+::/m,
    );
  });

  it("is called a bug, with the stack, only when it is one", async () => {
    const open = async () => {
      throw new TypeError("x is not a function");
    };
    const { code, out, err } = await testx("status --json", { cwd, open });
    expect(code).toBe(1);
    expect(json(out)).toMatchObject([{ error: { code: "BUG" } }]);
    expect(err).toMatch(/TypeError: x is not a function\n\s+at /);
    expect(err).toContain("report");
  });

  it("leaves no folder behind when a command only looks", async () => {
    await testx("status", { cwd });
    await testx("rollback --list", { cwd });
    expect(readdirSync(cwd)).not.toContain(".testx");
  });
});

describe("a reader that goes away", () => {
  const broken = (code: string) =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
    });

  it("is no error", async () => {
    const { code, err } = await testx("explain --list", { cwd, stdout: broken("EPIPE") });
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  it("is one when there is no room", async () => {
    const { code, err } = await testx("explain --list", { cwd, stdout: broken("ENOSPC") });
    expect(code).toBe(1);
    expect(err).toContain("CLI_WRITE_FAILED");
  });
});

describe("Ctrl-C", () => {
  it("ends a command at once that has nothing to bring to an end", async () => {
    const signals = new FakeSignals();
    const open = () => {
      signals.send("SIGINT");
      return new Promise<never>(() => {});
    };
    const { code } = await testx("status", { cwd, signals, open });
    expect(code).toBe(130);
    expect(signals.count).toBe(0);
  });

  it("stops the sandbox in good order", async () => {
    const signals = new FakeSignals();
    const stdout = new Writable({
      write(chunk, _, done) {
        if (String(chunk).startsWith('{"url":"http://127.0.0.1:')) signals.send("SIGTERM");
        done();
      },
    });
    const { code, err } = await testx("sandbox start --json", { cwd, signals, stdout });
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});

it("explains codes, whatever their spelling", async () => {
  const known = await testx("explain run-locked --json", { cwd });
  expect(json(known.out)).toMatchObject([{ code: "RUN_LOCKED", exit: 7 }]);
  const unknown = await testx("explain RUN_LOKED", { cwd });
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("Did you mean RUN_LOCKED?");
});

it("explain --list with a code says that it cannot be both", async () => {
  const { code, err } = await testx("explain --list BUG");
  expect(code).toBe(2);
  expect(err).toContain("--list is of all codes");
});

it("a bundle that cannot be written is told by its path", async () => {
  const { code, err } = await testx("doctor --bundle no/such/folder/help.tar.gz", { cwd });
  expect(code).toBe(1);
  expect(err).toContain("CLI_WRITE_FAILED  no/such/folder/help.tar.gz cannot be written (ENOENT).");
});
