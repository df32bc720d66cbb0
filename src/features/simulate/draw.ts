import type { Random } from "../../core/ports.ts";
import type { Act, ActCommand, Outage, Scenario, Scope } from "../../core/scenario.ts";
import { seeded } from "../../core/seeded.ts";
import type { Subject } from "./library/make.ts";

const tales: readonly (readonly ActCommand[])[] = [
  ["setup"],
  ["setup", "setup"],
  ["setup", "rollback"],
  ["setup", "rollback", "setup"],
  ["setup", "setup", "rollback"],
];

/**
 * What is sure to be over when testx believes that it is: a service has five seconds to carry
 * out what was cut off, and to show what it has done, unless the configuration says otherwise.
 */
const soonMs = 4000;

/** A story with up to six faults, drawn from a seed: the same one each time. */
export function drawn({ sequence, calm }: Subject, seed: number): Scenario {
  const random = seeded(seed, "schedule");
  const pauses = seeded(seed, "pauses");
  const integrations = sequence.integrations.map(({ id }) => id);
  // Where there is more to lose more goes wrong.
  const places = [...integrations, ...Object.keys(calm.writes), ...Object.keys(calm.writes)];
  const story: (Act & { faults: NonNullable<Act["faults"]>[number][] })[] = pick(random, tales).map(
    (run) => ({ run, faults: [] }),
  );
  const many = 1 + Math.floor(random() * 6);
  let slow = false;
  for (let left = many; left > 0; left--) {
    const outage = outageFrom(random);
    // Delays add up, and a sum of them would be more than soon.
    if (outage.fault === "slow" && slow) continue;
    slow ||= outage.fault === "slow";
    pick(random, story).faults.push({ ...outage, ...scopeFrom(random, places) });
  }
  return {
    name: `explored-${seed}`,
    about: `Drawn from the seed ${seed}.`,
    seed,
    ...givenFrom(random),
    story: story.map(({ faults, ...act }, at) => ({
      ...act,
      // Nobody types so fast that a write of the command before is still on its way.
      ...(at === 0 ? {} : { afterMs: 2 * soonMs + Math.floor(pauses() * 120_000) }),
      ...(faults.length === 0 ? {} : { faults }),
    })),
  };
}

/** Most goes wrong with what is new; what is there already must come to no harm. */
function givenFrom(random: Random): Pick<Scenario, "given"> {
  const how = random();
  if (how < 0.15) return { given: "everything" };
  return how < 0.4 ? { given: "different" } : {};
}

function outageFrom(random: Random): Outage {
  const when = pick(random, ["before", "after"] as const);
  const applies = random() < 0.5;
  const ms = Math.floor(random() * soonMs);
  const outages: readonly Outage[] = [
    { fault: "refused" },
    { fault: "dns" },
    { fault: "tls" },
    { fault: "unreachable" },
    { fault: "reset", when },
    { fault: "reset", when: "after" },
    { fault: "stall", when: pick(random, ["headers", "body"] as const), applies },
    { fault: "slow", ms, jitterMs: Math.floor(random() * soonMs) },
    { fault: "truncate" },
    { fault: "garble" },
    { fault: "html", applies },
    { fault: "rate-limit", ...(applies ? { retryAfterSeconds: Math.ceil(ms / 200) } : {}) },
    // Not 404: a service that says so of what is there cannot be seen through.
    { fault: "status", status: pick(random, [500, 502, 503, 504, 409, 422] as const) },
    { fault: "revoked" },
    { fault: "scope-lost" },
    { fault: "redirect", status: pick(random, [301, 307] as const) },
    { fault: "clock-skew", ms: (ms - soonMs / 2) * 10_000 },
    { fault: "invisible", ms },
    { fault: "late", ms },
    { fault: "death", when },
  ];
  return pick(random, outages);
}

function scopeFrom(random: Random, places: readonly string[]): Scope {
  const scope: { -readonly [Key in keyof Scope]: Scope[Key] } = {};
  if (random() < 0.8) scope.integration = pick(random, places);
  if (random() < 0.7) scope.calls = random() < 0.75 ? "writes" : "reads";
  const how = random();
  if (how < 0.5) scope.nth = 1 + Math.floor(random() * 8);
  else if (how < 0.8) scope.probability = Math.round((0.1 + random() * 0.6) * 100) / 100;
  if (scope.nth !== undefined && random() < 0.4) scope.times = 1 + Math.floor(random() * 5);
  if (random() < 0.2) {
    scope.fromMs = Math.floor(random() * 3000);
    scope.untilMs = scope.fromMs + 100 + Math.floor(random() * 60_000);
  }
  return scope;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}
