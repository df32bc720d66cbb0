import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { capital } from "../../core/capital.ts";
import type { Spendable, Spent } from "../../core/credential.ts";
import { failure, TestxError } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import { sync } from "../store/sync.ts";
import { contentOf } from "./file.ts";

/**
 * A file with a refresh token, alone or with the token it was last exchanged for, as JSON:
 * `{"refresh_token": "…", "access_token": "…", "expires_at": 1767225600}` (seconds since the
 * epoch). It is replaced whole, so that at any instant it holds the old or the new.
 */
export function tokenFile(path: string, name: string, seen: (value: string) => void): Spendable {
  return {
    read() {
      const text = contentOf(path, name).trim();
      if (!text.startsWith("{")) {
        seen(text);
        return checked({ part: text }, name);
      }
      const found = parse(text);
      const { refresh_token: part, access_token: token, expires_at: at } = found ?? {};
      for (const value of [part, token]) if (typeof value === "string") seen(value);
      return checked(
        {
          part: typeof part === "string" ? part : "",
          ...(typeof token === "string" && typeof at === "number"
            ? { token, expiresAt: at * 1000 }
            : {}),
        },
        name,
      );
    },
    prepare() {
      // Beside the file itself, where a link leads: a rename must not cross file systems.
      const target = attempt(path, () => realpathSync(path));
      const draft = join(dirname(target), `.testx-${Math.random().toString(36).slice(2)}.tmp`);
      const file = attempt(path, () => openSync(draft, "wx", 0o600));
      let open = true;
      const close = (): void => {
        if (open) closeSync(file);
        open = false;
      };
      const drop = (): void => {
        close();
        rmSync(draft, { force: true });
      };
      return {
        drop,
        keep({ part, token, expiresAt = 0 }: Spent) {
          const text = JSON.stringify(
            { refresh_token: part, access_token: token, expires_at: Math.floor(expiresAt / 1000) },
            undefined,
            2,
          );
          attempt(path, () => {
            writeSync(file, `${text}\n`);
            fsyncSync(file);
            close();
            renameSync(draft, target);
            sync(dirname(target));
          });
        },
      };
    },
  };
}

function checked(spent: Spent, name: string): Spent {
  if (spent.part !== "") return spent;
  const message = `${capital(name)} holds no refresh token.`;
  throw new TestxError(failure("CREDENTIAL_EMPTY", message, { details: { source: name } }));
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = `${path} cannot be replaced (${code ?? "unknown"}).`;
    throw new TestxError(failure("CREDENTIAL_NOT_STORED", message, { details: { path } }), {
      cause,
    });
  }
}
