import { createHash } from "node:crypto";
import type { Refused, SandboxReply, SandboxRequest, SandboxService } from "../../core/stand-in.ts";
import { acceptance, authenticate, authorize, visible } from "./access.ts";
import { installationToken } from "./apps.ts";
import { canonicalState } from "./canonical.ts";
import type { Exchange, Operation } from "./exchange.ts";
import { initial, tokens } from "./initial.ts";
import { limited, limitHeaders } from "./limits.ts";
import { operations } from "./operations.ts";
import { notFound, Refusal } from "./refusal.ts";
import { matcher } from "./routes.ts";
import type { GithubState, Repository, Token } from "./state.ts";

const find = matcher(operations);

const versions: ReadonlySet<string> = new Set(["2022-11-28", "2026-03-10"]);

/** GitHub's REST API, as far as testx uses it. */
export const github: SandboxService<GithubState> = {
  id: "github",
  initial,
  isWrite: ({ method }) => method !== "GET" && method !== "HEAD",
  canonical: canonicalState,
  refuse: refusalReply,
  environment: (url) => ({
    GITHUB_API_URL: url,
    GITHUB_TOKEN: tokens.admin,
    GITHUB_REPOSITORY: "acme/app",
  }),
  handle(request, state, context) {
    const found = find(request);
    let token: Token | undefined;
    let reply: SandboxReply;
    try {
      checkHeaders(request);
      const made = installationToken(request, state, context);
      if (!made) token = authenticate(request, state, context.now());
      limited(request, state, context);
      if (!made && !found) throw notFound();
      reply =
        made ??
        serve(found!.operation, { request, state, context, token: token!, path: found!.path });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = error.reply;
    }
    const headers = {
      "x-github-request-id": `SAND:${context.next().toString(16).toUpperCase()}`,
      "x-github-api-version-selected": request.headers["x-github-api-version"] ?? "2022-11-28",
      "x-github-media-type": "github.v3; format=json",
      ...limitHeaders(state, context),
      ...(token?.scopes ? { "x-oauth-scopes": token.scopes.join(", ") } : {}),
      ...acceptance(found?.operation),
      ...reply.headers,
    };
    return conditional(request, { ...reply, headers });
  },
};

/** https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api */
function refusalReply({ why, retryAfterSeconds: seconds }: Refused): SandboxReply {
  switch (why) {
    case "revoked":
      return new Refusal(401, "Bad credentials").reply;
    case "scope-lost":
      return new Refusal(403, "Resource not accessible by personal access token").reply;
    case "rate-limited": {
      const message =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
      const headers = seconds === undefined ? {} : { "retry-after": String(seconds) };
      return new Refusal(429, message, {}, headers).reply;
    }
  }
}

function serve(operation: Operation, partial: Omit<Exchange, "repository">): SandboxReply {
  const { path, token } = partial;
  let repository: Repository | undefined;
  if (path.owner !== undefined) {
    repository = repositoryAt(partial);
    if (!visible(token, repository)) throw notFound();
  }
  authorize(token, operation, repository);
  return operation.handle({ ...partial, repository: repository as Repository });
}

/** @throws Refusal 301 when it was renamed, 404 */
function repositoryAt({ path, state, context, request }: Omit<Exchange, "repository">): Repository {
  const wanted = `${path.owner}/${path.repo}`.toLowerCase();
  const found = state.repositories.find(
    ({ owner, name }) => `${owner}/${name}`.toLowerCase() === wanted,
  );
  if (found) return found;
  const id = Object.hasOwn(state.moved, wanted) ? state.moved[wanted] : undefined;
  if (id === undefined) throw notFound();
  const rest = request.path.split("/").slice(4).join("/");
  const url = `${context.url}/repositories/${id}${rest === "" ? "" : `/${rest}`}`;
  const status = request.method === "GET" ? 301 : 307;
  throw new Refusal(status, "Moved Permanently", { url }, { location: url });
}

function checkHeaders({ headers }: SandboxRequest): void {
  if (!headers["user-agent"]) {
    throw new Refusal(
      403,
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    );
  }
  const version = headers["x-github-api-version"];
  if (version !== undefined && !versions.has(version)) {
    throw new Refusal(400, `The API version ${version} is not supported.`);
  }
}

/** A GET that finds what the caller has already is answered with 304. */
function conditional(request: SandboxRequest, reply: SandboxReply): SandboxReply {
  if (request.method !== "GET" || reply.status !== 200) return reply;
  const etag = `W/"${createHash("sha256").update(JSON.stringify(reply.body)).digest("hex")}"`;
  const headers = { ...reply.headers, etag, "cache-control": "private, max-age=60, s-maxage=60" };
  if (request.headers["if-none-match"] === etag) return { status: 304, headers };
  return { ...reply, headers };
}
