import type { Json, JsonObject } from "../core/json.ts";
import type { Outputs } from "../core/results.ts";

/** `SLACK_CHANNEL_ID` and `C1` for each single value of the receipts. */
export function flatten(outputs: Outputs): [string, string][] {
  const found: [string, string][] = [];
  const visit = (name: string, value: Json): void => {
    if (value === null) return;
    if (Array.isArray(value)) found.push([name, JSON.stringify(value)]);
    else if (typeof value === "object") {
      for (const [key, item] of Object.entries(value)) visit(`${name}_${key}`, item);
    } else found.push([name, String(value)]);
  };
  for (const [step, receipt] of Object.entries(outputs)) visit(step, receipt);
  return unique(found.map(([name, value]) => [variable(name), value]));
}

function variable(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  const safe = words.replace(/[^A-Z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

/** `a-b` and `a_b` give one name: the later ones get a number. */
function unique(pairs: readonly [string, string][]): [string, string][] {
  const seen = new Map<string, number>();
  return pairs.map(([name, value]) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return [times === 1 ? name : `${name}_${times}`, value];
  });
}

/** Lines for `eval` in a POSIX shell and for `.env` files. */
export function envLines(outputs: Outputs): string[] {
  return flatten(outputs).map(([name, value]) => envText(name, value));
}

/** Quoted so that a shell expands nothing in it. */
export function envText(name: string, value: string): string {
  const plain = /^[A-Za-z0-9_./:@%+=,-]*$/.test(value);
  return `${name}=${plain ? value : `'${value.replaceAll("'", "'\\''")}'`}`;
}

/**
 * For `>> "$GITHUB_OUTPUT"`. A value of several lines is framed by a delimiter that does not
 * occur in it.
 */
export function githubLines(outputs: Outputs): string[] {
  return flatten(outputs).flatMap(([name, value]) => {
    const key = name.toLowerCase();
    if (!/[\r\n]/.test(value)) return [`${key}=${value}`];
    let mark = "TESTX_END";
    while (value.includes(mark)) mark += "_";
    return [`${key}<<${mark}`, ...value.split(/\r\n|\r|\n/), mark];
  });
}

export function outputsJson(outputs: Outputs): JsonObject {
  return { ...outputs };
}
