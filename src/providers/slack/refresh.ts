import * as z from "zod";
import type { CredentialExchange, Exchanged, ExchangeGiven } from "../../core/credential.ts";
import { fail, rootFailure } from "../../core/failure.ts";
import type { Reply } from "../../core/http.ts";
import { isObject } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { lazySchema } from "../../core/schema.ts";
import { judge } from "./wire.ts";

const settings = once(() => z.strictObject({ clientId: z.string().min(1) }));

/**
 * Slack's token rotation: a refresh token gives an access token for 12 hours, and another refresh
 * token in its place. https://docs.slack.dev/authentication/using-token-rotation
 */
export const slackRefresh: CredentialExchange = {
  settings: lazySchema(settings),
  parts: ["clientSecret", "refreshToken"],
  spends: "refreshToken",
  placeholder: "xoxe.xoxb-made-when-it-is-first-needed",
  wire: {
    // "The refresh token you used is revoked after a short grace period": until then it may be
    // sent again, so that a lost reply costs nothing.
    describe: () => ({ name: "oauth.v2.access", write: true, idempotent: true }),
    judge,
  },
  run,
};

/** @throws TestxError CREDENTIAL_EXCHANGE_REFUSED, CREDENTIAL_REFRESH_LOST, GATEWAY_… */
async function run(given: ExchangeGiven): Promise<Exchanged> {
  const { clientId } = given.settings as z.infer<ReturnType<typeof settings>>;
  const { clientSecret = "", refreshToken = "" } = given.parts;
  const reply = await asked(given, {
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  });
  const body: unknown = await reply.json().catch(() => undefined);
  const found = isObject(body) ? body : {};
  // A user's token comes with the user.
  const holder = isObject(found.authed_user) && !found.access_token ? found.authed_user : found;
  const { access_token: token, refresh_token: next, expires_in: seconds } = holder;
  if (typeof token === "string" && typeof next === "string") {
    given.remember(token);
    given.remember(next);
    const lastsMs = (typeof seconds === "number" ? seconds : 43_200) * 1000;
    return { token, next, expiresAt: given.clock.now() + lastsMs };
  }
  const { error } = found;
  // Whatever else stands there may be what was sent.
  const word =
    typeof error === "string" && /^[a-z_]{1,60}$/.test(error) ? error : `HTTP ${reply.status}`;
  return fail(
    "CREDENTIAL_EXCHANGE_REFUSED",
    `Slack gave no token for the refresh token of the app ${clientId}: ${word}.`,
    { status: reply.status, details: { error: word } },
  );
}

async function asked(given: ExchangeGiven, form: Record<string, string>): Promise<Reply> {
  try {
    return await given.fetch(`${given.url.replace(/\/*$/, "/")}oauth.v2.access`, {
      method: "POST",
      headers: { "user-agent": given.userAgent },
      body: new URLSearchParams(form),
    });
  } catch (error) {
    const failure = rootFailure(error);
    if (failure?.outcome !== "unknown") throw error;
    return fail(
      "CREDENTIAL_REFRESH_LOST",
      `Slack may have taken the refresh token of the app ${form.client_id}, and its reply was lost (${failure.code}): the next refresh token is not known.`,
      { transient: failure.transient, outcome: "unknown", details: { cause: failure.code } },
      error,
    );
  }
}
