import { capital } from "../../core/capital.ts";
import { type Failure, failure } from "../../core/failure.ts";
import type { AnyProvider, SecretSpec } from "../../core/provider.ts";
import { noToken, tokenKind, tokensKnown } from "../../core/token-kinds.ts";

/**
 * What a value is most likely to be in place of a service's token: none at all, that of another
 * service, or one that no app can call with. Never with the value; how to get the right one and
 * what was seen are in `details`.
 *
 * @param name where the value came from: `SLACK_BOT_TOKEN`, `the file slack-token`
 */
export function judgedToken(
  { id: service, title }: AnyProvider,
  { env: variable, title: wanted, help }: SecretSpec,
  name: string,
  value: string,
): Failure | undefined {
  const where = capital(name);
  const none = noToken(value, service, variable);
  if (none !== undefined) {
    const wrapped = /quote|begins|repeats|ends|twice|base64/.test(none);
    const make = wrapped ? "Put the token alone there, as the service shows it." : help;
    return failure("SECRET_MALFORMED", `${where} (${wanted}) ${none}.`, { details: { make } });
  }
  const kind = tokenKind(value);
  if (kind === undefined || !tokensKnown.has(service)) return undefined;
  const foreign = kind.service !== service;
  if (!foreign && !kind.unusable) return undefined;
  const what = foreign
    ? `${where} holds what looks like ${kind.what}, which ${title} does not know.`
    : `${where} holds ${kind.what}, with which testx cannot call ${title}.`;
  const details = { make: help, seen: `it begins with ${kind.start}` };
  return failure("SECRET_WRONG_KIND", what, { details });
}
