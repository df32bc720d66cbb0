/**
 * Whether Node.js was told to send through the proxies that the environment names.
 * https://nodejs.org/api/cli.html#--use-env-proxy
 */
export function usesEnvProxy({ NODE_USE_ENV_PROXY, NODE_OPTIONS = "" }: Env): boolean {
  return NODE_USE_ENV_PROXY === "1" || /(^|\s)--use-env-proxy(\s|$)/.test(NODE_OPTIONS);
}

interface Env {
  readonly NODE_USE_ENV_PROXY?: string | undefined;
  readonly NODE_OPTIONS?: string | undefined;
}
