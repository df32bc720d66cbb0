import type { Deferred } from "../core/deferred.ts";
import { failure, TestxError } from "../core/failure.ts";
import { equal, type JsonObject } from "../core/json.ts";
import { adopts } from "./conflict.ts";
import type { EngineDeps } from "./deps.ts";
import type { Observation } from "./observe.ts";
import { isOurs, type Sessions } from "./session.ts";

/**
 * Throws TestxError SYNC_CONFLICT where somebody else has made, changed or deleted what a write
 * was put off for: as compared with what was there then, and with what testx has done itself since, in
 * the fields that it would write.
 * What nobody had ever looked at is dealt with as by setup.
 */
export async function refuseMeanwhile(
  deps: EngineDeps,
  sessions: Sessions,
  { spec, session, kind, now, item }: Observation,
  { base, title }: Deferred,
  receipt: JsonObject | undefined,
): Promise<void> {
  if (base === undefined || item.action === "unchanged" || adopts(deps, spec.id)) return;
  if (base === null) {
    // Known by a receipt: an earlier attempt has made it.
    if (now === undefined || item.action !== "adopt") return;
    if (await isOurs(sessions, session, kind, { step: spec.id }, now)) return;
    throw meanwhile(`Somebody else made ${title}`, now);
  }
  // Without a receipt by now: testx has undone it itself.
  if (now === undefined && receipt === undefined) return;
  if (now === undefined) throw meanwhile(`Somebody deleted ${title}`, base);
  const changed = item.changes
    .map(({ field }) => field)
    .filter((field) => !equal(now[field], base[field]))
    .filter((field) => receipt === undefined || !equal(now[field], receipt[field]));
  if (changed.length > 0)
    throw meanwhile(`Somebody changed ${changed.join(", ")} of ${title}`, now);

  function meanwhile(what: string, { url }: JsonObject): TestxError {
    const command = `testx integrations sync --adopt ${spec.id}`;
    const where = typeof url === "string" ? ` (${url})` : "";
    const text = `${what}${where} while a write to it waited; it is left as it is. \`${command}\` writes all the same.`;
    return new TestxError(
      failure("SYNC_CONFLICT", text, {
        integration: spec.integration,
        details: { step: spec.id, command, ...(typeof url === "string" ? { url } : {}) },
      }),
    );
  }
}
