import type { Octokit } from "@octokit/rest";
import { fail } from "../../core/failure.ts";
import type { ConnectDeps } from "../../core/provider.ts";
import type { Config } from "./inputs.ts";

export interface Client {
  readonly request: Octokit["request"];
  /** `acme/app`: where steps that name no repository of their own go. */
  readonly repository: string;
  /** A step may bring the repository into being, so that it need not be there yet. */
  readonly mayCreate: boolean;
  /** The token of an app installation (GitHub Actions' own one): it stands for no user. */
  readonly installation: boolean;
  /** Where people look at it: `https://github.com`. */
  readonly web: string;
  /** What replies have told in passing; classic tokens have scopes. */
  readonly seen: { scopes?: readonly string[] };
  /** Writes of unknown outcome that turned out to have taken effect. */
  readonly settled: Set<string>;
  /** Secrets set over this connection: which, and the digest of the value. */
  readonly digests: Map<string, string>;
}

/** The version of the REST API whose types the SDK carries. */
const apiVersion = "2022-11-28";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Octokit with neither its retry nor its throttling plugin: they send writes again whose
 * outcome is unknown.
 * @throws TestxError GITHUB_TOKEN_MISSING, GITHUB_TOKEN_INVALID
 */
export async function connect(config: Config, deps: ConnectDeps): Promise<Client> {
  const token = deps.secret("GITHUB_TOKEN");
  if (token === undefined || token === "") fail("GITHUB_TOKEN_MISSING", "GITHUB_TOKEN is not set.");
  if (!/^[\x21-\x7e]+$/.test(token)) {
    fail(
      "GITHUB_TOKEN_INVALID",
      "GITHUB_TOKEN holds spaces, line breaks or other characters that no token has.",
    );
  }
  const { Octokit } = await import("@octokit/rest");
  const baseUrl = deps.url.replace(/\/+$/, "");
  const octokit = new Octokit({
    auth: token,
    baseUrl,
    userAgent: deps.userAgent ?? "testx",
    log: silent,
    request: { fetch: deps.fetch, log: silent },
  });
  return {
    request: octokit.request.defaults({ headers: { "x-github-api-version": apiVersion } }),
    repository: config.repository,
    mayCreate: config.createRepository ?? false,
    installation: token.startsWith("ghs_"),
    web: webOf(baseUrl),
    seen: {},
    settled: new Set(),
    digests: new Map(),
  };
}

/**
 * Where people look at what the API serves: GitHub Enterprise Cloud with data residency and
 * Enterprise Server have sites of their own; whatever else answers stands for github.com. The
 * address must not depend on a port, because links go into what other services are told.
 */
function webOf(baseUrl: string): string {
  const { hostname, pathname, origin } = new URL(baseUrl);
  if (/^api\..+\.ghe\.com$/.test(hostname)) return `https://${hostname.slice(4)}`;
  return pathname === "/api/v3" ? origin : "https://github.com";
}
