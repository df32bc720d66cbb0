import type { Context } from "./context.ts";
import type { CommandName, CommandOptions, Invocation } from "./options.ts";

/** A command's work; gives the exit code, throws what went wrong. */
export type Run<Name extends CommandName> = (
  options: CommandOptions[Name],
  context: Context,
) => Promise<number>;

/** Each command's code is loaded when it is called, so that none pays for another. */
const commands: { readonly [Name in CommandName]: () => Promise<{ readonly run: Run<Name> }> } = {
  setup: () => import("./commands/setup.ts"),
  plan: () => import("./commands/plan.ts"),
  rollback: () => import("./commands/rollback.ts"),
  sync: () => import("./commands/sync.ts"),
  "deferred list": () => import("./commands/deferred-list.ts"),
  "deferred show": () => import("./commands/deferred-show.ts"),
  "deferred retry": () => import("./commands/deferred-retry.ts"),
  "deferred discard": () => import("./commands/deferred-discard.ts"),
  drift: () => import("./commands/drift.ts"),
  health: () => import("./commands/health.ts"),
  status: () => import("./commands/status.ts"),
  metrics: () => import("./commands/metrics.ts"),
  dashboard: () => import("./commands/dashboard.ts"),
  history: () => import("./commands/history.ts"),
  "history show": () => import("./commands/history-show.ts"),
  breakers: () => import("./commands/breakers.ts"),
  "breakers reset": () => import("./commands/breakers-reset.ts"),
  "breakers open": () => import("./commands/breakers-open.ts"),
  "breakers close": () => import("./commands/breakers-close.ts"),
  "cache stats": () => import("./commands/cache-stats.ts"),
  "cache list": () => import("./commands/cache-list.ts"),
  "cache clear": () => import("./commands/cache-clear.ts"),
  "cache warm": () => import("./commands/cache-warm.ts"),
  outputs: () => import("./commands/outputs.ts"),
  list: () => import("./commands/list.ts"),
  graph: () => import("./commands/graph.ts"),
  "config show": () => import("./commands/config-show.ts"),
  "config validate": () => import("./commands/config-validate.ts"),
  "config schema": () => import("./commands/config-schema.ts"),
  "sandbox start": () => import("./commands/sandbox-start.ts"),
  "sandbox reset": () => import("./commands/sandbox-reset.ts"),
  simulate: () => import("./commands/simulate.ts"),
  doctor: () => import("./commands/doctor.ts"),
  explain: () => import("./commands/explain.ts"),
  completion: () => import("./commands/completion.ts"),
  init: () => import("./commands/init.ts"),
};

export async function runCommand(invocation: Invocation, context: Context): Promise<number> {
  const load = commands[invocation.command] as () => Promise<{ run: Run<CommandName> }>;
  const { run } = await load();
  return run(invocation.options, context);
}
