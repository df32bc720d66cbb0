import { createRedactor } from "../../src/core/redact.ts";
import type { Scenario } from "../../src/core/scenario.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import type { Story } from "../../src/core/simulation.ts";
import { calmly } from "../../src/features/simulate/calm.ts";
import type { Calm } from "../../src/features/simulate/calm-weather.ts";
import { exitCodeOfEnd } from "../../src/features/simulate/exit-code.ts";
import { play } from "../../src/features/simulate/play.ts";
import type { Universe } from "../../src/features/simulate/universe.ts";
import { providersWith } from "../../src/wiring/providers.ts";
import { openStage } from "../../src/wiring/simulation.ts";
import { root } from "./cli.ts";

export interface TestStage {
  readonly calm: Calm;
  readonly sequence: Sequence;
  /** `tampered`: the universe with something about it that is not so. */
  play(
    scenario: Partial<Scenario> & Pick<Scenario, "story">,
    seed?: number,
    tampered?: (universe: Universe) => Universe,
  ): Promise<Story>;
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
    sequence: stage.config.sequence,
    async play(scenario, seed = 1, tampered = (universe) => universe) {
      const universe = stage.universe(seed);
      try {
        const whole = { name: "test", about: "", ...scenario };
        return await play(tampered(universe), whole, seed, { calm, exitCodeOf: exitCodeOfEnd });
      } finally {
        await universe.close();
      }
    },
    close: () => stage.close(),
  };
}

/** The log of a story, one moment a line. */
export function logOf({ moments }: Story): string {
  return moments.map((moment) => `${JSON.stringify(moment)}\n`).join("");
}
