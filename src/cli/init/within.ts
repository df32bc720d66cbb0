import type { Context } from "../context.ts";
import { seenWith } from "../io.ts";

export interface Elsewhere {
  /** Absolute. */
  readonly folder: string;
  readonly sandbox: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the work of another command as if it had been typed in the folder: with a project of its
 * own, which is closed at the end.
 */
export async function within<T>(
  context: Context,
  { folder, sandbox, env }: Elsewhere,
  work: (inner: Context) => Promise<T>,
): Promise<T> {
  const { openProject } = await import("../container.ts");
  const { config: _, state: __, ...rest } = context.global;
  const global = { ...rest, sandbox };
  const io = { ...context.io, cwd: folder, env };
  const opened: ReturnType<typeof openProject>[] = [];
  const inner: Context = {
    ...context,
    global,
    io,
    screen: seenWith(context.screen, global),
    project(wanted) {
      opened[0] ??= openProject(wanted, inner);
      return opened[0];
    },
  };
  try {
    return await work(inner);
  } finally {
    for (const project of opened) await (await project.catch(() => undefined))?.close();
    await inner.screen.flush();
  }
}
