/** Why the operating system did not let a file be read or written, in words that follow a colon. */
export function whyRefused(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return words[code] ?? (code || String(error));
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EEXIST: "something else has its name",
  EISDIR: "it is a folder",
  ENOTDIR: "part of its path is no folder",
  ENAMETOOLONG: "its name is too long",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};
