import type { Prompts } from "../../render/prompts.ts";
import { type Answers, check, meant, type Service } from "./starter.ts";

/**
 * Asks for what the starter configuration needs; `undefined`: the person gave up.
 * @param chosen the services are, and not asked for
 */
export async function askFor(
  prompts: Prompts,
  known: Answers,
  chosen: boolean,
): Promise<Answers | undefined> {
  const services = chosen ? known.services : await chooseFrom(prompts, known.services);
  if (services === undefined) return undefined;
  const answers = { ...known, services };
  const questions = [
    ["slack", "channel", "Name of the Slack channel", undefined],
    ["notion", "parentPage", "Notion page to work under (link or id; may stay empty)", "later"],
    ["github", "repository", "GitHub repository (link or owner/name; may stay empty)", "later"],
    ["http", "url", "Address to check (may stay empty)", "later"],
  ] as const;
  for (const [service, field, message, hint] of questions) {
    if (!services.includes(service)) continue;
    const answer = await prompts.ask(message, {
      initial: answers[field],
      ...(hint === undefined ? {} : { hint }),
      check: check[field],
    });
    if (answer === undefined) return undefined;
    answers[field] = meant[field](answer);
  }
  return answers;
}

function chooseFrom(
  prompts: Prompts,
  likely: readonly Service[],
): Promise<readonly Service[] | undefined> {
  return prompts.choose<Service>(
    "Which services should testx set up?",
    [
      { value: "slack", label: "Slack: a channel with a welcome message" },
      { value: "notion", label: "Notion: a page for the handbook" },
      { value: "github", label: "GitHub: labels and variables of a repository" },
      { value: "http", label: "Any address: check that it answers" },
    ],
    likely,
  );
}
