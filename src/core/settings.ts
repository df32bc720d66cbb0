import type { Json } from "./json.ts";
import type { AnyProvider } from "./provider.ts";
import type { Sequence } from "./sequence.ts";
import type { UserPolicy } from "./user-policy.ts";

/** What holds for all integrations alike. */
export interface Switches {
  /** False: setup does nothing. `INTEGRATION_SEQUENCE_ENABLED` */
  readonly enabled: boolean;
  /** False: configured fallbacks are not used; required integrations fail, optional ones are skipped. */
  readonly fallbackEnabled: boolean;
  readonly offline: boolean;
  readonly cacheRetentionMs: number;
  /** Whether a store that cannot be opened may be replaced by memory. */
  readonly localStorageFallback: boolean;
  /**
   * Where the cache is kept: `sqlite:FILE`, `redis://…`, `memory:`. It may hold a password: never
   * shown. Left out: SQLite in the state folder. `TESTX_CACHE_URL`
   */
  readonly cacheUrl?: string;
}

/** Where an effective value came from. */
export type ValueOrigin =
  | { readonly kind: "default"; readonly note?: string }
  /** `line` and `column` count from 1; left out where a computed file does not tell. */
  | {
      readonly kind: "file";
      readonly file: string;
      readonly line?: number;
      readonly column?: number;
    }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "flag"; readonly name: string };

export interface EffectiveValue {
  /** `integrations.slack.retry.maxAttempts` */
  readonly path: string;
  /** As written, references in place; for a secret `set` or `not set`. */
  readonly value: Json;
  readonly origin: ValueOrigin;
  /** Environment variables that the value refers to, and whether they are set. */
  readonly variables?: readonly { readonly name: string; readonly set: boolean }[];
}

export interface ConfigFile {
  readonly role: "project" | "sequence" | "health" | "retry" | "fallback";
  /** As shown to people: relative to the working directory where it lies inside it. */
  readonly file: string;
  readonly found: boolean;
}

export interface LoadedConfig {
  /** The project's folder, absolute: `.testx` belongs there. */
  readonly project: string;
  /** The state folder that the project's settings name, absolute. */
  readonly state?: string;
  readonly sequence: Sequence;
  readonly switches: Switches;
  /** The providers that the sequence names, by id. */
  readonly providers: ReadonlyMap<string, AnyProvider>;
  readonly origins: readonly EffectiveValue[];
  readonly files: readonly ConfigFile[];
  /** Settings files of the project that are not read, as messages show them. */
  readonly unread?: () => readonly string[];
  /** The user's own policies for the gateway, from a settings file that is code. */
  readonly policies: readonly UserPolicy[];
  /** The providers there are, with those that the project's settings name. */
  readonly source: ProviderSource;
}

/** The providers there are; loading one imports its code. */
export interface ProviderSource {
  ids(): readonly string[];
  /** Those of them that testx has not built in. */
  own(): readonly string[];
  /** @throws TestxError PROVIDER_NOT_FOUND, PROVIDER_FAILED_TO_LOAD, PROVIDER_INVALID */
  load(id: string): Promise<AnyProvider>;
}

/** `file:line:column`, `env NAME`, `--flag` or `default`. */
export function originText(origin: ValueOrigin): string {
  switch (origin.kind) {
    case "default":
      return origin.note === undefined ? "default" : `default (${origin.note})`;
    case "environment":
      return `env ${origin.name}`;
    case "flag":
      return origin.name;
    case "file":
      return [origin.file, origin.line, origin.column]
        .filter((part) => part !== undefined)
        .join(":");
  }
}
