import { createPublicKey, verify } from "node:crypto";
import { isObject } from "../../core/json.ts";
import type { SandboxContext, SandboxReply, SandboxRequest } from "../../core/stand-in.ts";
import { iso } from "./exchange.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { GithubState } from "./state.ts";

const path = /^\/app\/installations\/([^/]+)\/access_tokens$/;

/**
 * A token for an installation of an app, which proves who it is with a JWT; `undefined`: the
 * request is for something else.
 * https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 * @throws Refusal 401, 404
 */
export function installationToken(
  request: SandboxRequest,
  state: GithubState,
  context: SandboxContext,
): SandboxReply | undefined {
  const id = request.method === "POST" ? path.exec(request.path)?.[1] : undefined;
  if (id === undefined) return undefined;
  const app = appOf(request, state, context.now());
  const found = Object.hasOwn(app.installations, id) ? app.installations[id] : undefined;
  if (found === undefined) throw notFound();
  const token = `ghs_sandbox${context.next().toString(36)}${context.now().toString(36)}Installation`;
  const expires = context.now() + app.seconds * 1000;
  state.tokens[token] = { ...found, scopes: null, expires };
  if (app.calls !== undefined) state.lasting[token] = app.calls;
  return {
    status: 201,
    body: {
      token,
      expires_at: iso(expires),
      permissions: found.permissions,
      repository_selection: "all",
    },
  };
}

function appOf({ headers }: SandboxRequest, { apps }: GithubState, nowMs: number) {
  const jwt = /^bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const said = decoded(claims);
  if (decoded(head)?.alg !== "RS256" || said === undefined) {
    throw new Refusal(401, "A JSON web token could not be decoded");
  }
  const { iss, iat, exp } = said;
  const now = nowMs / 1000;
  if (typeof exp !== "number" || exp <= now) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the past");
  }
  if (typeof iat !== "number" || iat > now + 1) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (exp > now + 600) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  const app = Object.hasOwn(apps, String(iss)) ? apps[String(iss)] : undefined;
  const signed = Buffer.from(`${head}.${claims}`);
  const proof = Buffer.from(signature, "base64url");
  if (app === undefined || !verify("RSA-SHA256", signed, createPublicKey(app.publicKey), proof)) {
    throw new Refusal(401, "Integration not found");
  }
  return app;
}

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
