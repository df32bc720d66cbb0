import { equal, type Json, type JsonObject } from "../../src/core/json.ts";
import type {
  Environment,
  KindSample,
  ProviderSamples,
  SampleInput,
} from "../../src/testing/samples.ts";

/** Numbers that stand for references where a sample asks for a number. */
const firstNumber = 770_001;

/**
 * The inputs of a provider's samples as steps of one integration. What a sample takes from the
 * receipts of what it needs becomes a reference, so that a plan has to do without it.
 */
export function stepsOf(
  integration: string,
  samples: ProviderSamples,
  names: readonly string[],
  environment: Environment,
  pick: (name: string, sample: KindSample) => SampleInput = (_, { input }) => input,
): JsonObject {
  const steps: Record<string, JsonObject> = {};
  for (const name of names) {
    const sample = samples.kinds[name] as KindSample;
    /** Names of steps by what the sample calls them. */
    const needed = new Map<string, string>();
    for (const need of sample.needs ?? []) {
      const step = stepOf(need.kind, need.input);
      // Several samples may need the same thing; only one step may make it.
      const known = Object.keys(steps).find((other) => equal(steps[other], step));
      needed.set(need.name, known ?? `${name}-${need.name}`);
      steps[known ?? `${name}-${need.name}`] = step;
    }
    const dependsOn = [...needed.values()];
    const itself = stepOf(name, pick(name, sample));
    steps[`${name}-itself`] = dependsOn.length > 0 ? { ...itself, dependsOn } : itself;

    function stepOf(kind: string, input: SampleInput): JsonObject {
      const numbers: string[] = [];
      const receipts = new Proxy({} as Record<string, JsonObject>, {
        get: (_, need: string) =>
          new Proxy({} as JsonObject, {
            get: (_target, field: string) =>
              reference(`\${${integration}.${needed.get(need)}.${field}}`, numbers),
          }),
      });
      const raw = typeof input === "function" ? input({ environment, receipts }) : input;
      return { kind, with: settled(raw, numbers) };
    }
  }
  return steps;
}

/** The reference as text; where a number is made of it, a number that can be told again. */
function reference(text: string, numbers: string[]) {
  return {
    toJSON: () => text,
    toString: () => text,
    [Symbol.toPrimitive]: (hint: string) =>
      hint === "number" ? firstNumber + numbers.push(text) - 1 : text,
  } as unknown as Json;
}

function settled(raw: JsonObject, numbers: readonly string[]): JsonObject {
  return JSON.parse(JSON.stringify(raw), (_key, value) => {
    const isNumber = typeof value === "number" && value >= firstNumber;
    if (isNumber && value < firstNumber + numbers.length) return numbers[value - firstNumber];
    const variable = Object.keys(canaries).find((name) => canaries[name] === value);
    return variable === undefined ? value : `\${env.${variable}}`;
  });
}

/** Values of secret fields in the samples, which no configuration may hold, by variable. */
export const canaries: Readonly<Record<string, string>> = {
  CANARY_ONE: "canary-secret-one",
  CANARY_TWO: "canary-secret-two",
  CANARY_HOOK: "canary-hook-secret",
};

export function sequenceOf(
  providers: Readonly<Record<string, { config: JsonObject; steps: JsonObject }>>,
): object {
  return {
    version: 1,
    integrations: Object.fromEntries(
      Object.entries(providers).map(([id, { config, steps }]) => [
        id,
        { provider: id, required: true, with: config, steps },
      ]),
    ),
  };
}

export function configOf({ config }: ProviderSamples, environment: Environment): JsonObject {
  return typeof config === "function" ? config(environment) : config;
}
