import type { NameKind } from "../wiring/names.ts";

/**
 * What completion scripts ask for behind the user's back, at each press of tab:
 * `testx __complete steps …` with the words that are typed so far. A bundle of its own, without
 * the command tree. Gives a name a line; where anything is wrong there is nothing to offer, and
 * nothing to say.
 */
export async function complete(argv: readonly string[], cwd: string): Promise<string> {
  try {
    const [kind, ...typed] = argv;
    const found = await namesOf(kind, typed, cwd);
    // A name that a shell would take for something else is not worth a surprise.
    return found
      .filter((name) => /^[\w.:@/-]+$/.test(name))
      .join("\n")
      .concat("\n");
  } catch {
    return "";
  }
}

async function namesOf(
  kind: string | undefined,
  typed: readonly string[],
  cwd: string,
): Promise<readonly string[]> {
  switch (kind) {
    case "codes":
      return Object.keys((await import("../core/catalogue/catalogue.ts")).catalogue);
    case "scenarios": {
      const { libraryNames } = await import("../features/simulate/library.ts");
      return [...libraryNames, ...(await ofProject(kind, typed, cwd).catch(() => []))];
    }
    case "integrations":
    case "steps":
    case "runs":
    case "points":
      return ofProject(kind, typed, cwd);
    default:
      return [];
  }
}

async function ofProject(kind: NameKind, typed: readonly string[], cwd: string) {
  return (await import("../wiring/names.ts")).names(kind, {
    cwd,
    config: given("--config", typed),
    state: given("--state", typed),
    sandbox: typed.includes("--sandbox"),
  });
}

/** `--config x`, `--config=x`, and what bash makes of that: `--config`, `=`, `x`. */
function given(option: string, typed: readonly string[]): string | undefined {
  const at = typed.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = typed[at];
  if (word === undefined) return undefined;
  if (word !== option) return word.slice(option.length + 1);
  return typed[at + 1] === "=" ? typed[at + 2] : typed[at + 1];
}
