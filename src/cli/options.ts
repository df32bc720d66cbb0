import type { LogLevel } from "../core/log.ts";

/** What every command understands, before and after its name. */
export interface GlobalOptions {
  readonly json: boolean;
  /** Folder or file, as given. */
  readonly config?: string;
  /** State folder, as given. */
  readonly state?: string;
  /** False with `--no-color`; otherwise the terminal and the environment decide. */
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly sandbox: boolean;
  /** File to append to, as given. */
  readonly log?: string;
  readonly logLevel?: LogLevel;
}

export type CiSystem = "github" | "gitlab";
export const ciSystems: readonly CiSystem[] = ["github", "gitlab"];
export type OutputsFormat = "env" | "json" | "github";
export type GraphFormat = "tree" | "mermaid" | "dot" | "json";
export type Shell = "bash" | "zsh" | "fish";
export type SchemaFile = "sequence" | "health" | "retry" | "fallback" | "project" | "scenarios";
export const schemaFiles: readonly SchemaFile[] = [
  "sequence",
  "health",
  "retry",
  "fallback",
  "project",
  "scenarios",
];
export const outputsFormats: readonly OutputsFormat[] = ["env", "json", "github"];
export const graphFormats: readonly GraphFormat[] = ["tree", "mermaid", "dot", "json"];
export const shells: readonly Shell[] = ["bash", "zsh", "fish"];

export interface CommandOptions {
  readonly setup: {
    /** How long to wait for another run, in ms. */
    readonly wait?: number;
    /** File of a saved plan, as given. */
    readonly plan?: string;
    /** Steps, or `all`. */
    readonly adopt?: readonly string[];
    readonly offline?: true;
  };
  readonly sync: {
    readonly watch: boolean;
    /** As for setup. */
    readonly wait?: number;
    readonly adopt?: readonly string[];
  };
  readonly "deferred list": Record<never, never>;
  readonly "deferred show": { readonly name: string };
  /** Left out: all that are given up. */
  readonly "deferred retry": { readonly name?: string };
  readonly "deferred discard": { readonly name: string };
  readonly plan: {
    readonly exitCode: boolean;
    readonly calls: boolean;
    /** File to save it in, as given. */
    readonly out?: string;
    readonly offline?: true;
  };
  readonly rollback: {
    readonly list: boolean;
    readonly run?: string;
    readonly to?: string;
    readonly dryRun: boolean;
    /** As for setup. */
    readonly wait?: number;
  };
  readonly drift: {
    readonly exitCode: boolean;
    /** `integration.step` or `integration.step.field`, as given. */
    readonly ignore: readonly string[];
    readonly offline?: true;
  };
  readonly health: {
    /** Integrations; none: all of them. */
    readonly names: readonly string[];
    readonly fresh: boolean;
    readonly offline?: true;
  };
  readonly status: { readonly watch: boolean };
  readonly metrics: {
    readonly names: readonly string[];
    /** How far back, in ms. */
    readonly since: number;
    readonly prometheus: boolean;
  };
  readonly dashboard: Record<never, never>;
  readonly history: { readonly limit: number };
  readonly "history show": { readonly run: string };
  readonly breakers: Record<never, never>;
  /** Without a name: all of them. */
  readonly "breakers reset": { readonly name?: string };
  readonly "breakers open": {
    readonly name: string;
    /** For how long, in ms. */
    readonly for?: number;
  };
  readonly "breakers close": { readonly name: string };
  readonly "cache stats": Record<never, never>;
  readonly "cache list": { readonly integration?: string; readonly kind?: string };
  readonly "cache clear": { readonly integration?: string; readonly kind?: string };
  readonly "cache warm": Record<never, never>;
  readonly outputs: { readonly format: OutputsFormat };
  readonly list: Record<never, never>;
  readonly graph: { readonly format: GraphFormat };
  readonly "config show": { readonly origin: boolean };
  readonly "config validate": Record<never, never>;
  readonly "config schema": { readonly file: SchemaFile };
  readonly "sandbox start": { readonly port: number; readonly seed?: string };
  readonly "sandbox reset": Record<never, never>;
  readonly simulate: {
    /** Scenarios; none: all of them. */
    readonly names: readonly string[];
    readonly filter?: string;
    readonly list: boolean;
    readonly bail: boolean;
    readonly seed: number;
    readonly realTime: boolean;
    /** How many at once; left out: as many as there are cores. */
    readonly jobs?: number;
    /** Files to write, as given. */
    readonly junit?: string;
    readonly markdown?: string;
    /** How many random outages. */
    readonly explore?: number;
    /** Write a job for this system, in place of playing. */
    readonly initCi?: CiSystem;
    readonly force: boolean;
  };
  /** Integrations; none: everything. */
  readonly doctor: {
    readonly integrations: readonly string[];
    readonly fix: boolean;
    readonly yes: boolean;
    /** File to write, as given. */
    readonly bundle?: string;
  };
  readonly explain: { readonly code?: string; readonly list: boolean };
  readonly completion: { readonly shell: Shell };
  readonly init: {
    readonly yes: boolean;
    readonly force: boolean;
    readonly dir: string;
    /** As they were typed: `init` knows which there are. */
    readonly services?: readonly string[];
  };
}

export type CommandName = keyof CommandOptions;

export type Invocation = {
  readonly [Name in CommandName]: {
    readonly command: Name;
    readonly options: CommandOptions[Name];
    readonly global: GlobalOptions;
  };
}[CommandName];
