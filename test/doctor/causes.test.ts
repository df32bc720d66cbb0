import { lchownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testx } from "../support/cli.ts";
import { farAway } from "../support/far-away.ts";
import { impatient, testProject } from "../support/project.ts";
import { type Cause, editing, machine, type Patient } from "./causes/cause.ts";
import { company } from "./causes/company.ts";
import { configuration } from "./causes/configuration.ts";
import { drift } from "./causes/drift.ts";
import { network } from "./causes/network.ts";
import { others } from "./causes/others.ts";
import { secrets } from "./causes/secrets.ts";
import { services } from "./causes/services.ts";
import { stateCauses } from "./causes/state.ts";
import { strange } from "./causes/strange.ts";
import { teams } from "./causes/teams.ts";
import { reportIn } from "./report.ts";

const every = [
  ...configuration,
  ...secrets,
  ...stateCauses,
  ...network,
  ...services,
  ...drift,
  ...others,
  ...company,
  ...teams,
  ...strange,
];
/** One alone, with what it came to: `TESTX_CAUSE="full disk" npm test -- test/doctor`. */
const only = process.env.TESTX_CAUSE;
const causes = every.filter(({ name }) => only === undefined || name.includes(only));

interface Tried {
  readonly cause: Cause;
  readonly found: string | undefined;
  readonly exit: number | null;
  readonly others: readonly string[];
  readonly next: string | undefined;
  readonly says: string;
  readonly notes: string;
  readonly text: string;
}

async function tried(cause: Cause): Promise<Tried> {
  const project = await testProject();
  const undo: (() => unknown)[] = [];
  const { folder, sandbox } = project;
  const patient: Patient = {
    ...{ ...project, ...editing(folder), machine },
    async away(options = {}) {
      const there = await farAway({ sandbox: sandbox.url, ...options });
      undo.push(there.close);
      const env = { ...there.environment(sandbox.environment), ...machine({ names: there.names }) };
      return { ...there, env };
    },
    async setup() {
      const { code, stdout, stderr } = await project.run(["setup"]);
      if (code !== 0) throw new Error(`setup ended with ${code}: ${stdout}${stderr}`);
    },
    after: (work) => void undo.push(work),
  };
  try {
    const env = (await cause.break(patient)) ?? {};
    const uid = cause.ordinary ? givenAway(folder) : undefined;
    const ended = await testx(["doctor", "--json", ...(cause.args ?? [])], {
      ...{ cwd: join(folder, cause.below ?? "."), uid, shell: cause.shell },
      env: {
        ...{ ...sandbox.environment, ...impatient },
        ...(uid === undefined ? {} : { XDG_CACHE_HOME: join(folder, "cache") }),
        ...env,
      },
    });
    const text = `${ended.stdout}${ended.stderr}`;
    const report = reportIn(ended.stdout);
    return {
      ...{ cause, exit: ended.code, text, found: report.cause?.code },
      next: report.cause?.fix.command,
      notes: report.findings
        .filter(({ severity }) => severity === "note")
        .map(({ what }) => what)
        .join("\n"),
      says: [report.cause?.what, ...(report.cause?.evidence ?? []), report.cause?.fix.text].join(
        "\n",
      ),
      others: report.findings
        .filter(({ severity }) => severity !== "note")
        .slice(1)
        .map(({ code }) => code),
    };
  } finally {
    for (const work of undo.toReversed()) await work();
    await project.close();
  }
}

/** Who has no rights but those of the files' owner: nobody, where this is the superuser. */
function givenAway(folder: string): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = 65_534;
  for (const path of [".", ...readdirSync(folder, { recursive: true, encoding: "utf8" })]) {
    lchownSync(join(folder, path), nobody, nobody);
  }
  return nobody;
}

async function all(workers: number): Promise<Tried[]> {
  const waiting = causes.entries();
  const done: Tried[] = [];
  const work = async (): Promise<void> => {
    for (const [at, cause] of waiting) {
      done[at] = await tried(cause).catch((error: Error) => ({
        ...{ cause, found: error.message.slice(0, 60), exit: null, others: [] },
        ...{ next: undefined, says: "", notes: "" },
        text: String(error.stack),
      }));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return done;
}

it("names the cause first, whatever is broken", async () => {
  const results = await all(3);
  const right = results.filter(({ cause, found }) => found === cause.code);
  const none = "–";
  const rows = results.map(({ cause, found, exit, others }) => {
    const fits = found === cause.code ? "✔" : "✖";
    const beside = others.length > 0 ? ` and ${[...new Set(others)].join(", ")}` : "";
    const expected = cause.code ?? none;
    return `${fits} ${cause.name.padEnd(58)} ${expected.padEnd(28)} ${found ?? none} (${exit})${beside}`;
  });
  console.log([...rows, `${right.length} of ${results.length} causes named first`].join("\n"));
  if (only !== undefined) console.log(results.map(({ text }) => text).join("\n"));
  else expect(causes.length).toBeGreaterThanOrEqual(40);
  expect(right.length / results.length).toBeGreaterThanOrEqual(0.95);
  for (const { cause, exit, text, others, next, says, notes } of results) {
    expect(exit, `${cause.name}\n${text}`).toBe(cause.exit ?? (cause.code === undefined ? 0 : 1));
    const beside = cause.alone ? [] : cause.others?.toSorted();
    if (beside) expect(others.toSorted(), `${cause.name}\n${text}`).toEqual(beside);
    if (cause.notes !== undefined) expect(notes, cause.name).toMatch(cause.notes);
    if (cause.says !== undefined) expect(says, cause.name).toMatch(cause.says);
    if (cause.next !== undefined) expect(next, `${cause.name}\n${text}`).toBe(cause.next);
  }
}, 300_000);
