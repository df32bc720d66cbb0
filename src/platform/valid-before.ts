import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { getBuiltinModule } from "node:process";
import type { JsonObject } from "../core/json.ts";
import type { ValidBefore } from "../core/schema.ts";

/** In bytes, which is some thousand values. A longer file begins anew. */
const longest = 128 * 1024;
const length = 22;

/**
 * Notes fingerprints of what was found valid: in a file that no other user may write to and no
 * other build of testx reads, or in memory only. Of a file that cannot be read or written nothing
 * is known; then values are looked at again.
 */
export function validBefore(file?: string): ValidBefore {
  let known: Map<string, string> | undefined;
  let full = false;
  const read = (path: string): string[] => {
    try {
      full = statSync(path).size > longest;
      return full ? [] : readFileSync(path, "utf8").split("\n");
    } catch {
      return [];
    }
  };
  const all = (): Map<string, string> => {
    const lines = file === undefined || known ? [] : read(file);
    known ??= new Map(lines.map((line) => [line.slice(0, length), line.slice(length)]));
    return known;
  };
  return {
    get(schema, text) {
      const added = all().get(fingerprint(schema, text));
      if (added === undefined || added === nothing) return added && {};
      try {
        return JSON.parse(added) as JsonObject;
      } catch {
        return undefined;
      }
    },
    set(schema, text, fields) {
      const print = fingerprint(schema, text);
      const added = JSON.stringify(fields);
      all().set(print, added);
      if (file === undefined) return;
      try {
        const write = full ? writeFileSync : appendFileSync;
        write(file, `${print}${added}\n`, { mode: 0o600 });
        full = false;
      } catch {
        // The next command looks at it again.
      }
    },
  };
}

const nothing = "{}";

/** 132 bits of SHA-256. */
function fingerprint(schema: string, text: string): string {
  // Takes a tenth of the time in which a short command starts, and most have nothing to look up.
  const { hash } = getBuiltinModule("node:crypto");
  return hash("sha256", `${schema}\n${text}`, "base64url").slice(0, length);
}
