import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Values that no log may show, in no form. */
export const planted = {
  DEPLOY_KEY: 'canary-Deploy/ key+"q\\uote"%&=ü\nsecond-Line-of-it',
  HOOK_SECRET: "canary?hook<secret>~with'every(sign)!*",
} as const;

/** Every form in which a secret could travel: each is looked for as it stands. */
export function formsOf(secret: string): string[] {
  const forms = new Set<string>();
  for (const part of [secret, ...secret.split("\n")]) {
    if (part.length < 8) continue;
    const json = JSON.stringify(part).slice(1, -1);
    const url = encodeURIComponent(part);
    forms.add(part).add(json).add(JSON.stringify(json).slice(1, -1));
    forms.add(url).add(url.toLowerCase()).add(url.replaceAll("%20", "+"));
    forms.add(new URLSearchParams({ part }).toString().slice("part=".length));
    const bytes = Buffer.from(part);
    forms.add(bytes.toString("hex")).add(bytes.toString("hex").toUpperCase());
    for (const before of ["", "x", "xy"]) {
      const base64 = Buffer.concat([Buffer.from(before), bytes]).toString("base64");
      // Without what the neighbours have a part in.
      const sure = base64.replaceAll("=", "").slice(before === "" ? 0 : before.length + 1, -2);
      forms.add(sure).add(sure.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return [...forms];
}

/** Where a secret shows: the names of the texts that hold it in any form. */
export function leaks(
  secrets: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string | Buffer>>,
): string[] {
  return Object.entries(texts).flatMap(([place, text]) => {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    return Object.entries(secrets).flatMap(([name, secret]) =>
      formsOf(secret)
        .filter((form) => bytes.includes(form))
        .map((form) => `${name} in ${place} as ${form.slice(0, 12)}…`),
    );
  });
}

/** All files of a folder, by path. */
export function filesIn(folder: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, readFileSync(path)];
      }),
  );
}

/** What others than the owner may do in a folder: nothing, or it stands here. */
export function openToOthers(folder: string): string[] {
  const all = [
    folder,
    ...readdirSync(folder, { recursive: true }).map((name) => join(folder, `${name}`)),
  ];
  return all.flatMap((path) => {
    const stats = statSync(path);
    const mode = stats.mode & 0o777;
    return mode === (stats.isDirectory() ? 0o700 : 0o600) ? [] : [`${path}: ${mode.toString(8)}`];
  });
}
