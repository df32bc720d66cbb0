import { expect, it } from "vitest";
import { finishedOf } from "../support/cli.ts";
import { testProject } from "../support/project.ts";

it("a rollback that is stopped says how much it has undone, and goes on with the rest", async () => {
  const project = await testProject();
  try {
    const before = project.sandbox.state();
    const { created } = finishedOf(await project.run(["setup", "--json"])).counts;
    project.sandbox.setFaults([{ fault: { kind: "delay", ms: 60 } }]);
    const stopped = await project.run(["rollback", "--json"], {
      started: (child) => {
        child.stdout?.on("data", (text: string) => {
          if (text.includes('"type":"undo.finished"')) child.kill("SIGINT");
        });
      },
    });
    expect(stopped.code, stopped.stdout).toBe(130);
    const { outcome, counts } = finishedOf(stopped);
    expect(outcome).toBe("interrupted");
    expect(counts.undone).toBeGreaterThan(0);

    project.sandbox.setFaults([]);
    const rest = finishedOf(await project.run(["rollback", "--json"]));
    expect(rest.outcome).toBe("rolled-back");
    expect(rest.counts.undone + counts.undone).toBe(created);
    expect(project.sandbox.state() === before).toBe(true);
  } finally {
    await project.close();
  }
});
