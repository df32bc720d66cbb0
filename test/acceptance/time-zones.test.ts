import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import type { PlanItem } from "../../src/core/plan.ts";
import { type TestProject, testProject } from "../support/project.ts";

let project: TestProject | undefined;
afterEach(() => project?.close());

const due = (name: string, value: unknown) => ({
  kind: "entry",
  with: {
    database: "${notion.dates.id}",
    key: { Name: name },
    properties: { Due: value },
  },
});

const sequence = {
  version: 1,
  integrations: {
    notion: {
      provider: "notion",
      steps: {
        dates: {
          kind: "database",
          with: {
            parent: "${env.NOTION_PARENT_PAGE_ID}",
            title: "Dates",
            properties: { Name: "title", Due: "date" },
          },
        },
        day: due("a day", "2026-03-01"),
        plain: due("a moment of no zone", "2026-03-01T09:00:00"),
        offset: due("a moment with an offset", "2026-03-01T09:00:00+02:00"),
        zone: due("a moment in a zone", {
          start: "2026-03-01T09:00:00",
          end: "2026-03-01T10:30:00",
          time_zone: "Europe/Brussels",
        }),
      },
    },
  },
};

it("a date means the same wherever testx runs, and in whatever form Notion gives it back", async () => {
  project = await testProject();
  const folder = join(project.folder, "config/integrations");
  for (const name of ["retry-policies", "fallback-strategies", "health-check-config"]) {
    rmSync(join(folder, `${name}.json`), { force: true });
  }
  writeFileSync(join(folder, "integration-sequence.json"), JSON.stringify(sequence));
  const last = async <T>(args: readonly string[], zone: string): Promise<T> => {
    const { stdout } = await project!.run([...args, "--json"], { env: { TZ: zone } });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
  };
  const run = await last<RunFinished>(["integrations", "setup"], "America/New_York");
  expect(run).toMatchObject({ outcome: "succeeded", counts: { created: 5 } });
  expect(run.receipts["notion.plain"]?.["properties.Due"]).toBe("2026-03-01T09:00:00.000Z");
  expect(run.receipts["notion.zone"]?.["properties.Due"]).toEqual({
    start: "2026-03-01T08:00:00.000Z",
    end: "2026-03-01T09:30:00.000Z",
  });
  for (const zone of ["America/New_York", "Asia/Tokyo", "UTC"]) {
    const { plan } = await last<{ plan: PlanItem[] }>(["integrations", "plan"], zone);
    expect(
      plan.map(({ action }) => action),
      zone,
    ).toEqual(Array(5).fill("unchanged"));
  }
  expect(await last(["rollback"], "Asia/Tokyo")).toMatchObject({ outcome: "rolled-back" });
});
