import { type AddressInfo, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { reportIn } from "../doctor/report.ts";
import { testx as child } from "../support/cli.ts";
import { impatient, type TestProject, testProject } from "../support/project.ts";
import { type Ended, FakeSignals, testx } from "./world.ts";

/** Ctrl-C while a service is asked that does not answer. */
async function stopped(project: TestProject, line: string, at: string): Promise<Ended> {
  const signals = new FakeSignals();
  const fault = { kind: "stall", when: "headers", applies: true } as const;
  project.sandbox.setFaults([{ service: at, fault }]);
  asked.set(project, (service) => {
    if (service === at) signals.send("SIGINT");
  });
  const env = { ...project.sandbox.environment, ...impatient };
  return testx(line, { cwd: project.folder, env, signals });
}

const asked = new Map<TestProject, (service: string) => void>();

async function withProject(work: (project: TestProject) => Promise<void>): Promise<void> {
  const project: TestProject = await testProject((service) => asked.get(project)?.(service));
  try {
    await work(project);
  } finally {
    project.sandbox.setFaults([]);
    await project.close();
  }
}

it.each(["doctor", "plan", "integrations drift", "integrations health --fresh", "cache warm"])(
  "%s says no more than that it was stopped",
  (line) =>
    withProject(async (project) => {
      expect((await project.run(["setup"])).code).toBe(0);
      const { code, err } = await stopped(project, line, "notion");
      expect(code).toBe(130);
      expect(err.trimEnd().split("\n").at(-1)).toBe("Stopped.");
      expect(err).not.toMatch(/rollback|users\.me|RUN_INTERRUPTED/);
    }),
);

it("doctor does not wait for a host that does not reply", async () => {
  const signals = new FakeSignals();
  let stoppedAt = Number.NaN;
  const silent = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      stoppedAt = performance.now();
      signals.send("SIGINT");
    });
  });
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  const { port } = silent.address() as AddressInfo;
  onTestFinished(() => void silent.close());
  await withProject(async ({ folder, sandbox }) => {
    const env = {
      ...sandbox.environment,
      ...impatient,
      NOTION_API_URL: `http://127.0.0.1:${port}`,
    };
    const { code, out, err } = await testx("doctor", { cwd: folder, env, signals, columns: 80 });
    // It gives a reply five seconds.
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
    expect(code).toBe(130);
    expect(out).toBe("");
    expect(err).toContain("Looking at network: 127.0.0.1:");
    expect(err.endsWith("\r\u001b[KStopped.\n")).toBe(true);
  });
});

it("says so as JSON, without the call that was under way", () =>
  withProject(async (project) => {
    const { code, out } = await stopped(project, "plan --json", "notion");
    expect(code).toBe(130);
    const error = { code: "RUN_INTERRUPTED", message: "Stopped." };
    expect(JSON.parse(out)).toMatchObject({ error });
  }));

it("doctor says so as a report", () =>
  withProject(async (project) => {
    const { code, out, err } = await stopped(project, "doctor --json", "notion");
    expect({ code, err }).toEqual({ code: 130, err: "" });
    expect(reportIn(out)).toMatchObject({ cause: { code: "RUN_INTERRUPTED", what: "Stopped." } });
  }));

it.each(["slack", "notion", "github", "anykrowd"])(
  "Ctrl-C while %s is asked how it is says nothing of that service",
  (service) =>
    withProject(async (project) => {
      const ended = await stopped(project, "setup --json", service);
      expect(ended.code, ended.err).toBe(130);
      const said = ended.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(said.at(-1)).toMatchObject({ type: "run.finished", outcome: "interrupted" });
      expect(said.filter(({ health }) => health?.status === "down")).toEqual([]);
      const told = await project.run(["integrations", "health", "--offline", "--json"]);
      expect(told.stdout).not.toContain("down");
      const { stdout } = await project.run(["integrations", "metrics", "--json"]);
      const { integrations } = JSON.parse(stdout);
      for (const one of integrations) expect(one, one.integration).toMatchObject({ failed: 0 });
    }),
);

it("what a run has under way is told as that, and once it is killed as what was cut off", () =>
  withProject(async (project) => {
    const { sandbox, folder, run } = project;
    const match = { method: "POST", path: "/databases$" };
    const fault = { kind: "stall", when: "headers", applies: true } as const;
    sandbox.setFaults([{ service: "notion", match, fault }]);
    const begun = Promise.withResolvers<() => void>();
    const ended = child(["setup", "--json"], {
      ...{ cwd: folder, env: { ...sandbox.environment, ...impatient } },
      started: (setup) => {
        const kill = () => void setup.kill("SIGKILL");
        const timer = setInterval(() => {
          if (!sandbox.log().some(({ path }) => path.endsWith("/databases"))) return;
          clearInterval(timer);
          begun.resolve(kill);
        }, 5);
      },
    });
    const kill = await begun.promise;
    const told = async (...args: string[]) => (await run(args)).stdout;
    const database = 'database "First-week tasks"';
    expect(await told("integrations", "drift")).toContain(`is at work now, on ${database}.`);
    expect(await told("integrations", "plan")).toContain(`is at work now, on ${database}.`);
    expect(await told("integrations", "status")).toContain("A setup is at work now.");
    expect(await told("history", "show", "last")).toMatch(/\d created/);
    kill();
    await ended;
    sandbox.setFaults([]);
    expect(await told("integrations", "drift")).toContain("A run was cut off");
    expect(await told("integrations", "status")).toContain("did not come to its end");
    const { open } = JSON.parse(await told("integrations", "status", "--json"));
    expect(open).toMatchObject({ command: "setup", atWork: false });
    expect((await run(["rollback"])).code).toBe(0);
    expect(await told("integrations", "status")).toBe(
      "Nothing is set up yet. Run `testx integrations setup`.\n",
    );
    const [setup] = (await told("history")).split("\n").filter((line) => / setup /.test(line));
    const text = await told("history", "show", setup!.trim().split(" ")[0]!);
    expect(text).toContain("It was cut off, and other runs have come since.");
    expect(text).not.toContain("goes on with it");
  }));
