import { cacheSecrets } from "../../core/cache-url.ts";
import { resolve, scanReferences } from "../../core/references.ts";
import { settingsReference, unreadable } from "../../core/validate/references.ts";
import { cacheAddressProblem } from "./cache-address.ts";
import type { CheckedDocument } from "./checked.ts";
import type { Given } from "./environment.ts";
import type { Env } from "./inputs.ts";

const path = ["cache"];

/** The address of the cache in the project's settings, with the environment's values in place. */
export function cacheUrlOf(
  written: string | undefined,
  project: CheckedDocument,
  env: Env,
): Given | undefined {
  if (written === undefined) return undefined;
  const report = (code: string, message: string, secret?: true) =>
    project.findings.push({ code, message, path, ...(secret ? { secret } : {}) });
  const { references, broken } = scanReferences({ cache: written });
  const wrong = [
    ...broken.map((item) => unreadable([], item)),
    ...references.flatMap((reference) => settingsReference([], reference) ?? []),
  ];
  project.findings.push(...wrong);
  if (wrong.length > 0) return undefined;
  if (cacheSecrets(written.replace(/\$\{[^{}]*\}/g, "")).length > 0) {
    const message =
      "A password must not stand in the file: write ${env.NAME} in its place, or set TESTX_CACHE_URL.";
    report("CONFIG_SECRET_IN_FILE", message, true);
    return undefined;
  }
  const { value, missing } = resolve({ cache: written }, ([scope, name = ""]) =>
    scope === "env" ? (Object.hasOwn(env, name) && env[name]) || undefined : undefined,
  );
  const [variable] = missing;
  if (variable !== undefined) {
    report("CONFIG_BAD_VALUE", `${variable.parts[1]} is not set.`);
    return undefined;
  }
  const problem = cacheAddressProblem(String(value.cache));
  if (problem !== undefined) {
    const names = references.map(({ parts }) => parts[1]).join(", ");
    const message = `With the value of ${names} in place the address ${problem}.`;
    report("CONFIG_ENV_VALUE", message);
    return undefined;
  }
  return { value: String(value.cache), origin: project.document.origin(path) };
}
