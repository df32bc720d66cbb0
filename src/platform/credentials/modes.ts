import { statSync } from "node:fs";
import { isMountedSecret } from "../../core/secret-names.ts";

/**
 * What is wrong with who may read a file with a secret, in a sentence; `undefined` where nothing
 * is, and where the file is not there.
 */
export function openToOthers(path: string): string | undefined {
  if (isMountedSecret(path)) return undefined;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return undefined;
  const octal = (mode & 0o777).toString(8);
  return `${path} holds a secret, and others than its owner may use it (mode ${octal}); run: chmod 600 ${path}`;
}
