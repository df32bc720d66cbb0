import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Credential, Spendable } from "../../core/credential.ts";
import { fail } from "../../core/failure.ts";
import type { Clock } from "../../core/ports.ts";
import type { CredentialSource } from "../../core/sequence.ts";
import { fileCredential } from "./file.ts";
import { openToOthers } from "./modes.ts";
import { rs256 } from "./sign.ts";
import { tokenFile } from "./token-file.ts";

export type PlainSource = Exclude<CredentialSource, { readonly exchange: string }>;

export interface OpenerDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where testx was started: relative paths begin here. */
  readonly folder: string;
  /** The project's folder: commands run here. */
  readonly project: string;
  readonly clock: Clock;
  /** Told each value before anybody else has it. */
  seen(value: string): void;
  notice(text: string): void;
}

export interface Opener {
  /** Reads nothing yet. */
  open(source: PlainSource): Credential;
  /** What may be written as well as read; `undefined`: it may not. */
  spendable(source: PlainSource): Spendable | undefined;
  sign: typeof rs256;
}

/** Opens the places that credentials come from. */
export function credentialOpener(deps: OpenerDeps): Opener {
  const noticed = new Set<string>();
  const opened = (path: string): void => {
    const problem = noticed.has(path) ? undefined : openToOthers(path);
    noticed.add(path);
    if (problem !== undefined) deps.notice(problem);
  };
  const nameOf = (source: PlainSource): string => {
    if ("env" in source) return source.env;
    if ("file" in source) return `the file ${shown(pathOf(source.file, deps), deps.folder)}`;
    return `the command ${source.command[0]}`;
  };
  return {
    sign: rs256,
    open(source) {
      const name = nameOf(source);
      if ("env" in source) return variable(source.env, deps);
      if ("file" in source) {
        return fileCredential(pathOf(source.file, deps), name, { seen: deps.seen, opened });
      }
      return command(source, name, deps);
    },
    spendable(source) {
      if (!("file" in source) || source.store !== true) return undefined;
      return tokenFile(pathOf(source.file, deps), nameOf(source), deps.seen);
    },
  };
}

function variable(name: string, { env, seen }: OpenerDeps): Credential {
  return {
    name,
    renewal: "none",
    read() {
      const value = (Object.hasOwn(env, name) ? env[name] : undefined)?.trim() ?? "";
      if (value === "") {
        fail("SECRET_MISSING", `${name} is not set.`, { details: { env: name } });
      }
      seen(value);
      return value;
    },
  };
}

/** Starting programs is loaded when one is to be started. */
function command(
  source: Extract<PlainSource, { readonly command: unknown }>,
  name: string,
  deps: OpenerDeps,
): Credential {
  let made: Credential | undefined;
  return {
    name,
    renewal: "costly",
    read(anew) {
      if (made !== undefined) return made.read(anew);
      return import("./command.ts").then(({ commandCredential }) => {
        made ??= commandCredential(source, name, { ...deps, folder: deps.project });
        return made.read(anew);
      });
    },
  };
}

function pathOf(path: string, { env, folder }: OpenerDeps): string {
  if (path === "~" || path.startsWith("~/")) return join(env.HOME ?? homedir(), path.slice(1));
  return resolve(folder, path);
}

/** As people would write it: within the project without the way there. */
function shown(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}
