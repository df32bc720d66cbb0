import { createRedactor } from "../../core/redact.ts";
import type { Scenario } from "../../core/scenario.ts";
import { secretsIn } from "../../core/secret-names.ts";
import type { Story } from "../../core/simulation.ts";
import type { Player } from "../../features/simulate/player.ts";
import { host } from "../../platform/host.ts";
import { answering, startThread } from "../../platform/thread.ts";
import { providersWith } from "../providers.ts";
import { openStage, type Stage } from "../simulation.ts";
import type { World } from "../world.ts";

type Given = Pick<World, "cwd" | "config" | "state" | "env">;
type Question = { readonly play: Scenario; readonly seed: number } | { readonly explore: number };

/** How many threads this machine runs at once. */
export function cores(): number {
  return host.cores;
}

/** Players beside the one of this thread: each in a thread, with stand-ins of its own. */
export interface Crew {
  readonly players: readonly Player[];
  close(): Promise<void>;
}

/** `file` calls `playing`. What its players do ends with `world.stop`. */
export function openCrew(file: URL, many: number, world: World): Crew {
  const { cwd, config, state, env } = world;
  const given: Given = { cwd, config, state, env: { ...env } };
  const threads = Array.from({ length: many }, () => startThread(file, given));
  const close = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.end()));
  };
  const stop = (): void => void close();
  world.stop.addEventListener("abort", stop, { once: true });
  return {
    players: threads.map(({ ask }) => ({
      play: (scenario, seed) => ask({ play: scenario, seed } satisfies Question) as Promise<Story>,
      explored: (seed) => ask({ explore: seed } satisfies Question) as Promise<Story | undefined>,
    })),
    close() {
      world.stop.removeEventListener("abort", stop);
      return close();
    },
  };
}

/** The whole of such a thread; `player` plays on the thread's own stage. */
export function playing(player: (stage: Stage) => Player): void {
  answering<Given, Question>(async (given) => {
    const stage = await openStage({
      ...given,
      ...{
        sandbox: false,
        providers: providersWith(),
        redactor: createRedactor(secretsIn(given.env)),
      },
      // What is worth knowing has been told by the first thread.
      ...{ stop: new AbortController().signal, notice() {} },
    });
    const one = player(stage);
    return (question) =>
      "play" in question ? one.play(question.play, question.seed) : one.explored(question.explore);
  });
}
