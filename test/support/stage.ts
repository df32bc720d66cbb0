import { exitCodeOfFailure, exitCodeOfRun } from "../../src/cli/exit-codes.ts";
import { catalogue } from "../../src/core/catalogue/catalogue.ts";
import { createRedactor } from "../../src/core/redact.ts";
import type { Scenario } from "../../src/core/scenario.ts";
import { calmly } from "../../src/features/simulate/calm.ts";
import { type Ended, play } from "../../src/features/simulate/play.ts";
import type { Calm, Story } from "../../src/features/simulate/story.ts";
import { providersWith } from "../../src/wiring/providers.ts";
import { openStage } from "../../src/wiring/simulation.ts";
import { root } from "./cli.ts";

export interface TestStage {
  readonly calm: Calm;
  play(scenario: Partial<Scenario> & Pick<Scenario, "story">, seed?: number): Promise<Story>;
  close(): Promise<void>;
}

/** A stage for the sequence that testx comes with. */
export async function testStage(): Promise<TestStage> {
  const stage = await openStage({
    ...{ cwd: root, sandbox: false, env: {}, providers: providersWith() },
    ...{ redactor: createRedactor(), stop: new AbortController().signal, notice() {} },
  });
  const first = stage.universe(0);
  const calm = await calmly(first);
  await first.close();
  return {
    calm,
    async play(scenario, seed = 1) {
      const universe = stage.universe(seed);
      try {
        const whole = { name: "test", about: "", ...scenario };
        return await play(universe, whole, seed, { calm, exitCodeOf });
      } finally {
        await universe.close();
      }
    },
    close: () => stage.close(),
  };
}

function exitCodeOf(ended: Ended): number {
  if ("finished" in ended) return exitCodeOfRun(ended.run, ended.finished, catalogue);
  return ended.failure ? exitCodeOfFailure(ended.failure, catalogue) : 0;
}

/** The log of a story, one moment a line. */
export function logOf({ moments }: Story): string {
  return moments.map((moment) => `${JSON.stringify(moment)}\n`).join("");
}
