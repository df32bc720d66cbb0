import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { UserPolicy } from "../../core/user-policy.ts";
import { type Finding, near } from "../../core/validate/problem.ts";
import type { ProjectFile } from "./project.ts";

export interface PoliciesFound {
  /** The settings without them: functions are no part of what schemas describe. */
  readonly settings: ProjectFile | undefined;
  readonly policies: readonly UserPolicy[];
  /** What is wrong with them. */
  check(integrations: readonly string[]): Finding[];
}

const fields = ["name", "stage", "order", "integrations", "operations", "policy"];

/** Whether settings of this name are a program, and not data. */
export function isCode(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

/**
 * Takes the user's policies out of the settings. Only a file that is code can hold any: in JSON and
 * YAML the key is as unknown as others.
 */
export function takePolicies(settings: ProjectFile | undefined): PoliciesFound {
  const { value } = settings ?? {};
  if (
    settings === undefined ||
    !isCode(settings.path) ||
    !isObject(value) ||
    value.policies === undefined
  ) {
    return { settings, policies: [], check: () => [] };
  }
  const { policies, ...rest } = value as JsonObject & { policies: unknown };
  return {
    settings: { ...settings, value: rest },
    policies: Array.isArray(policies) ? (policies as UserPolicy[]) : [],
    check: (integrations) =>
      Array.isArray(policies)
        ? policies.flatMap((policy, at) => mistakes(policy, at, policies, integrations))
        : [finding([], "CONFIG_WRONG_TYPE", "policies is a list of what definePolicy gives.")],
  };
}

function finding(path: Finding["path"], code: string, message: string, suggestion?: string) {
  return { code, message, path: ["policies", ...path], ...(suggestion && { suggestion }) };
}

function mistakes(
  policy: unknown,
  at: number,
  all: readonly unknown[],
  integrations: readonly string[],
): Finding[] {
  if (!isObject(policy)) {
    const message = `The policy at place ${at + 1} is not what definePolicy gives.`;
    return [finding([at], "CONFIG_WRONG_TYPE", message)];
  }
  const { name, stage, order, operations } = policy as Partial<Record<string, Json>>;
  const called = typeof name === "string" ? `policy "${name}"` : `policy at place ${at + 1}`;
  const found: Finding[] = [];
  const wrong = (field: string, message: string, suggestion?: string): void => {
    found.push(finding([at, field], "CONFIG_BAD_VALUE", `The ${called}: ${message}`, suggestion));
  };
  if (typeof name !== "string" || !/^[A-Za-z][\w-]{0,63}$/.test(name)) {
    wrong("name", "name is letters, digits, - and _, and begins with a letter.");
  } else if (all.findIndex((other) => isObject(other) && other.name === name) < at) {
    wrong("name", "there is another one of this name.");
  }
  if (stage !== "call" && stage !== "attempt") wrong("stage", 'stage is "call" or "attempt".');
  if (order !== undefined && !Number.isFinite(order)) wrong("order", "order is a number.");
  if (typeof policy.policy !== "function") {
    wrong("policy", "policy is a function: (next) => async (url, init, info) => reply.");
  }
  if (operations !== undefined && !areNames(operations)) {
    wrong("operations", "operations is a list of patterns, such as chat.* or POST /repos/*.");
  }
  const own = policy.integrations;
  if (own !== undefined && !areNames(own)) {
    wrong("integrations", "integrations is a list of names of integrations.");
  } else {
    for (const id of (own ?? []) as readonly string[]) {
      if (integrations.includes(id)) continue;
      const message = `The ${called}: the sequence has no integration "${id}".`;
      const place = [at, "integrations"];
      const meant = near([], id, integrations);
      found.push(finding(place, "CONFIG_UNKNOWN_INTEGRATION", message, meant));
    }
  }
  for (const key of Object.keys(policy)) {
    if (fields.includes(key)) continue;
    const message = `The ${called} has no setting "${key}". There are ${fields.join(", ")}.`;
    found.push(finding([at, key], "CONFIG_UNKNOWN_KEY", message, near([], key, fields)));
  }
  return found;
}

function areNames(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => item && typeof item === "string")
  );
}
