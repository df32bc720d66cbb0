import { exitCodes } from "../../core/exit-codes.ts";
import type { Prompts } from "../../render/prompts.ts";
import type { Context } from "../context.ts";
import { askForAccounts } from "./accounts.ts";
import { exposure, keep } from "./env-file.ts";
import type { Answers } from "./starter.ts";
import { within } from "./within.ts";

export interface GoingOn {
  readonly prompts: Prompts;
  readonly context: Context;
  /** Absolute. */
  readonly folder: string;
  readonly answers: Answers;
  /** `testx integrations setup --sandbox` */
  readonly next: string;
}

const notRead =
  "testx does not read .env by itself: which accounts are written to is for you to say, not for a file that happens to be there.";
const loading = [
  "Load it before testx, in one of these ways:",
  "  set -a; . ./.env; set +a          in a shell",
  "  dotenv                            in .envrc, with direnv",
  "  node --env-file=.env node_modules/testx/bin/testx.js plan",
].join("\n");

/** The person pressed Ctrl-C at a question. */
class GivenUp extends Error {}

/** After the configuration is written: a first setup on the sandbox, then real accounts. */
export async function goOn(going: GoingOn): Promise<number> {
  try {
    return await ask(going);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    going.prompts.say(
      "info",
      "Stopped. The configuration is written and whole; nothing else was kept.",
    );
    return exitCodes.interrupted;
  }
}

async function ask(going: GoingOn): Promise<number> {
  const { prompts, context, folder, next } = going;
  const { env } = context.io;
  const trying = answered(
    await prompts.confirm("Try it on the sandbox now? No account is needed.", true),
  );
  if (trying) {
    const { run } = await import("../commands/setup.ts");
    const code = await within(context, { folder, sandbox: true, env }, (inner) => run({}, inner));
    if (code !== exitCodes.done) return code;
  }
  const own = answered(await prompts.confirm("Go on with your own accounts?"));
  if (!own) {
    prompts.say(
      "info",
      `Without an account: \`${next}\`.\nFor your own accounts run \`testx init\` again, or fill in .env.example as .env. ${notRead}\n${loading}`,
    );
    return exitCodes.done;
  }
  const entered = await askForAccounts(prompts, context, folder, going.answers);
  if (entered === undefined) return stopped();
  if (Object.keys(entered).length > 0) await offerToKeep(going, entered);
  return offerSetup(going, { ...env, ...entered });
}

async function offerToKeep(
  { prompts, folder }: GoingOn,
  entered: Readonly<Record<string, string>>,
): Promise<void> {
  const names = Object.keys(entered).join(", ");
  const why = await exposure(folder);
  if (why !== undefined) {
    prompts.say("bad", `${why} So ${names} cannot be kept in it; set them in your shell.`);
    return;
  }
  const yes = answered(await prompts.confirm(`Keep ${names} in .env, readable by you alone?`));
  if (!yes) {
    prompts.say("info", `Nothing was stored. Set ${names} where testx is to run.`);
    return;
  }
  const { written, left } = keep(folder, entered);
  if (left.length > 0)
    prompts.say("info", `.env has other values of ${left.join(", ")}; they stay.`);
  if (written.length > 0) {
    prompts.say("good", `${written.join(", ")}: in .env, mode 0600. ${notRead}\n${loading}`);
  }
}

/** Shows the plan first; nothing is written to an account without a yes. */
async function offerSetup(
  { prompts, context, folder }: GoingOn,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  if (!answered(await prompts.confirm("See what setup would do there? It writes nothing."))) {
    prompts.say(
      "info",
      "When you want to: `testx integrations plan`, then `testx integrations setup`.",
    );
    return exitCodes.done;
  }
  const at = { folder, sandbox: false, env };
  const { run: plan } = await import("../commands/plan.ts");
  const planned = await within(context, at, (inner) =>
    plan({ exitCode: false, calls: false }, inner),
  );
  if (planned !== exitCodes.done) return planned;
  if (!answered(await prompts.confirm("Do it now?"))) return exitCodes.done;
  const { run: setup } = await import("../commands/setup.ts");
  return within(context, at, (inner) => setup({}, inner));
}

function answered(answer: boolean | undefined): boolean {
  return answer ?? stopped();
}

function stopped(): never {
  throw new GivenUp();
}
