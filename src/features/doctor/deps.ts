import type { Clock, Held, JournalStore, Memo } from "../../core/ports.ts";
import type { FileProbe, GitProbe, NetworkProbe } from "../../core/probes.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import type { KeptAnswers } from "../cache.ts";
import type { FeatureDeps } from "../deps.ts";

/** The process and the machine that testx runs on. */
export interface RuntimeFacts {
  readonly node: string;
  /** The oldest major version that will do. */
  readonly needed: number;
  readonly testx: string;
  readonly platform: string;
  readonly arch: string;
  /** Of what testx needs, what the options of Node.js have taken away, in a sentence each. */
  limits(): readonly string[];
  /** Of standard error, in words: `80 columns, colors, Unicode`; or what it is instead. */
  readonly terminal: string;
}

/** What doctor is given. It opens nothing by itself, and nothing before a check asks for it. */
export interface DoctorDeps {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly runtime: RuntimeFacts;
  /** The state folder, absolute. */
  readonly folder: string;
  /** Whether the services are the local stand-ins, whose secrets are made up. */
  readonly sandbox: boolean;
  /** Where testx was started. */
  readonly cwd: string;
  env(name: string): string | undefined;
  /** The names of the environment's variables. */
  readonly variables: readonly string[];
  /** Who holds the lock of the state folder; `undefined`: nobody. */
  holder(): Held | undefined;
  readonly files: FileProbe;
  readonly git: GitProbe;
  readonly network: NetworkProbe;
  /** Throws what is wrong with the configuration. */
  config(): Promise<LoadedConfig>;
  /** Throws what is wrong with `state.db`. */
  journal(): JournalStore;
  /** Whether a text holds certificates, and nothing that only looks like one. */
  isCertificates(pem: string): boolean;
  /** What is wrong with an SQLite file; `undefined`: nothing, or there is none. */
  damage(file: string): string | undefined;
  /** What is written to it is kept for as long as doctor works. */
  readonly memo: Memo;
  /** The store of the cache; `undefined`: there is none yet. Throws TestxError CACHE_UNAVAILABLE. */
  answers(config: LoadedConfig): Promise<KeptAnswers | undefined>;
  /** The secret values that the configuration's providers take, by the name of their source. */
  secrets(config: LoadedConfig): ReadonlyMap<string, string>;
  /** Opens what reaches the services. */
  services(config: LoadedConfig): Promise<FeatureDeps>;
}
