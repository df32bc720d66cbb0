import { inspect } from "node:util";
import { createRedactor } from "../core/redact.ts";
import { ensure } from "./assert.ts";
import type { Subject } from "./bench.ts";

/** Throws when a secret of the environment is anywhere in a value that people may get to see. */
export function ensureNoSecret(
  { provider }: Subject,
  environment: Readonly<Record<string, string>>,
  value: unknown,
  where: string,
): void {
  const secrets = provider.secrets.flatMap(({ env }) => environment[env] ?? []);
  const redactor = createRedactor(secrets);
  for (const [form, text] of Object.entries(forms(value))) {
    ensure(redactor.text(text) === text, `a secret is in ${form} of ${where}`);
  }
}

/** Every way in which an error comes to be printed or stored. */
function forms(value: unknown): Record<string, string> {
  const error = value instanceof Error ? value : undefined;
  return {
    "the message": String(error?.message ?? value),
    "the stack": String(error?.stack ?? ""),
    "util.inspect": inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON: json(value),
  };
}

/** All own fields, also those that JSON leaves out of an error; cycles are cut. */
function json(value: unknown): string {
  const seen = new Set<object>();
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "bigint") return String(inner);
    if (typeof inner !== "object" || inner === null) return inner;
    if (seen.has(inner)) return "[seen]";
    seen.add(inner);
    if (!(inner instanceof Error)) return inner;
    const fields = Object.getOwnPropertyNames(inner).map((name) => [
      name,
      (inner as unknown as Record<string, unknown>)[name],
    ]);
    return Object.fromEntries(fields);
  });
  return text ?? "";
}
