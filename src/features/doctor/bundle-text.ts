import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { createRedactor } from "../../core/redact.ts";

/** Switches of testx and of Node.js; of all others it is enough to know that they are set. */
const plain =
  /^(TESTX_|INTEGRATION_|OFFLINE_|CACHED_|LOCAL_STORAGE_|NODE_|CI$|TERM$|LANG$|LC_|NO_COLOR$|FORCE_COLOR$|GITHUB_REPOSITORY$|NOTION_PARENT_PAGE_ID$)|^(SLACK|NOTION|GITHUB)_API_URL$|_HEALTH_CHECK_URL$|_PROXY$|_proxy$/;
const secretName = /token|secret|password|passwd|credential|authorization|api_?key|private/i;

export interface Variables {
  /** All of the environment, by name. */
  readonly variables: readonly string[];
  env(name: string): string | undefined;
}

/** One line a variable. `secret`: those that the configuration takes secrets from. */
export function environmentText(
  { variables, env }: Variables,
  secret: ReadonlySet<string>,
): string {
  return variables
    .toSorted()
    .flatMap((name) => {
      const value = env(name);
      if (value === undefined) return [];
      return isPlain(name) && !secret.has(name)
        ? [`${name}=${withoutUser(name, value)}\n`]
        : [`${name} is set\n`];
    })
    .join("");
}

function isPlain(name: string): boolean {
  return plain.test(name) && !secretName.test(name);
}

/** Who logs in at a proxy; one with a scheme is an address like any other. */
function withoutUser(name: string, value: string): string {
  return /_proxy$/i.test(name) && !value.includes("://") ? value.replace(/^.*@/s, "***@") : value;
}

/** What stands under a name that tells of a secret is masked, references left in place. */
export function masked(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => masked(name, item));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, item]) => [key, masked(key, item)]),
    );
  }
  const known = typeof value !== "string" || /^(set|not set|\$\{[\w.-]+\})$/.test(value);
  return !known && secretName.test(name) ? "***" : value;
}

/** As `masked`, of a value by its path: `integrations.slack.credentials`. */
export function maskedAt(path: string, value: Json): Json {
  return secretName.test(path) ? masked("", value) : value;
}

/**
 * Takes out what the configuration has from variables that are not shown: journal and log hold
 * their values. `texts`: the configuration's files.
 */
export function variableMask(texts: readonly string[], { env }: Variables) {
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\$\{env\.(\w+)/g)].map(([, name = ""]) => name),
  );
  const hidden = named.filter((name) => !isPlain(name));
  return createRedactor(hidden.flatMap((name) => env(name) ?? [])).text;
}

/**
 * Of every address only where it leads: whoever knows a webhook's path may use it, and nobody can
 * tell it from another. References stay.
 */
export function withoutPaths(text: string): string {
  return text.replace(
    /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/"'\\<>]*@)?([^\s/?#"'\\<>]*)([^\s"'\\<>]*)/gi,
    (_, scheme: string, host: string, rest: string) => scheme + host + pathText(rest),
  );
}

function pathText(rest: string): string {
  return rest.replace(/\$\{[^{}]*\}|(?:(?!\$\{).)+/g, (part) => {
    if (part.startsWith("${") || part === "/") return part;
    return part.startsWith("/") ? "/…" : "…";
  });
}
