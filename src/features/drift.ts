import { type Failure, failure, TestxError } from "../core/failure.ts";
import { type Ignore, ignores, joinIgnores } from "../core/ignore.ts";
import type { Target } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { JournalStore, Receipt } from "../core/ports.ts";
import type { DriftChange, DriftItem, DriftReport, DriftStatus } from "../core/results.ts";
import type { Sequence } from "../core/sequence.ts";
import { integrationOf, type StepId } from "../core/step.ts";
import { differing, link } from "../core/undo.ts";
import type { EngineDeps } from "../engine/deps.ts";
import { revive } from "../engine/input.ts";
import { kindOf, Sessions } from "../engine/session.ts";
import { type FeatureDeps, forRun } from "./deps.ts";

export interface DriftDeps extends FeatureDeps {
  /** Left out where there is none: then everything is judged by the journal alone. */
  readonly sequence?: Sequence | undefined;
}

export interface DriftOptions {
  /** By step, beside what the sequence says. */
  readonly ignore?: ReadonlyMap<StepId, Ignore>;
  /** Only what these integrations have; left out: everything. */
  readonly only?: ReadonlySet<string>;
  /** none: a rate limit that would have to be waited for is what stands in the way. */
  readonly patience?: "none";
}

/**
 * Compares everything that testx has set up or adopted with what is there now. Sends no write,
 * records nothing and takes no lock. A thing that cannot be looked at is reported, not thrown.
 */
export async function drift(deps: DriftDeps, options: DriftOptions = {}): Promise<DriftReport> {
  const { engine } = forRun(deps, "drift");
  const sessions = new Sessions(engine, options.patience);
  const operations = deps.journal.operations("undoable");
  const targetOf = targetsIn(deps.journal);
  const ours = new Map(deps.sequence?.steps.map((spec) => [spec.id, spec]));
  const { only } = options;
  const all = inOrder(deps.journal.receipts(), deps.sequence).filter(
    ({ step }) => only === undefined || only.has(integrationOf(step)),
  );
  const steps = await Promise.all(
    all.map(async (receipt) => {
      const spec = ours.get(receipt.step);
      const ignore = joinIgnores(spec?.ignore, options.ignore?.get(receipt.step));
      const target = targetOf(receipt);
      const found: Found =
        ignore === true
          ? { status: "ignored" }
          : target === undefined
            ? { status: "unreachable", failure: nowhere(receipt) }
            : await compare(engine, sessions, receipt, target, ignore);
      return itemOf(receipt, spec !== undefined, found);
    }),
  );
  const counts = { unchanged: 0, changed: 0, deleted: 0, unreachable: 0, ignored: 0 };
  for (const { status } of steps) counts[status]++;
  const open = operations.filter(({ state }) => state === "open");
  return {
    drift: counts.changed + counts.deleted > 0,
    counts,
    steps,
    unsettled: open.map(({ intent }) => intent.title),
  };
}

/** Where to look at what a receipt tells of, as far as the journal says. */
export function targetsIn(
  journal: Pick<JournalStore, "operations">,
): (receipt: Receipt) => Target | undefined {
  const operations = journal.operations("undoable");
  const targets = new Map(operations.map(({ op, intent }) => [op, intent.target]));
  return ({ target, op = "" }) => target ?? targets.get(op);
}

function nowhere({ title }: Receipt): Failure {
  return failure("RECEIPT_INCOMPLETE", `The journal does not say where ${title} is.`);
}

type Found = Partial<Pick<DriftItem, "changes" | "ignored" | "failure">> & {
  readonly status: DriftStatus;
};

function itemOf(receipt: Receipt, inSequence: boolean, found: Found): DriftItem {
  const { step, kind, title, origin, run, at, state } = receipt;
  return {
    ...{ step, integration: integrationOf(step), kind, title, origin, run, at },
    inSequence,
    changes: [],
    ignored: [],
    ...found,
    ...(typeof state.url === "string" ? { url: state.url } : {}),
  };
}

async function compare(
  deps: EngineDeps,
  sessions: Sessions,
  receipt: Receipt,
  target: Target,
  ignore: Ignore | undefined,
): Promise<Found> {
  try {
    const session = await sessions.session(target.integration, target.provider, target.config);
    const kind = kindOf(session.provider, target.kind);
    const input = await revive(kind, target.input, deps);
    // With an operation: what is there is to be told, not judged as before a first write.
    const about = {
      ...{ step: receipt.step, receipt: receipt.state, operation: receipt.op ?? "drift" },
      compares: true as const,
    };
    // No wait for what was made a moment ago: it was seen when it was read back.
    const now: JsonObject | undefined = await sessions.work(session, "read", about, (call) =>
      kind.read(session.client, input, call),
    );
    if (now === undefined) return { status: "deleted" };
    const fields = differing(receipt.state, now).filter((field) => field !== link);
    const asked = new Set(
      fields.length === 0 ? [] : kind.changes(input, now, deps).map(({ field }) => field),
    );
    const changes = fields
      .filter((field) => !ignores(ignore, field))
      .map((field): DriftChange => {
        const [from, to] = [receipt.state[field], now[field]];
        return {
          field,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          asked: asked.has(field),
        };
      });
    return {
      status: changes.length > 0 ? "changed" : "unchanged",
      changes,
      ignored: fields.filter((field) => ignores(ignore, field)),
    };
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    deps.stop.throwIfAborted();
    return { status: "unreachable", failure: error.failure };
  }
}

/** As the sequence has them; behind them what it does not name, oldest first. */
function inOrder(
  receipts: ReadonlyMap<StepId, Receipt>,
  sequence: Sequence | undefined,
): Receipt[] {
  const named = (sequence?.steps ?? []).flatMap(({ id }) => receipts.get(id) ?? []);
  const known = new Set(named.map(({ step }) => step));
  const others = [...receipts.values()].filter(({ step }) => !known.has(step));
  return [...named, ...others.sort((a, b) => a.at - b.at)];
}
