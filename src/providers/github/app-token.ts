import type { Exchanged, ExchangeGiven } from "../../core/credential.ts";
import { fail } from "../../core/failure.ts";
import type { Reply } from "../../core/http.ts";
import { isObject } from "../../core/json.ts";

const hourMs = 3_600_000;

interface AppSettings {
  readonly appId: string | number;
  readonly installationId: string | number;
}

/**
 * https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 * @throws TestxError CREDENTIAL_KEY_INVALID, CREDENTIAL_EXCHANGE_REFUSED, GATEWAY_…
 */
export async function installationToken(given: ExchangeGiven): Promise<Exchanged> {
  const { appId, installationId } = given.settings as AppSettings;
  const path = `app/installations/${encodeURIComponent(installationId)}/access_tokens`;
  const ask = (nowMs: number): Promise<Reply> => {
    const token = jwt(String(appId), given, nowMs);
    given.remember(token);
    return given.fetch(`${given.url.replace(/\/+$/, "")}/${path}`, {
      method: "POST",
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "user-agent": given.userAgent,
        "x-github-api-version": "2022-11-28",
      },
    });
  };
  let reply = await ask(given.clock.now());
  const skewMs =
    (Date.parse(reply.headers.get("date") ?? "") || given.clock.now()) - given.clock.now();
  // A token of an app is refused by a clock that is off: then GitHub's own one counts.
  if (reply.status === 401 && Math.abs(skewMs) > 30_000) {
    reply = await ask(given.clock.now() + skewMs);
  }
  const body: unknown = await reply.json().catch(() => undefined);
  if (reply.status === 201 && isObject(body) && typeof body.token === "string") {
    const { token, expires_at: at } = body;
    given.remember(token as string);
    const expiresAt = typeof at === "string" ? Date.parse(at) - skewMs : Number.NaN;
    return {
      token: token as string,
      expiresAt: Number.isNaN(expiresAt) ? given.clock.now() + hourMs : expiresAt,
    };
  }
  const message = isObject(body) && typeof body.message === "string" ? body.message : "";
  const said = message === "" || message.length > 300 ? "" : `: ${message}`;
  return fail(
    "CREDENTIAL_EXCHANGE_REFUSED",
    `GitHub gave no token for installation ${installationId} of the app ${appId} (${reply.status}${said}).`,
    { status: reply.status },
  );
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function jwt(app: string, { parts, sign }: ExchangeGiven, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  // A minute back, for clocks that are ahead; ten minutes are the most that GitHub takes.
  const claims = { iat: now - 60, exp: now + 540, iss: app };
  const said = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
  return `${said}.${sign(parts.privateKey ?? "", said)}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
