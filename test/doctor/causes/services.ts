import type { ServerResponse } from "node:http";
import type { Cause, Patient } from "./cause.ts";

const token = "0123456789abcdefghijABCDEFGHIJ012345";

/** Something else answers what is asked of a service; without a name, of all of them. */
async function instead(
  away: Patient["away"],
  service: string,
  answer: (response: ServerResponse) => unknown,
) {
  const { env } = await away({
    instead: ({ url = "" }, response) => url.startsWith(`/${service}`) && answer(response),
  });
  return env;
}

function page(response: ServerResponse, status: number): ServerResponse {
  response.writeHead(status, { "content-type": "text/html" });
  return response.end("<html>For people</html>");
}

export const services: readonly Cause[] = [
  {
    name: "Slack does not know the token",
    code: "SLACK_TOKEN_INVALID",
    exit: 4,
    break: () => ({ SLACK_BOT_TOKEN: `xoxb-${token}` }),
  },
  {
    name: "Slack token revoked",
    code: "SLACK_TOKEN_REVOKED",
    exit: 4,
    break: ({ sandbox }) =>
      sandbox.setFaults([
        { service: "slack", fault: { kind: "refusal", refused: { why: "revoked" } } },
      ]),
  },
  {
    name: "Slack token expired",
    code: "SLACK_TOKEN_REVOKED",
    exit: 4,
    break: ({ sandbox }) =>
      sandbox.reset({
        slack: { tokens: { [sandbox.environment.SLACK_BOT_TOKEN ?? ""]: { status: "expired" } } },
      }),
  },
  {
    name: "Slack token lacks a scope",
    code: "SCOPE_MISSING",
    exit: 4,
    break: ({ sandbox }) =>
      sandbox.reset({
        slack: {
          tokens: {
            [sandbox.environment.SLACK_BOT_TOKEN ?? ""]: {
              scopes: ["channels:read", "channels:manage", "channels:history", "channels:join"],
            },
          },
        },
      }),
  },
  {
    name: "Slack token of another workspace",
    code: "SLACK_WRONG_WORKSPACE",
    exit: 4,
    break: ({ sequence }) =>
      sequence((value) =>
        Object.assign(value.integrations.slack, { with: { workspace: "elsewhere" } }),
      ),
  },
  {
    name: "Notion does not know the token",
    code: "NOTION_TOKEN_INVALID",
    exit: 4,
    break: () => ({ NOTION_TOKEN: `ntn_${token}` }),
  },
  {
    name: "Notion page that is not shared",
    code: "NOTION_PAGE_NOT_SHARED",
    exit: 4,
    break: () => ({ NOTION_PARENT_PAGE_ID: "00000000000040008000000000000001" }),
  },
  {
    name: "GitHub does not know the token",
    code: "GITHUB_TOKEN_INVALID",
    exit: 4,
    break: () => ({ GITHUB_TOKEN: `ghp_${token}` }),
  },
  {
    name: "repository that is not there",
    code: "GITHUB_REPOSITORY_NOT_FOUND",
    exit: 4,
    break: () => ({ GITHUB_REPOSITORY: "acme/nowhere" }),
  },
  {
    name: "addresses of two services swapped",
    code: "NOTION_TOKEN_INVALID",
    exit: 4,
    says: /asked at http.*\(NOTION_API_URL\).*correct or unset/s,
    break: ({ sandbox: { environment } }) => ({
      NOTION_API_URL: environment.GITHUB_API_URL,
      GITHUB_API_URL: environment.NOTION_API_URL,
    }),
  },
  {
    name: "address of GitHub with a path too many",
    code: "GITHUB_REPOSITORY_NOT_FOUND",
    exit: 4,
    says: /asked at http.*\(GITHUB_API_URL\).*correct or unset/s,
    break: ({ sandbox }) => ({ GITHUB_API_URL: `${sandbox.environment.GITHUB_API_URL}/api/v3` }),
  },
  {
    name: "repository that is archived",
    code: "GITHUB_ARCHIVED",
    exit: 4,
    async break({ sandbox }) {
      const { GITHUB_API_URL, GITHUB_TOKEN, GITHUB_REPOSITORY } = sandbox.environment;
      const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}`;
      const headers = { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "by hand" };
      const body = JSON.stringify({ archived: true });
      const { status } = await fetch(url, { method: "PATCH", headers, body });
      if (status !== 200) throw new Error(`the repository was not archived: ${status}`);
    },
  },
  {
    name: "repository named without its owner",
    code: "CONFIG_ENV_VALUE",
    break: () => ({ GITHUB_REPOSITORY: "onboarding" }),
  },
  {
    name: "GitHub's calls used up",
    code: "GATEWAY_RATE_LIMITED",
    break: ({ sandbox }) =>
      sandbox.reset({ github: { rate: { limit: 5000, used: 5000, since: Date.now() } } }),
  },
  {
    name: "few of GitHub's calls left",
    code: "RATE_LIMIT_LOW",
    break: ({ sandbox }) =>
      sandbox.reset({ github: { rate: { limit: 5000, used: 4990, since: Date.now() } } }),
  },
  {
    name: "Slack refuses for its limit",
    code: "GATEWAY_RATE_LIMITED",
    says: /asks to wait 2 minutes, until \d\d:\d\d UTC/,
    break: ({ sandbox }) =>
      sandbox.setFaults([
        {
          service: "slack",
          fault: { kind: "refusal", refused: { why: "rate-limited", retryAfterSeconds: 120 } },
        },
      ]),
  },
  {
    name: "503 of Notion",
    code: "NOTION_UNAVAILABLE",
    break: ({ sandbox }) =>
      sandbox.setFaults([{ service: "notion", fault: { kind: "status", status: 503 } }]),
  },
  {
    name: "page of HTML in place of GitHub's data",
    code: "GATEWAY_UNREADABLE",
    break: ({ sandbox }) => sandbox.setFaults([{ service: "github", fault: { kind: "html" } }]),
  },
  {
    name: "Slack closes connections",
    code: "HOST_NO_REPLY",
    break: ({ sandbox }) =>
      sandbox.setFaults([{ service: "slack", fault: { kind: "reset", when: "before" } }]),
  },
  {
    name: "channel that somebody else has made, which can be adopted",
    code: undefined,
    async break({ sandbox }) {
      const { SLACK_API_URL, SLACK_BOT_TOKEN } = sandbox.environment;
      const headers = {
        authorization: `Bearer ${SLACK_BOT_TOKEN}`,
        "content-type": "application/x-www-form-urlencoded",
      };
      const url = `${SLACK_API_URL}conversations.create`;
      const reply = await fetch(url, { method: "POST", headers, body: "name=dev-onboarding" });
      const { ok, error } = (await reply.json()) as { ok: boolean; error?: string };
      if (!ok) throw new Error(`the channel was not made: ${error}`);
    },
  },
  {
    name: "optional service down",
    code: "HEALTH_CHECK_FAILED",
    break: ({ sandbox }) =>
      sandbox.setFaults([{ service: "anykrowd", fault: { kind: "status", status: 500 } }]),
  },
  {
    name: "narrowed to what is well",
    code: undefined,
    args: ["slack"],
    break: () => ({ NOTION_TOKEN: undefined }),
  },
  {
    name: "narrowed to what is not there",
    code: "INTEGRATION_UNKNOWN",
    exit: 2,
    args: ["slak"],
    break: () => {},
  },
  {
    name: "page of HTML in place of GitHub's refusals",
    code: "GATEWAY_UNREADABLE",
    alone: true,
    break: ({ away }) => instead(away, "github", (response) => page(response, 404)),
  },
  {
    name: "GitHub's users are a page of HTML, its repositories are well",
    code: "GATEWAY_UNREADABLE",
    alone: true,
    break: async ({ away }) =>
      (
        await away({
          instead: ({ url = "" }, response) =>
            url === "/github/user" ? page(response, 403) : false,
        })
      ).env,
  },
  ...[403, 503].map(
    (status): Cause => ({
      name: `page of HTML with status ${status} in place of everything`,
      code: "NETWORK_FILTERED",
      alone: true,
      break: ({ away }) => instead(away, "", (response) => page(response, status)),
    }),
  ),
  {
    name: "the same text in place of everything",
    code: "NETWORK_FILTERED",
    alone: true,
    break: ({ away }) =>
      instead(away, "", (response) => response.writeHead(502).end("no healthy upstream")),
  },
  ...[401, 403].map(
    (status): Cause => ({
      name: `the same JSON with status ${status} in place of everything`,
      code: "NETWORK_FILTERED",
      alone: true,
      break: ({ away }) =>
        instead(away, "", (response) =>
          response
            .writeHead(status, { "content-type": "application/json" })
            .end('{"message":"Forbidden"}'),
        ),
    }),
  ),
  {
    name: "a proxy on the way wants a password",
    code: "PROXY_REFUSED",
    alone: true,
    break: ({ away }) => instead(away, "", (response) => page(response, 407)),
  },
  {
    name: "log-in page without a type",
    code: "NETWORK_PORTAL",
    alone: true,
    break: ({ away }) => instead(away, "", (response) => response.end("<html>Log in</html>")),
  },
  {
    name: "redirect to a log-in at the services' own addresses",
    code: "NETWORK_PORTAL",
    alone: true,
    break: ({ away }) =>
      instead(away, "", (response) => response.writeHead(302, { location: "/login" }).end()),
  },
  {
    name: "the services are to be asked by https",
    code: "GATEWAY_REDIRECTED",
    alone: true,
    says: /Set SLACK_API_URL=https:.+NOTION_API_URL=https:/,
    break: async ({ away }) =>
      (
        await away({
          instead: ({ url, headers }, response) =>
            response.writeHead(301, { location: `https://${headers.host}${url}` }).end(),
        })
      ).env,
  },
  {
    name: "three tokens that are wrong",
    code: "SLACK_TOKEN_INVALID",
    exit: 4,
    others: ["NOTION_TOKEN_INVALID", "GITHUB_TOKEN_INVALID"],
    break: async ({ away }) => ({
      ...(await away()).env,
      SLACK_BOT_TOKEN: `xoxb-${token}`,
      NOTION_TOKEN: `ntn_${token}`,
      GITHUB_TOKEN: `ghp_${token}`,
    }),
  },
  {
    name: "Notion has moved",
    code: "GATEWAY_REDIRECTED",
    alone: true,
    says: /If api\.notion\.test can be trusted, set NOTION_API_URL=https:\/\/api\.notion\.test\/notion\./,
    break: async ({ away }) =>
      (
        await away({
          instead: ({ url = "" }, response) =>
            url.startsWith("/notion") &&
            response.writeHead(308, { location: `https://api.notion.test${url}` }).end(),
        })
      ).env,
  },
];
