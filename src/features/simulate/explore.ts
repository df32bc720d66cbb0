import type { Scenario } from "../../core/scenario.ts";
import type { ExplorationReport, Story } from "../../core/simulation.ts";
import { drawn } from "./draw.ts";
import { shrunk } from "./shrink.ts";
import type { Simulator } from "./simulate.ts";

export interface ExploreOptions {
  /** The first seed, and how many. */
  readonly seed: number;
  readonly count: number;
  readonly bail: boolean;
}

export interface ExploreDeps {
  readonly simulator: Simulator;
  /** Real milliseconds. */
  now(): number;
  readonly stop: AbortSignal;
}

/** Plays random stories, one for each seed, and shrinks what fails to what it takes. */
export async function explore(
  { simulator, now, stop }: ExploreDeps,
  { seed, count, bail }: ExploreOptions,
  told: (played: number) => void,
): Promise<ExplorationReport> {
  const started = now();
  const subject = await simulator.subject();
  const failures: Story[] = [];
  let played = 0;
  for (let at = seed; at < seed + count; at++) {
    stop.throwIfAborted();
    const story = await simulator.play(drawn(subject, at), at);
    played += 1;
    told(played);
    if (story.violations.length === 0) continue;
    failures.push(await least(simulator, story));
    if (bail) break;
  }
  const durationMs = Math.round(now() - started);
  return { ok: failures.length === 0, seed, played, failures, durationMs };
}

/** The same thing going wrong for the fewest reasons. */
async function least(simulator: Simulator, story: Story): Promise<Story> {
  const broken = new Set(story.violations.map((one) => one.broken));
  const { seed } = story;
  const fails = async (scenario: Scenario): Promise<boolean> => {
    const { violations } = await simulator.play(scenario, seed);
    return violations.some((one) => broken.has(one.broken));
  };
  return simulator.play(await shrunk(story.scenario, fails), seed);
}
