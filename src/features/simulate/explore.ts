import type { Scenario } from "../../core/scenario.ts";
import type { ExplorationReport, Story } from "../../core/simulation.ts";
import type { Player } from "./player.ts";
import { shrunk } from "./shrink.ts";
import { sideBySide } from "./side-by-side.ts";

export interface ExploreOptions {
  /** The first seed, and how many. */
  readonly seed: number;
  readonly count: number;
  /** Ends with the first that fails. */
  readonly bail: boolean;
}

export interface ExploreDeps {
  readonly players: readonly Player[];
  /** Real milliseconds. */
  now(): number;
  readonly stop: AbortSignal;
}

/** Plays random stories, one for each seed, and shrinks what fails to what it takes. */
export async function explore(
  { players, now, stop }: ExploreDeps,
  { seed, count, bail }: ExploreOptions,
  told: (played: number, failed: number) => void,
): Promise<ExplorationReport> {
  const started = now();
  let played = 0;
  let failed = 0;
  const results = await sideBySide<number, Player, Story | undefined>({
    ...{ players, stop, items: Array.from({ length: count }, (_, at) => seed + at) },
    do: (player, at) => player.explored(at),
    isLast: (story) => bail && story !== undefined,
    told: (story) => {
      played += 1;
      if (story !== undefined) failed += 1;
      told(played, failed);
    },
  });
  const failures = results.filter((story) => story !== undefined);
  const durationMs = Math.round(now() - started);
  return { ok: failures.length === 0, seed, played: results.length, failures, durationMs };
}

/** The same thing going wrong for the fewest reasons. */
export async function least(
  play: (scenario: Scenario, seed: number) => Promise<Story>,
  story: Story,
): Promise<Story> {
  const broken = new Set(story.violations.map((one) => one.broken));
  const { seed } = story;
  const fails = async (scenario: Scenario): Promise<boolean> => {
    const { violations } = await play(scenario, seed);
    return violations.some((one) => broken.has(one.broken));
  };
  return play(await shrunk(story.scenario, fails), seed);
}
