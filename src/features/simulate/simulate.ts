import { fail } from "../../core/failure.ts";
import { matches } from "../../core/glob.ts";
import type { Scenario } from "../../core/scenario.ts";
import type { Sequence } from "../../core/sequence.ts";
import type { SimulationReport, Story } from "../../core/simulation.ts";
import { didYouMean } from "../../core/suggest.ts";
import { calmly } from "./calm.ts";
import type { Calm } from "./calm-weather.ts";
import { drawn } from "./draw.ts";
import { least } from "./explore.ts";
import type { Subject } from "./library/make.ts";
import { library } from "./library.ts";
import { type PlayDeps, play } from "./play.ts";
import type { Player } from "./player.ts";
import { sideBySide } from "./side-by-side.ts";
import type { Universe } from "./universe.ts";

export interface SimulateDeps {
  readonly sequence: Sequence;
  /** The project's own scenarios. */
  readonly own: readonly Scenario[];
  /** A new world; there is one at a time. */
  universe(seed: number): Universe;
  readonly exitCodeOf: PlayDeps["exitCodeOf"];
}

export interface SimulateOptions {
  /** Whole names, or what stands before the slash; none: all. */
  readonly names: readonly string[];
  /** `*` stands for anything. */
  readonly filter?: string | undefined;
  /** Ends with the first story that fails. */
  readonly bail: boolean;
  readonly seed: number;
}

export interface RunDeps {
  readonly players: readonly Player[];
  /** Real milliseconds. */
  now(): number;
  readonly stop: AbortSignal;
}

/** Simulates one sequence: finds out once what it does in calm weather. */
export class Simulator implements Player {
  readonly #deps: SimulateDeps;
  #calm: Promise<Calm> | undefined;

  constructor(deps: SimulateDeps) {
    this.#deps = deps;
  }

  /** The scenarios that are meant. @throws TestxError SCENARIO_UNKNOWN, SIMULATION_NOT_CALM */
  async scenarios({
    names,
    filter,
  }: Pick<SimulateOptions, "names" | "filter">): Promise<Scenario[]> {
    const { own } = this.#deps;
    const shipped = library(await this.subject());
    const mine = new Set(own.map(({ name }) => name));
    const all = [...own, ...shipped.filter(({ name }) => !mine.has(name))];
    const unknown = names.find((name) => !all.some((one) => isNamed(one, name)));
    if (unknown !== undefined) {
      const hint = didYouMean(
        unknown,
        all.flatMap(({ name }) => [name, base(name)]),
      );
      fail("SCENARIO_UNKNOWN", `There is no scenario "${unknown}".${hint}`);
    }
    const chosen = all
      .filter((one) => names.length === 0 || names.some((name) => isNamed(one, name)))
      .filter(({ name }) => filter === undefined || matches(`*${filter}*`, name));
    // A misspelt filter must not look like outages that were survived.
    if (filter !== undefined && chosen.length === 0) {
      fail("SCENARIO_UNKNOWN", `No scenario that is meant has "${filter}" in its name.`);
    }
    return chosen;
  }

  /** Plays these, and gives them in this order; `told` hears of each as it ends. */
  async run(
    chosen: readonly Scenario[],
    { bail, seed }: Pick<SimulateOptions, "bail" | "seed">,
    { players, now, stop }: RunDeps,
    told: (story: Story) => void,
  ): Promise<SimulationReport> {
    const started = now();
    const stories = await sideBySide<Scenario, Player, Story>({
      ...{ players, stop, told, items: chosen },
      do: (player, scenario) => player.play(scenario, scenario.seed ?? seed),
      isLast: ({ violations }) => bail && violations.length > 0,
    });
    return {
      ok: stories.every(({ violations }) => violations.length === 0),
      seed,
      integrations: this.#deps.sequence.integrations.map(({ id }) => id),
      stories,
      left: chosen.length - stories.length,
      durationMs: Math.round(now() - started),
    };
  }

  async play(scenario: Scenario, seed: number): Promise<Story> {
    const { exitCodeOf } = this.#deps;
    const calm = await this.calm();
    return this.#in(seed, (universe) => play(universe, scenario, seed, { calm, exitCodeOf }));
  }

  async explored(seed: number): Promise<Story | undefined> {
    const story = await this.play(drawn(await this.subject(), seed), seed);
    if (story.violations.length === 0) return undefined;
    return least((scenario) => this.play(scenario, seed), story);
  }

  async subject(): Promise<Subject> {
    return { sequence: this.#deps.sequence, calm: await this.calm() };
  }

  calm(): Promise<Calm> {
    this.#calm ??= this.#in(0, calmly);
    return this.#calm;
  }

  async #in<T>(seed: number, work: (universe: Universe) => Promise<T>): Promise<T> {
    const universe = this.#deps.universe(seed);
    try {
      return await work(universe);
    } finally {
      await universe.close();
    }
  }
}

function base(name: string): string {
  return name.split("/")[0] as string;
}

function isNamed({ name }: Scenario, wanted: string): boolean {
  return name === wanted || base(name) === wanted;
}
