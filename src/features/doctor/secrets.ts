import { catalogue } from "../../core/catalogue/catalogue.ts";
import { type CheckId, type Finding, findingOf } from "../../core/diagnosis.ts";
import type { Failure } from "../../core/failure.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

export function secretsCheckId(integration: string): CheckId {
  return `secrets.${integration}`;
}

interface SecretDeps extends Pick<DoctorDeps, "cwd" | "files" | "git" | "sandbox" | "secrets"> {
  /** What an integration lacks, a failure for each thing; sends nothing. */
  missing(integration: string): Promise<readonly Failure[]>;
}

/** Present, of the right kind, and not lying about. */
export function secretChecks(config: LoadedConfig, deps: SecretDeps): Check[] {
  const { integrations } = config.sequence;
  const present = integrations.map(
    ({ id }): Check => ({
      id: secretsCheckId(id),
      title: `what ${id} needs`,
      async run() {
        const problems = await deps.missing(id);
        return {
          evidence: problems.length === 0 ? ["everything is set"] : [],
          findings: problems.map((failure) => {
            const { env, variable } = failure.details ?? {};
            const about = String(env ?? variable ?? id);
            return findingOf(secretsCheckId(id), failure, catalogue[failure.code], { about });
          }),
        };
      },
    }),
  );
  if (deps.sandbox) return present;
  return [
    ...present,
    { id: "secrets.committed", title: "secrets in git", run: () => committed(config, deps) },
    { id: "secrets.files", title: "files with secrets", run: async () => readable(config, deps) },
  ];
}

async function committed(config: LoadedConfig, { cwd, git, secrets }: SecretDeps) {
  const root = await git.root(cwd);
  if (root === undefined) return { evidence: ["no git repository"], findings: [] };
  const known = [...secrets(config)].filter(([, value]) => value.length >= 8);
  const found = await git.holding(
    root,
    known.map(([, value]) => value),
  );
  const findings = found.map(({ file, text }): Finding => {
    const [name = ""] = known[text] ?? [];
    return {
      ...{ code: "SECRET_IN_GIT", severity: "error", check: "secrets.committed", about: file },
      what: `${file} holds the value of ${name}, and git tracks it.`,
      evidence: [`found in the working tree of ${root}`],
      fix: {
        text: `Make a new ${name}, since this one is known to whoever has the repository; take it out of ${file}, and put the file's name into .gitignore.`,
      },
    };
  });
  return { evidence: [`${known.length} values looked for`], findings };
}

/** Files that the configuration reads secrets from, and `.env`. */
function readable(config: LoadedConfig, { cwd, files }: SecretDeps) {
  const named = config.sequence.integrations.flatMap(({ settings }) =>
    (settings.credentials ?? []).flatMap((source) => ("file" in source ? [source.file] : [])),
  );
  const all = [...new Set([...named, `${cwd}/.env`, `${cwd}/.env.local`])];
  const seen = all.flatMap((path) => files.look(path) ?? []);
  const open = seen.filter(({ kind, mode }) => kind === "file" && (mode & 0o077) !== 0);
  return {
    evidence: seen.map(({ path, mode }) => `${path}, mode 0${mode.toString(8)}`),
    findings: open.map(
      ({ path, mode }): Finding => ({
        ...{ code: "SECRET_FILE_OPEN", severity: "warning", check: "secrets.files", about: path },
        what: `Others on this machine may read ${path}.`,
        evidence: [`mode 0${mode.toString(8)}`],
        fix: {
          text: "Take their rights away.",
          command: `chmod 600 ${path}`,
          remedy: "permissions",
        },
      }),
    ),
  };
}
