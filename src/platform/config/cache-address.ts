import * as z from "zod";
import { once } from "../../core/once.ts";
import { near } from "../../core/validate/problem.ts";

const schemes = ["memory", "sqlite", "redis", "rediss"];

/**
 * Why a text cannot be the address of a cache's store, as the end of a sentence that begins with
 * the address. References within it are taken as they are.
 */
export function cacheAddressProblem(text: string): string | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return `does not begin with ${list()}`;
  if (!schemes.includes(scheme)) {
    const meant = near([], scheme, schemes);
    return `begins with "${scheme}:" and not with ${meant === undefined ? list() : `"${meant}:"`}`;
  }
  const rest = text.slice(scheme.length + 1);
  if (scheme === "memory") return rest === "" ? undefined : "has something behind memory:";
  if (scheme === "sqlite") return rest === "" ? "names no file behind sqlite:" : undefined;
  const isWhole = rest.startsWith("//") && URL.canParse(text.replace(/\$\{[^{}]*\}/g, "x"));
  return isWhole ? undefined : `is not of the form ${scheme}://HOST:PORT`;
}

function list(): string {
  return schemes.map((scheme) => `${scheme}:`).join(", ");
}

export const cacheAddress = once(() =>
  z.string().superRefine((value, context) => {
    const problem = value.startsWith("${") ? undefined : cacheAddressProblem(value);
    if (problem !== undefined)
      context.addIssue({ code: "custom", message: `The address ${problem}` });
  }),
);
