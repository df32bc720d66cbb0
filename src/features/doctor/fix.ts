import type { Diagnosis, Told } from "../../core/diagnosis.ts";
import { goesOnWith, type RunCommand } from "../../core/journal.ts";
import { withKey, withoutKey } from "../../core/json-edit.ts";
import type { FileProbe, Mender } from "../../core/probes.ts";

export interface FixDeps {
  readonly files: FileProbe;
  readonly mender: Mender;
  /** Absolute, of a file as the configuration's problems name it. */
  path(file: string): string;
  /** Whether it has done what it was to do. */
  run(command: RunCommand): Promise<boolean>;
}

/** One thing that would be done; nothing is until `apply` is called. */
export interface Cure {
  readonly code: string;
  readonly check: string;
  readonly about?: string;
  /** What is going to be done. */
  readonly text: string;
  /** Gives how to take it back; throws where it cannot be done. */
  apply(): Promise<string>;
  /** Where it did not help, and leaving it would be worse than before. */
  revert?(): void;
}

/** What `--fix` would do about a diagnosis, in the order in which it would do it. */
export function curesFor({ findings }: Pick<Diagnosis, "findings">, deps: FixDeps): Cure[] {
  const files = findings.flatMap((finding) => fileCures(finding, deps));
  const keys = keyCures(findings, deps);
  return [...files, ...keys, ...runCures(findings, deps)];
}

function about({ code, check, about: what }: Told) {
  return { code, check, ...(what === undefined ? {} : { about: what }) };
}

function pathsOf({ details }: Told): string[] {
  const paths = details?.paths;
  return Array.isArray(paths) ? paths.map(String) : [];
}

function fileCures(finding: Told, { files, mender }: FixDeps): Cure[] {
  const { remedy } = finding.fix;
  if (remedy === "permissions") {
    return pathsOf(finding).flatMap((path): Cure[] => {
      const found = files.look(path);
      if (found === undefined || !found.own) return [];
      const owner = found.kind === "folder" ? 0o700 : 0o600;
      const mode = (found.mode | owner) & (found.mode & 0o100 ? 0o700 : owner);
      const apply = async (): Promise<string> => {
        mender.chmod(path, mode);
        return `chmod ${octal(found.mode)} ${path}`;
      };
      return [{ ...about(finding), text: `chmod ${octal(mode)} ${path}`, apply }];
    });
  }
  if (remedy === "cache") {
    return pathsOf(finding).map((path) => ({
      ...about(finding),
      text: `move ${path} aside: it is made anew`,
      apply: async () => `mv ${mender.moveAside(path)} ${path}`,
    }));
  }
  return [];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}

/** Of one file from its end to its beginning, so that the places of the others stay what they are. */
function keyCures(findings: readonly Told[], deps: FixDeps): Cure[] {
  const { files, mender, path } = deps;
  const keys = findings.flatMap((finding) => {
    const { file, line, column, text, suggestion } = finding.details ?? {};
    if (finding.fix.remedy !== "configuration-key") return [];
    if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") {
      return [];
    }
    const name = typeof suggestion === "string" ? suggestion : undefined;
    return [{ finding, file, line, column, text: String(text), name }];
  });
  keys.sort((a, b) => b.line - a.line || b.column - a.column);
  return keys.map(({ finding, file, line, column, text, name }): Cure => {
    let copy: string | undefined;
    const what =
      name === undefined
        ? `remove the key ${text} from ${file}, line ${line}`
        : `write "${name}" in place of the key ${text} in ${file}, line ${line}`;
    return {
      ...about(finding),
      text: `${what} (a copy of the file is kept)`,
      async apply() {
        const before = (files.read(path(file)) ?? "").replace(/^\uFEFF/, "");
        const after =
          name === undefined
            ? withoutKey(before, line, column)
            : withKey(before, line, column, name);
        if (after === undefined) throw new Error(`${file} has changed meanwhile.`);
        copy = mender.rewrite(path(file), after);
        return `mv ${copy} ${path(file)}`;
      },
      revert() {
        if (copy !== undefined) mender.restore(path(file), copy);
      },
    };
  });
}

/** The remedy of a run of each command that did not end. */
export const goingOn: Readonly<Record<RunCommand, string>> = {
  setup: "unfinished",
  rollback: "unfinished-rollback",
  sync: "unfinished-sync",
};

/** One run mends what is unfinished as well as what has drifted. */
function runCures(findings: readonly Told[], { run }: FixDeps): Cure[] {
  const stopped = "goes on where it stopped";
  const cure = (finding: Told, command: RunCommand, does: string, undo: string): Cure => ({
    ...about(finding),
    text: `run \`${goesOnWith[command]}\`: it ${does}`,
    async apply() {
      if (await run(command)) return undo;
      throw new Error(`\`${goesOnWith[command]}\` did not succeed; see above.`);
    },
  });
  const unwinding = findings.find(({ fix }) => fix.remedy === goingOn.rollback);
  if (unwinding) return [cure(unwinding, "rollback", stopped, goesOnWith.setup)];
  // A run would end at the first other thing that is wrong.
  const obstacle = findings.some(
    ({ severity, fix }) => severity === "error" && fix.remedy === undefined,
  );
  if (obstacle) return [];
  const syncing = findings.find(({ fix }) => fix.remedy === goingOn.sync);
  const wanted = findings.filter(
    ({ fix }) => fix.remedy === "setup" || fix.remedy === goingOn.setup,
  );
  const [first] = wanted;
  const many = wanted.length > 1 ? ` (and ${wanted.length - 1} more)` : "";
  const does = first?.fix.remedy === "setup" ? "makes it as the sequence says" : stopped;
  return [
    ...(syncing ? [cure(syncing, "sync", stopped, goesOnWith.rollback)] : []),
    ...(first ? [cure(first, "setup", `${does}${many}`, goesOnWith.rollback)] : []),
  ];
}
