import type { Scenario } from "../../core/scenario.ts";
import type { Story } from "../../core/simulation.ts";

/** Plays stories, one at a time; several players play side by side. */
export interface Player {
  play(scenario: Scenario, seed: number): Promise<Story>;
  /** Plays what the seed draws. A story that fails, shrunk to what it takes; else `undefined`. */
  explored(seed: number): Promise<Story | undefined>;
}
