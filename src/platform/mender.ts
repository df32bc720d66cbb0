import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Mender } from "../core/probes.ts";

/** Changes files so that it can be taken back: nothing is ever deleted but what it made itself. */
export function mender(now: () => number): Mender {
  const free = (path: string, what: string): string => {
    const stamp = new Date(now()).toISOString().replace(/[-:]/g, "").slice(0, 15);
    for (let nth = 1; ; nth += 1) {
      const name = `${path}.${what}-${stamp}${nth === 1 ? "" : `-${nth}`}`;
      if (!existsSync(name)) return name;
    }
  };
  return {
    chmod: chmodSync,
    moveAside(path) {
      const aside = free(path, "damaged");
      renameSync(path, aside);
      for (const end of ["-wal", "-shm", "-journal"]) {
        if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${aside}${end}`);
      }
      return aside;
    },
    rewrite(path, text) {
      const copy = free(path, "before-fix");
      copyFileSync(path, copy);
      const bom = readFileSync(path, "utf8").startsWith("\uFEFF") && !text.startsWith("\uFEFF");
      const draft = `${path}.new`;
      writeFileSync(draft, bom ? `\uFEFF${text}` : text, { mode: statSync(path).mode & 0o777 });
      renameSync(draft, path);
      return copy;
    },
    restore(path, copy) {
      copyFileSync(copy, path);
      rmSync(copy);
    },
  };
}
