import { TestxError } from "../core/failure.ts";
import type { ConfigFile, EffectiveValue, LoadedConfig } from "../core/settings.ts";
import { type Problem, problemsOf } from "../core/validate/problem.ts";

/** Reads the configuration; throws TestxError CONFIG_INVALID or CONFIG_NOT_FOUND. */
export type ReadConfig = () => Promise<LoadedConfig>;

export interface ConfigReport {
  readonly valid: boolean;
  readonly problems: readonly Problem[];
  readonly files: readonly ConfigFile[];
  readonly integrations: number;
  readonly steps: number;
}

/** `testx config validate`: every mistake, or what is there when there is none. */
export async function validateConfig(read: ReadConfig): Promise<ConfigReport> {
  try {
    const { sequence, files } = await read();
    return {
      valid: true,
      problems: [],
      files,
      integrations: sequence.integrations.length,
      steps: sequence.steps.length,
    };
  } catch (error) {
    const problems = error instanceof TestxError ? problemsOf(error.failure.details) : [];
    if (problems.length === 0) throw error;
    return { valid: false, problems, files: [], integrations: 0, steps: 0 };
  }
}

/** `testx config show`: the effective values, all or those below a path such as `integrations.slack`. */
export async function showConfig(read: ReadConfig, below?: string): Promise<EffectiveValue[]> {
  const { origins } = await read();
  if (below === undefined) return [...origins];
  return origins.filter(({ path }) => path === below || path.startsWith(`${below}.`));
}
