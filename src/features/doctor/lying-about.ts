import type { Finding } from "../../core/diagnosis.ts";
import { type FileFacts, GitError } from "../../core/probes.ts";
import { quoted } from "../../core/quoted.ts";
import { isMountedSecret } from "../../core/secret-names.ts";
import type { CredentialSource } from "../../core/sequence.ts";
import type { LoadedConfig } from "../../core/settings.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";
import { foldersUpTo } from "./env-file.ts";
import { memoryIn } from "./folder.ts";

type Deps = Pick<DoctorDeps, "cwd" | "env" | "files" | "folder" | "git" | "secrets">;

/** Secrets where others may read them: in git, or in files that are open to everybody. */
export function lyingAbout(config: LoadedConfig, deps: Deps): Check[] {
  return [
    { id: "secrets.committed", title: "git", run: () => committed(config, deps) },
    { id: "secrets.files", title: "files", run: async () => readable(config, deps) },
  ];
}

/** Where secrets usually are kept. */
const usual = [".env", ".env.local", ".env.production", ".env.development"];

async function committed(config: LoadedConfig, deps: Deps) {
  const { cwd, git, files, secrets } = deps;
  const root = gitRoot(cwd, files);
  if (root === undefined) return { evidence: ["no git repository"], findings: [] };
  const known = [...secrets(config)].filter(([, value]) => value.length >= 8);
  const there = secretFiles(config, deps).filter((path) => files.look(path));
  const memory = memoryIn(deps);
  const values = known.map(([, value]) => value);
  const asked = await Promise.all([
    git.holding(root, values),
    git.tracked(root, there),
    git.tracked(root, memory),
  ]).catch((error: unknown) => {
    if (error instanceof GitError) return error;
    throw error;
  });
  if (asked instanceof GitError) return { evidence: [], findings: [notAsked(root, asked)] };
  const [found, tracked, remembered] = asked;
  const at = root === cwd ? "git" : `git -C ${quoted(root)}`;
  const base = { severity: "error", check: "secrets.committed" } as const;
  const findings = found.map(({ file, text }): Finding => {
    const [name = ""] = known[text] ?? [];
    return {
      ...{ ...base, code: "SECRET_IN_GIT", about: file },
      what: `${file} holds the value of ${name}, and git tracks it.`,
      evidence: [`in the working tree of ${root}`],
      fix: {
        text: `Make a new ${name}: this one is known to whoever has the repository. Take it out of ${file}, and put the file's name into .gitignore.`,
      },
    };
  });
  const told = new Set([...found.map(({ file }) => file), ...remembered]);
  if (remembered.length > 0) {
    const whole = memory.includes(deps.folder);
    const names = whole ? [deps.folder.slice(root.length + 1) || "."] : remembered;
    findings.push({
      ...{ ...base, code: "SECRET_IN_GIT", severity: "warning", about: `${names[0]}` },
      what: `Git tracks ${names.join(", ")}, testx's memory, which tells what your accounts hold.`,
      evidence: [`in the working tree of ${root}`],
      fix: {
        text: "Take it out of the repository, and put its name into .gitignore.",
        command: `${at} rm -r --cached ${names.map(quoted).join(" ")}`,
      },
    });
  }
  for (const file of tracked) {
    if (told.has(file)) continue;
    findings.push({
      ...{ ...base, code: "SECRET_IN_GIT", severity: "warning", about: file },
      what: `Git tracks ${file}, a file for secrets.`,
      evidence: [`in the working tree of ${root}`],
      fix: {
        text: "Put its name into .gitignore; what ever stood in it is known to whoever has the repository.",
        command: `${at} rm --cached ${quoted(file)}`,
      },
    });
  }
  return { evidence: [`${known.length} values looked for`], findings };
}

function notAsked(root: string, { message }: GitError): Finding {
  const dubious = /dubious ownership/.test(message);
  return {
    ...{ code: "GIT_NOT_ASKED", severity: "note", check: "secrets.committed", about: root },
    what: `Whether secrets are in the repository is not known: git could not be asked: ${message.replace(/\.$/, "")}.`,
    evidence: [`${root}/.git is there`],
    fix: dubious
      ? {
          text: "If you trust the repository, tell git so.",
          command: `git config --global --add safe.directory ${quoted(root)}`,
        }
      : { text: "Mend what git says, or install it, and run this again." },
  };
}

/** Looked for here, so that git is started only where there is something for it to do. */
function gitRoot(cwd: string, files: Deps["files"]): string | undefined {
  for (let folder = cwd; ; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    if (files.look(`${folder}/.git`) !== undefined) return folder;
    if (!folder.includes("/")) return undefined;
  }
}

/** Files that secrets are read from, absolute, and those that usually hold some. */
function secretFiles(config: LoadedConfig, { cwd, env }: Deps): string[] {
  const { sequence, providers, project } = config;
  const named = sequence.integrations.flatMap(({ settings }) =>
    (settings.credentials ?? []).flatMap(filesOf),
  );
  // Beside its variable every secret has one for a file.
  const byVariable = [...providers.values()].flatMap(({ secrets }) =>
    secrets.flatMap((secret) => env(`${secret.env}_FILE`) ?? []),
  );
  const home = env("HOME");
  const beside = foldersUpTo(project, cwd).flatMap((folder) =>
    usual.map((name) => `${folder}/${name}`),
  );
  const all = [...named, ...byVariable, ...beside].map((path) => absolute(path, cwd, home));
  return [...new Set(all)];
}

function readable(config: LoadedConfig, deps: Deps) {
  const { files } = deps;
  const seen = secretFiles(config, deps).flatMap((path) => files.look(path) ?? []);
  const open = seen.filter(
    ({ kind, mode, path }) => kind === "file" && (mode & 0o077) !== 0 && !isMountedSecret(path),
  );
  return {
    evidence: seen.length === 0 ? ["none"] : seen.map((one) => `${one.path}, mode ${octal(one)}`),
    findings: open.map(
      (one): Finding => ({
        ...{ code: "SECRET_FILE_OPEN", severity: "warning", check: "secrets.files" },
        about: one.path,
        what: `Others on this machine may read ${one.path}.`,
        evidence: [`mode ${octal(one)}`],
        fix: {
          text: "Take their rights away.",
          command: `chmod 600 ${quoted(one.path)}`,
          remedy: "permissions",
        },
        details: { paths: [one.path] },
      }),
    ),
  };
}

/** Those of an exchange's parts too. */
function filesOf(source: CredentialSource): string[] {
  if ("exchange" in source) return Object.values(source.secrets).flatMap(filesOf);
  return "file" in source ? [source.file] : [];
}

function absolute(path: string, cwd: string, home: string | undefined): string {
  if (path.startsWith("~/") && home !== undefined) return home + path.slice(1);
  return path.startsWith("/") ? path : `${cwd}/${path}`;
}

function octal({ mode }: FileFacts): string {
  return `0${mode.toString(8)}`;
}
