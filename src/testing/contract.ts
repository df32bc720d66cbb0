import { catalogue } from "../core/catalogue/catalogue.ts";
import type { AnyKind, AnyProvider } from "../core/provider.ts";
import { providerMistakes } from "../core/validate/provider.ts";
import type { ContractAccount } from "./account.ts";
import { applying } from "./applying.ts";
import type { Subject } from "./bench.ts";
import { declaredByKind, declaredByProvider } from "./declaring.ts";
import { health } from "./health.ts";
import { hostile } from "./hostile.ts";
import type { Property } from "./property.ts";
import { resuming } from "./resuming.ts";
import type { KindSample, ProviderSamples } from "./samples.ts";
import { stopping } from "./stopping.ts";
import { undoing } from "./undoing.ts";

/** What is tried, with what, and where. */
export interface ContractOptions {
  /** What `defineProvider` gave. */
  readonly provider: AnyProvider;
  /** Inputs for each of its kinds. */
  readonly samples: ProviderSamples;
  /**
   * An account in its initial state, and nobody else's while it is open; properties open several.
   * For example `() => startSandbox({ services: [service] })`.
   */
  open(): Promise<ContractAccount>;
  /** Codes that `classify` may give besides those of testx's own catalogue. */
  readonly codes?: Iterable<string>;
  /** How tests are declared; left out: the globals of that name (vitest, jest, mocha, node:test). */
  readonly describe?: (name: string, body: () => void) => void;
  /** See `describe`. */
  readonly it?: (name: string, body: () => Promise<void>) => void;
}

/** What each kind has to keep. */
export const kindProperties: readonly Property[] = [
  ...applying,
  ...undoing,
  ...stopping,
  ...hostile,
  ...resuming,
  declaredByKind,
];

/** What the provider as a whole has to keep. */
export const providerProperties: readonly Property[] = [...health, declaredByProvider];

/**
 * Declares the tests that every provider has to pass: for each kind what reading, applying and
 * undoing promise, also under faults, and for the provider its health check. Real calls go
 * through testx's gateway to the account.
 */
export function providerContract(options: ContractOptions): void {
  const { describe, it } = framework(options);
  const { provider } = options;
  describe(`provider ${provider.id}`, () => {
    it("has all its parts, a sample of each of its kinds, and kinds named after it", async () => {
      const [mistake] = providerMistakes(provider, provider.id);
      if (mistake !== undefined) throw new Error(mistake);
      for (const name of Object.keys(options.samples.kinds)) {
        if (provider.kinds[name] === undefined)
          throw new Error(`a sample of ${name}, no such kind`);
      }
      for (const name of Object.keys(provider.kinds)) {
        if (options.samples.kinds[name] === undefined) throw new Error(`no sample of ${name}`);
        const { kind } = provider.kinds[name] as AnyKind;
        if (kind !== `${provider.id}.${name}`) throw new Error(`${name} is called ${kind}`);
      }
    });
    const any = Object.keys(options.samples.kinds)[0];
    for (const property of any === undefined ? [] : providerProperties) {
      declare(it, property, subjectOf(options, any as string));
    }
    for (const name of Object.keys(options.samples.kinds)) {
      describe(`${provider.id}.${name}`, () => {
        for (const property of kindProperties) declare(it, property, subjectOf(options, name));
      });
    }
  });
}

export function subjectOf(options: ContractOptions, name: string): Subject {
  const { provider, samples } = options;
  return {
    provider,
    samples,
    name,
    kind: provider.kinds[name] as AnyKind,
    sample: samples.kinds[name] as KindSample,
    codes: new Set([...Object.keys(catalogue), ...(options.codes ?? [])]),
    open: () => options.open(),
  };
}

function declare(
  it: NonNullable<ContractOptions["it"]>,
  property: Property,
  subject: Subject,
): void {
  if (subject.kind === undefined || property.exempt?.(subject) !== undefined) return;
  it(property.name, () => property.check(subject));
}

function framework(options: ContractOptions): Required<Pick<ContractOptions, "describe" | "it">> {
  const globals = globalThis as Pick<ContractOptions, "describe" | "it">;
  const describe = options.describe ?? globals.describe;
  const it = options.it ?? globals.it;
  if (describe === undefined || it === undefined) {
    throw new Error("providerContract needs `describe` and `it`, as globals or as options");
  }
  return { describe, it };
}
