import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capital } from "../core/capital.ts";
import { type Failure, fail, failure } from "../core/failure.ts";
import type { SecretSpec } from "../core/provider.ts";
import { strangeIn } from "../core/token-kinds.ts";
import { throwStoreFailure } from "./store/failures.ts";
import { ensureStateFolder, tighten } from "./store/folder.ts";
import { createDatabase } from "./store/place.ts";

export interface Secrets {
  /** The value of a secret's variable, without blanks around it. `undefined`: not set. */
  secret(env: string): string | undefined;
  /** One failure for each that is missing or cannot be valid; never with its value. */
  problems(integration: string, specs: readonly SecretSpec[]): readonly Failure[];
  /** What a value from elsewhere cannot be; `name`: where it came from. Never with the value. */
  wrong(integration: string, spec: SecretSpec, name: string, value: string): Failure | undefined;
  /** Notes a value that came by another way (`${env.HOOK_SECRET}`), so that it is redacted. */
  remember(value: string): void;
  /**
   * HMAC-SHA256 (hex) under the state folder's own random key: equal secrets give equal
   * digests, here only.
   *
   * @throws TestxError SECRET_KEY_DAMAGED, STATE_READ_ONLY, STATE_DISK_FULL, STATE_IO
   */
  digest(value: string): string;
}

export interface SecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The state folder; it is made when the first digest is asked for. */
  readonly folder: string;
  /** Told each value before anybody else has it, whatever its variable is called: to redact it. */
  readonly seen: (value: string) => void;
  /** Looks closer than setup does, which takes what some server of one's own may take. */
  readonly judge?: Judge | undefined;
}

export type Judge = Secrets["wrong"];

export function createSecrets({ env, folder, seen, judge }: SecretsOptions): Secrets {
  let key: Buffer | undefined;

  const secret = (name: string): string | undefined => {
    const raw = Object.hasOwn(env, name) ? env[name] : undefined;
    const value = raw?.trim();
    if (raw === undefined || value === undefined || value === "") return undefined;
    seen(value);
    return value;
  };
  const problem = (integration: string, spec: SecretSpec): Failure | undefined => {
    const value = secret(spec.env);
    if (value !== undefined) return wrong(integration, spec, spec.env, value);
    return failure("SECRET_MISSING", `${spec.env} (${spec.title}) is not set. ${spec.help}`, {
      ...{ integration, details: { env: spec.env } },
    });
  };
  const wrong: Secrets["wrong"] = (integration, spec, name, value) => {
    const about = { integration, details: { env: spec.env } };
    const doubt = judge?.(integration, spec, name, value);
    if (doubt) return { ...doubt, integration, details: { ...doubt.details, ...about.details } };
    const strange = strangeIn(value);
    if (strange !== undefined) {
      const message = `${capital(name)} (${spec.title}) holds what no token has: ${strange}.`;
      return failure("SECRET_MALFORMED", message, about);
    }
    if (spec.prefixes.length === 0 || spec.prefixes.some((start) => value.startsWith(start))) {
      return undefined;
    }
    const starts = spec.prefixes.join(" or ");
    const message = `${capital(name)} (${spec.title}) does not begin with ${starts}. ${spec.help}`;
    return failure("SECRET_MALFORMED", message, about);
  };

  return {
    secret,
    wrong,
    problems: (integration, specs) => specs.flatMap((spec) => problem(integration, spec) ?? []),
    remember(value) {
      if (value !== "") seen(value);
    },
    digest(value) {
      key ??= stateKey(folder);
      return createHmac("sha256", key).update(value, "utf8").digest("hex");
    },
  };
}

const keyBytes = 32;

/** The state folder's key; made when there is none. Of several that make it at once, one stays. */
function stateKey(folder: string): Buffer {
  const file = join(folder, "key");
  try {
    if (!existsSync(file)) {
      ensureStateFolder(folder);
      createDatabase(file, (draft) => {
        writeFileSync(draft, `${randomBytes(keyBytes).toString("hex")}\n`);
      });
    }
    tighten(file, 0o600);
    const text = readFileSync(file, "utf8").trim();
    if (/^[0-9a-f]+$/.test(text) && text.length === 2 * keyBytes) return Buffer.from(text, "hex");
  } catch (error) {
    throwStoreFailure(error, file);
  }
  return fail("SECRET_KEY_DAMAGED", `${file} does not hold a key.`, { details: { file } });
}
