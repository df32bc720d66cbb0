import type { Command } from "commander";
import type { Define } from "./define.ts";
import { withExamples } from "./examples.ts";

/** `testx cache …` */
export function cacheCommands({ command, acting, group }: Define): void {
  const cache = group("cache", "Look at and forget the answers of services that are kept");
  acting(cache, "cache stats", () => ({})).usage("[command] [options]");
  withExamples(
    cache,
    ["testx cache", "how much is kept, and what it saves"],
    ["testx cache clear slack", "ask Slack anew"],
  );
  const which = (given: Record<string, unknown>, [name]: readonly (string | undefined)[]) => ({
    ...(name === undefined ? {} : { integration: name }),
    ...(typeof given.kind === "string" ? { kind: given.kind } : {}),
  });
  const choosing = (made: Command): Command =>
    made
      .argument("[integration]", "only of this one")
      .option("--kind <kind>", "only of this kind: repository, users, schema …");
  withExamples(
    command(cache, "cache stats", "Show how much is kept, and what it has saved", () => ({})),
    ["testx cache stats", "size, age and hit rate"],
  );
  withExamples(
    choosing(command(cache, "cache list", "List what is kept, and how old it is", which)),
    ["testx cache list", "everything"],
    ["testx cache list github --kind repository", "only that"],
  );
  withExamples(
    choosing(command(cache, "cache clear", "Forget it, so that testx asks again", which)),
    ["testx cache clear", "all of it"],
    ["testx cache clear notion", "what Notion has answered"],
  );
  withExamples(
    command(cache, "cache warm", "Ask for all that a plan looks at, changing nothing", () => ({})),
    ["testx cache warm", "before going offline"],
  );
}
