import type { Finding } from "../../core/diagnosis.ts";
import { quoted } from "../../core/quoted.ts";
import type { DoctorDeps } from "./deps.ts";

/** From where testx was started up to the project's folder. */
export function foldersUpTo(project: string, cwd: string): string[] {
  if (!cwd.startsWith(`${project}/`)) return project === cwd ? [cwd] : [cwd, project];
  const folders = [cwd];
  for (let folder = cwd; folder !== project; folders.push(folder)) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
  }
  return folders;
}

interface EnvFile {
  /** As a shell takes it: `./.env`. */
  readonly path: string;
  readonly unreadable: boolean;
  /** As Windows PowerShell's `>` writes it; shells make nothing of it. */
  readonly utf16: boolean;
  /** Of what is wanted, what it sets. */
  readonly sets: readonly string[];
  /** Lines with blanks around the `=` of something wanted, from 1: a shell takes them for commands. */
  readonly spaced: readonly number[];
}

/** Nothing reads `.env` by itself: what stands only there is not set. */
export function unloaded(
  wanted: ReadonlySet<string>,
  project: string,
  { cwd, files }: Pick<DoctorDeps, "cwd" | "files">,
): { readonly evidence: readonly string[]; readonly findings: readonly Finding[] } {
  // In the order of loading: what is nearer overrides what is further up.
  const folders = foldersUpTo(project, cwd).toReversed();
  const all = folders.flatMap((folder) =>
    [".env", ".env.local"].flatMap((name): EnvFile[] => {
      const full = `${folder}/${name}`;
      const path = folder === cwd ? `./${name}` : full;
      if (files.look(full)?.kind !== "file") return [];
      return [envFile(path, files.read(full), wanted)];
    }),
  );
  const useful = all.filter(({ sets, unreadable }) => sets.length > 0 || unreadable);
  const there = [...new Set(useful.flatMap(({ sets }) => sets))];
  // Of one that cannot be read nobody knows what it sets: most likely all that is missing.
  const explained = useful.some(({ unreadable }) => unreadable) ? [...wanted] : there;
  const [first] = useful;
  if (first === undefined || explained.length === 0) {
    const seen = all.map(({ path }) => `${shown(path)} sets nothing that is missing`);
    return { evidence: seen.length === 0 ? ["none"] : seen, findings: [] };
  }
  const finding: Finding = {
    ...{ code: "ENV_FILE_UNUSED", severity: "error", check: "secrets.env-file" },
    ...{ about: shown(first.path), ...told(useful, there), prerequisite: true },
    explains: [{ codes: ["SECRET_MISSING", "ENV_MISSING"], about: explained }],
  };
  return { evidence: [], findings: [finding] };
}

function envFile(path: string, text: string | undefined, wanted: ReadonlySet<string>): EnvFile {
  // What was read as UTF-8 and is not has such characters between those of ASCII.
  const utf16 = text !== undefined && /^\ufffd\ufffd|\0/.test(text);
  const lines = (text ?? "").replace(/[\0\ufffd\ufeff]/g, "").split(/\r?\n/);
  const found = lines.flatMap((line, at) => {
    const [, name = "", equals] = /^\s*(?:export\s+)?([A-Za-z_]\w*)(\s*=\s*)\S/.exec(line) ?? [];
    return wanted.has(name) ? [{ name, line: at + 1, spaced: equals !== "=" }] : [];
  });
  return {
    ...{ path, utf16, unreadable: text === undefined },
    sets: [...new Set(found.map(({ name }) => name))],
    spaced: found.filter(({ spaced }) => spaced).map(({ line }) => line),
  };
}

function told(
  all: readonly EnvFile[],
  there: readonly string[],
): Pick<Finding, "what" | "evidence" | "fix"> {
  const closed = all.find(({ unreadable }) => unreadable);
  if (closed !== undefined) {
    const name = shown(closed.path);
    const what = `${name} cannot be read: what it sets is not known, and not set.`;
    const text = `Give yourself the right to read ${name}, load it into the shell, then run the command again.`;
    return { what, evidence: [], fix: { text, command: `chmod u+r ${quoted(closed.path)}` } };
  }
  const names = all.map(({ path }) => shown(path)).join(" and ");
  const [one] = there;
  const what =
    there.length === 1
      ? `${one} stands in ${names}, but testx was started without it.`
      : `${there.length} variables stand in ${names}, but testx was started without them.`;
  const seen = `set there, and not here: ${there.join(", ")}`;
  const wide = all.find(({ utf16 }) => utf16);
  if (wide !== undefined) {
    const text = `Save ${shown(wide.path)} as UTF-8: it is UTF-16, which no shell reads. Then load it.`;
    const [path, draft] = [quoted(wide.path), quoted(`${wide.path}.utf8`)];
    const command = `iconv -f UTF-16 -t UTF-8 ${path} > ${draft} && mv ${draft} ${path}`;
    return { what, evidence: [seen, `${shown(wide.path)} is UTF-16`], fix: { text, command } };
  }
  const spaced = all.find(({ spaced }) => spaced.length > 0);
  if (spaced !== undefined) {
    const where = `${shown(spaced.path)}:${spaced.spaced.join(", ")}`;
    const text = `Write it with no blanks around \`=\`, which a shell takes for a command's name, then load it: \`set -a; . ${quoted(spaced.path)}; set +a\`.`;
    return { what, evidence: [seen, `blanks around = in ${where}`], fix: { text } };
  }
  const it = all.length === 1 ? "it" : "them";
  const text = `Nothing reads ${names} by itself: load ${it} into the shell, then run the command again.`;
  const command = `set -a; ${all.map(({ path }) => `. ${quoted(path)}; `).join("")}set +a`;
  return { what, evidence: [seen], fix: { text, command } };
}

function shown(path: string): string {
  return path.startsWith("./") ? path.slice(2) : path;
}
