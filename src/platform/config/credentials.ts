import { resolve } from "node:path";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { scanReferences } from "../../core/references.ts";
import type { CredentialSource } from "../../core/sequence.ts";
import type { Finding, Path } from "../../core/validate/problem.ts";
import { settingsReference, unreadable } from "../../core/validate/references.ts";
import type { CredentialEntry, CredentialPart } from "./credential-schemas.ts";
import { milliseconds } from "./duration.ts";
import { secretsIn } from "./plain-secrets.ts";

/** The sources of an integration, as they are written and right; files become absolute. */
export function credentialSources(
  entries: readonly CredentialEntry[],
  project: string,
): CredentialSource[] {
  return entries.map(({ githubApp, slackRefresh, ...plain }): CredentialSource => {
    if (githubApp !== undefined) {
      const { privateKey, ...rest } = githubApp;
      const secrets = { privateKey: plainSource(privateKey, project) };
      return { exchange: "githubApp", with: rest, secrets };
    }
    if (slackRefresh !== undefined) {
      const { clientSecret, refreshToken, ...rest } = slackRefresh;
      const secrets = {
        clientSecret: plainSource(clientSecret, project),
        refreshToken: plainSource(refreshToken, project),
      };
      return { exchange: "slackRefresh", with: rest, secrets };
    }
    return plainSource(plain, project);
  });
}

function plainSource(
  { env, file, store, command, ttl }: CredentialPart,
  project: string,
): CredentialSource {
  if (env !== undefined) return { env };
  if (file !== undefined) {
    // Where the home folder is, is known when the file is opened.
    const path = file === "~" || file.startsWith("~/") ? file : resolve(project, file);
    return { file: path, ...(store && { store }) };
  }
  return {
    command: command as [string, ...string[]],
    ...(ttl === undefined ? {} : { ttlMs: milliseconds(ttl) }),
  };
}

/** The environment variables that credentials come from, each once. */
export function credentialVariables(sources: readonly CredentialSource[]): string[] {
  const names = sources.flatMap((source): string[] => {
    if ("env" in source) return [source.env];
    return "secrets" in source ? credentialVariables(Object.values(source.secrets)) : [];
  });
  return [...new Set(names)];
}

const exchanges: Readonly<Record<string, string>> = { githubApp: "github", slackRefresh: "slack" };

/**
 * Checks what the schema cannot: that no credential itself stands there, that exchanges fit the
 * provider, and that only the environment is referred to.
 */
export function checkCredentials(
  written: Json | undefined,
  provider: Json | undefined,
  base: Path,
): Finding[] {
  const message =
    "This looks like a credential itself. It must not stand in the file: say where it comes from by env, file or command.";
  const findings: Finding[] = secretsIn(written ?? null, base).map((path) => ({
    ...{ code: "CONFIG_SECRET_IN_FILE", message, path, secret: true },
  }));
  if (!Array.isArray(written)) return findings;
  for (const [index, entry] of written.entries()) {
    if (!isObject(entry)) continue;
    for (const [name, owner] of Object.entries(exchanges)) {
      if (!Object.hasOwn(entry, name)) continue;
      const path = [...base, index, name];
      if (typeof provider === "string" && provider !== owner) {
        const message = `${name} is for ${owner}, and this integration's provider is ${provider}.`;
        findings.push({ code: "CONFIG_BAD_VALUE", message, path, at: "key" });
      }
      findings.push(...references((entry as JsonObject)[name] as Json, path));
    }
  }
  return findings;
}

function references(value: Json, base: Path): Finding[] {
  const { references, broken } = scanReferences(value);
  return [
    ...broken.map((item) => unreadable(base, item)),
    ...references.flatMap((reference) => settingsReference(base, reference) ?? []),
  ];
}
