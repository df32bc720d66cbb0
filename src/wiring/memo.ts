import { type OpenMemo, sqliteMemo } from "../platform/memo.ts";
import type { World } from "./world.ts";

/** The gateway's memory of a state folder; closed with what else is in `closing`. */
export function openMemo(
  folder: string,
  world: World,
  closing: (() => void | Promise<void>)[],
): OpenMemo {
  const memo = sqliteMemo({
    folder,
    onProblem: ({ code, message }) => world.notice(`${code}: ${message}`),
  });
  closing.push(() => memo.close());
  return memo;
}
