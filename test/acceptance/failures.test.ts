import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultRule } from "../../src/sandbox/fault.ts";
import { finishedOf } from "../support/cli.ts";
import { masked, type TestProject, testProject } from "../support/project.ts";

/** How each service says no for good. */
const refusals: Readonly<Record<string, FaultRule["fault"]>> = {
  slack: { kind: "status", status: 200, body: { ok: false, error: "restricted_action" } },
  notion: {
    kind: "status",
    status: 400,
    body: {
      ...{ object: "error", status: 400, code: "validation_error" },
      message: "body failed validation.",
    },
  },
  github: {
    kind: "status",
    status: 422,
    body: { message: "Validation Failed", documentation_url: "https://docs.github.com/rest" },
  },
};

const setup = ["integrations", "setup", "--json"];
let before: string;
let after: string;
/** Every write of an undisturbed setup, with how many of the same came before it. */
let writes: { service: string; method: string; path: string; nth: number }[];

beforeAll(async () => {
  const project = await testProject();
  before = project.sandbox.state();
  expect((await project.run(setup)).code).toBe(0);
  after = masked(project.sandbox.state());
  const seen = new Map<string, number>();
  writes = project.sandbox
    .log()
    .filter(({ write }) => write)
    .map(({ service, method, path }) => {
      // Ids differ from run to run.
      const pattern = `^${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[0-9a-f-]{32,36}/g, "[0-9a-f-]+")}$`;
      const key = `${service} ${method} ${pattern}`;
      const nth = (seen.get(key) ?? 0) + 1;
      seen.set(key, nth);
      return { service, method, path: pattern, nth };
    });
  await project.close();
});

async function atEachWrite(
  fault: (service: string) => FaultRule["fault"],
  check: (
    project: TestProject,
    code: number | null,
    about: string,
    stdout: string,
  ) => Promise<void>,
): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < writes.length; at = next++) {
      const { service, ...match } = writes[at]!;
      const project = await testProject();
      try {
        project.sandbox.setFaults([{ service, match, fault: fault(service) }]);
        const ended = await project.run(setup);
        await check(project, ended.code, `${service} ${match.method} ${match.path}`, ended.stdout);
      } finally {
        await project.close();
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return writes.length;
}

describe("a failure at each write of the default set-up in turn", () => {
  it("unwinds the run to the byte when the service refuses for good", async () => {
    const cells = await atEachWrite(
      (service) => refusals[service]!,
      async (project, code, about, stdout) => {
        expect(stdout, about).toContain('"run.finished"');
        expect(project.sandbox.state() === before, about).toBe(true);
        expect(code, about).toBe(1);
        expect(stdout.trimEnd().split("\n").at(-1), about).toContain('"residue":[]');
        project.sandbox.setFaults([]);
        const again = await project.run(setup);
        expect(finishedOf(again).outcome, about).toBe("succeeded");
        expect(masked(project.sandbox.state()) === after, about).toBe(true);
      },
    );
    console.log(`${cells} writes refused, each unwound to the byte`);
  }, 180_000);

  it.each([
    ["the reply is lost", { kind: "reset", when: "after" }],
    ["the request is lost", { kind: "reset", when: "before" }],
    ["the reply is cut", { kind: "truncate" }],
    ["the reply is garbled", { kind: "garble" }],
  ] as const)(
    "goes on to the same end when %s",
    async (_, fault) => {
      await atEachWrite(
        () => fault,
        async (project, code, about, stdout) => {
          const same = masked(project.sandbox.state()) === after;
          expect(same, `${about}\n${stdout.slice(-900)}`).toBe(true);
          expect(code, about).toBe(0);
        },
      );
    },
    180_000,
  );
});

afterAll(() => {
  expect(writes.length).toBeGreaterThanOrEqual(13);
});
