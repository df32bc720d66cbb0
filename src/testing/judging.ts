import { type Failure, rootFailure } from "../core/failure.ts";
import { ensure } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { ensureNoSecret } from "./leaks.ts";

export type Trail = { readonly write: boolean }[];

/** The requests of one undisturbed read and apply, in order. */
export async function trail(subject: Subject): Promise<Trail> {
  return Bench.ready(subject, async (bench, input) => {
    const before = bench.account.log().length;
    if (subject.kind.readOnly) await bench.read(input);
    else await bench.ensure(input);
    return bench.account
      .log()
      .slice(before)
      .map(({ write }) => ({ write }));
  });
}

export async function failing(
  work: () => Promise<unknown>,
): Promise<{ thrown: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

/** The failure behind an error, which has to have a known code and to hold no secret. */
export function classified(subject: Subject, bench: Bench, error: unknown, where: string): Failure {
  ensureNoSecret(subject, bench.environment, error, where);
  const known = subject.provider.classify(error);
  ensureNoSecret(subject, bench.environment, known, `classify() of ${where}`);
  ensure(subject.codes.has(known.code), `${where}: ${known.code} is not in the catalogue`);
  ensure(known.message.trim() !== "", `${where}: the failure has no message`);
  const root = rootFailure(error);
  if (root !== undefined) {
    ensure(
      root.outcome === known.outcome,
      `${where}: the gateway says "${root.outcome}", classify() says "${known.outcome}"`,
    );
  }
  return known;
}
