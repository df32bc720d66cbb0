import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Cause, type Patient, sequenceFile } from "./cause.ts";
import { all, named, nobody, trusted } from "./network.ts";
import { own } from "./teams.ts";

type Answer = (response: ServerResponse, url: URL) => unknown;

function json(response: ServerResponse, body: unknown, status = 200, headers = {}): ServerResponse {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  return response.end(JSON.stringify(body));
}

/** The services elsewhere, where what fits is answered so. */
async function answering({ away }: Patient, fits: RegExp, answer: Answer) {
  const instead = (request: IncomingMessage, response: ServerResponse) =>
    fits.test(request.url ?? "") && answer(response, new URL(request.url ?? "", "http://x"));
  return (await away({ instead })).env;
}

/** The services elsewhere, where of what fits the service's own answer is changed. */
async function changing(
  { away, sandbox }: Patient,
  fits: RegExp,
  // biome-ignore lint/suspicious/noExplicitAny: answers of all services
  change: (body: any) => unknown,
) {
  const instead = (request: IncomingMessage, response: ServerResponse) => {
    if (!fits.test(request.url ?? "")) return false;
    const { host: _, connection: _own, ...headers } = request.headers;
    const asked = { method: request.method ?? "GET", headers: headers as Record<string, string> };
    return fetch(`${sandbox.url}${request.url}`, asked).then(async (reply) => {
      const body = await reply.json();
      change(body);
      return json(response, body, reply.status);
    });
  };
  return (await away({ instead })).env;
}

const settings =
  (text: string) =>
  ({ folder }: Patient) =>
    writeFileSync(join(folder, "testx.config.mjs"), text);

let count = 0;

/** What somebody who wanted doctor to fail has thought of. */
export const strange: readonly Cause[] = [
  {
    name: "list of Notion's that gives the same page for ever",
    ...{ code: "NOTION_UNREADABLE", alone: true, says: /does not end/ },
    break: (patient) =>
      answering(patient, /^\/notion\/v1\/blocks\/.*children/, (response) =>
        json(response, { object: "list", results: [], has_more: true, next_cursor: "aaaa" }),
      ),
  },
  {
    name: "list of Notion's that always has more",
    ...{ code: "NOTION_UNREADABLE", alone: true, says: /does not end/ },
    break: (patient) =>
      answering(patient, /^\/notion\/v1\/blocks\/.*children/, (response) =>
        json(response, {
          ...{ object: "list", results: [], has_more: true, next_cursor: `page-${count++}` },
        }),
      ),
  },
  {
    name: "list of Notion's that has more and does not say where",
    ...{ code: "NOTION_UNREADABLE", alone: true },
    break: (patient) =>
      answering(patient, /^\/notion\/v1\/blocks\/.*children/, (response) =>
        json(response, { object: "list", results: [], has_more: true, next_cursor: null }),
      ),
  },
  {
    name: "list of Slack's that always has more",
    ...{ code: "SLACK_GARBLED", alone: true, says: /does not end/ },
    break: (patient) =>
      answering(patient, /^\/slack\/api\/conversations\.list/, (response) =>
        json(response, {
          ...{ ok: true, channels: [] },
          response_metadata: { next_cursor: `page-${count++}` },
        }),
      ),
  },
  {
    name: "GitHub says of its limit what is no date",
    code: "RATE_LIMIT_LOW",
    break: (patient) =>
      answering(patient, /^\/github\/user$/, (response) =>
        json(response, { login: "octo", id: 1 }, 200, {
          "x-ratelimit-limit": "5000",
          "x-ratelimit-remaining": "3",
          "x-ratelimit-reset": "99999999999999",
        }),
      ),
  },
  {
    name: "something on the way remembers other calls",
    code: "GITHUB_UNREADABLE",
    break: (patient) =>
      answering(patient, /^\/github\/user$/, (response) => response.writeHead(304).end()),
  },
  {
    name: "GitHub wants its terms agreed to",
    ...{ code: "GITHUB_FORBIDDEN", exit: 4, says: /Terms of Service/ },
    break: (patient) =>
      answering(patient, /^\/github\/user$/, (response) =>
        json(response, { message: "You must agree to the Terms of Service." }, 403),
      ),
  },
  {
    name: "repository that GitHub has disabled",
    ...{ code: "GITHUB_REFUSED", says: /disabled/ },
    break: (patient) =>
      changing(patient, /^\/github\/repos\/[^/]+\/[^/]+$/, (body) => {
        body.disabled = true;
      }),
  },
  {
    name: "token of GitHub's that expires tomorrow",
    ...{ code: "TOKEN_EXPIRING", says: /expires on/ },
    break: (patient) =>
      answering(patient, /^\/github\/user$/, (response) =>
        json(response, { login: "octo", id: 1 }, 200, {
          "github-authentication-token-expiration": new Date(Date.now() + 86_400_000)
            .toISOString()
            .replace(/T(.*)\..*/, " $1 UTC"),
        }),
      ),
  },
  {
    name: "token of GitHub's that expires next year",
    code: undefined,
    break: (patient) =>
      answering(patient, /^\/github\/user$/, (response) =>
        json(response, { login: "octo", id: 1 }, 200, {
          "github-authentication-token-expiration": `${new Date().getFullYear() + 2}-01-01 00:00:00 UTC`,
        }),
      ),
  },
  {
    name: "token of Notion's for another workspace than that of setup",
    ...{ code: "NOTION_WRONG_WORKSPACE", exit: 4, alone: true },
    async break(patient) {
      await patient.setup();
      const missing = {
        ...{ object: "error", status: 404, code: "object_not_found" },
        message: "Could not find page with ID: x. Make sure the page is shared.",
      };
      return answering(patient, /^\/notion\//, (response, { pathname }) =>
        pathname.endsWith("/users/me")
          ? json(response, {
              ...{ object: "user", id: "77777777-0000-4000-8000-000000000001", type: "bot" },
              name: "testx",
              bot: { workspace_name: "Other Inc" },
            })
          : json(response, missing, 404),
      );
    },
  },
  {
    name: "GitHub Enterprise Server in maintenance",
    ...{ code: "GITHUB_UNAVAILABLE", says: /^(?!.*githubstatus).*whoever runs/is },
    break: (patient) =>
      answering(patient, /^\/github\//, (response) =>
        json(response, { message: "GitHub Enterprise is in maintenance." }, 503),
      ),
  },
  {
    name: "GitHub Enterprise Server that does not know this version of the API",
    code: "GITHUB_VERSION_REFUSED",
    break: (patient) =>
      answering(patient, /^\/github\//, (response) =>
        json(response, { message: '"2022-11-28" is not a supported version of the REST API' }, 400),
      ),
  },
  {
    name: "misspelt policies in settings that are code",
    ...{ code: "CONFIG_UNKNOWN_KEY", alone: true, says: /"policies"/ },
    break: settings("export default { polices: [] };\n"),
  },
  {
    name: "policy of one's own that throws",
    ...{ code: "POLICY_FAILED", says: /^(?!.*correct or unset)/s },
    break: settings(
      `export default { policies: [{ name: "ours", stage: "call", policy: () => async () => null.x }] };\n`,
    ),
  },
  {
    name: "repository with the end of its address",
    ...{ code: "CONFIG_ENV_VALUE", exit: 1, says: /\.git/ },
    break: () => ({ GITHUB_REPOSITORY: "acme/app.git" }),
  },
  {
    name: "letter of another alphabet in a reference",
    ...{ code: "REFERENCE_SYNTAX", says: /U\+0441/ },
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace("${slack.channel.id}", "${slack.\u0441hannel.id}")),
  },
  {
    name: "mistake in the code of an own provider",
    ...{ code: "PROVIDER_FAILED", alone: true, says: /health.*own\/memos\.mjs/s },
    break: (patient) => own(patient, "", "health: async () => null.status,"),
  },
  {
    name: "own provider whose health never answers",
    ...{ code: "GATEWAY_TIMEOUT", alone: true, says: /memos/ },
    break(patient) {
      const env = own(patient, "", "health: () => new Promise(() => {}),");
      const file = "config/integrations/retry-policies.json";
      patient.edit(file, (text) => {
        const value = JSON.parse(text);
        value.integrations = { ...value.integrations, memos: { timeouts: { totalMs: 300 } } };
        return JSON.stringify(value);
      });
      return env;
    },
  },
  {
    name: "health check that has a thousandth of a second",
    ...{ code: "GATEWAY_TIMEOUT", says: /has 1 ms.*health-check-config/s },
    break: ({ folder }) =>
      writeFileSync(
        join(folder, "config/integrations/health-check-config.json"),
        JSON.stringify({ version: 1, integrations: { slack: { timeoutMs: 1 } } }),
      ),
  },
  {
    name: "first DNS server that is dead",
    ...{ code: "DNS_SLOW", alone: true, says: /seconds?|2\.\d s/, next: "cat /etc/resolv.conf" },
    async break({ away, machine }) {
      const { env, names } = await away();
      return { ...env, ...machine({ names, lookupMs: 2_500 }) };
    },
  },
  {
    name: "all names lead to this machine",
    ...{ code: "NETWORK_DNS_FILTERED", alone: true, next: "cat /etc/hosts" },
    async break(patient) {
      const { env, names } = await patient.away();
      const port = await nobody();
      const moved = Object.entries(env).map(([name, value]) => [
        name,
        value?.replace(/(\.services\.test):\d+/, `$1:${port}`),
      ]);
      return { ...Object.fromEntries(moved), ...patient.machine({ names: { ...names } }) };
    },
  },
  {
    name: "proxy with a line end of Windows behind it",
    ...{ code: "PROXY_INVALID", alone: true, says: /line break/ },
    break: async ({ away }) => ({
      ...(await away({ certificate: "valid" })).env,
      ...{ ...trusted, HTTPS_PROXY: "http://proxy.corp.test:8080\r", NODE_USE_ENV_PROXY: "1" },
    }),
  },
  {
    name: "proxy that does not speak the TLS that its address asks for",
    ...{ code: "PROXY_INVALID", alone: true },
    next: 'export HTTPS_PROXY="http://${HTTPS_PROXY#https://}"',
    async break({ away, sandbox }) {
      const proxy = sandbox.url.replace("http:", "https:");
      return {
        ...(await away({ certificate: "valid" })).env,
        ...{ ...trusted, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: "1" },
      };
    },
  },
  {
    name: "services past a proxy without which there is no way",
    ...{ code: "PROXY_BYPASSED", alone: true, says: /NO_PROXY/ },
    async break(patient) {
      const env = await named(patient, all("127.0.0.2"));
      const use = { HTTP_PROXY: patient.sandbox.url, NODE_USE_ENV_PROXY: "1" };
      return { ...env, ...use, NO_PROXY: ".services.test" };
    },
  },
  {
    name: "git that never answers",
    ...{ code: undefined, notes: /no answer in/ },
    break({ folder }) {
      mkdirSync(join(folder, ".git"));
      mkdirSync(join(folder, "bin"));
      writeFileSync(join(folder, "bin/git"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
      return { PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    },
  },
  {
    name: "disk that does not give the key back",
    ...{ code: "STATE_IO", exit: 4, says: /key is there, but cannot be read/ },
    async break({ setup, machine }) {
      await setup();
      return machine({ broken: "/.testx/key" });
    },
  },
  {
    name: "address with a line end of Windows behind it",
    code: undefined,
    break: ({ sandbox }) => ({ SLACK_API_URL: `${sandbox.environment.SLACK_API_URL}\r` }),
  },
  {
    name: "integration that was renamed after the setup",
    ...{ code: undefined, notes: /set up by steps that the sequence does not have/ },
    async break({ setup, edit }) {
      await setup();
      edit(sequenceFile, (text) =>
        text
          .replace('"slack": {', '"chat": {')
          .replaceAll('"slack"]', '"chat"]')
          .replaceAll("${slack.", "${chat."),
      );
    },
  },
  {
    name: "workflow's own token that may not do it",
    ...{ code: "GITHUB_FORBIDDEN", exit: 4, says: /workflow's own token/ },
    break: (patient) =>
      answering(patient, /\/labels/, (response) =>
        json(response, { message: "Resource not accessible by integration" }, 403),
      ),
  },
  {
    name: "channel renamed by hand, whose name another has got",
    ...{ code: "DRIFT_CHANGED", says: /rename that one first/ },
    async break({ setup, sandbox }) {
      await setup();
      const { SLACK_API_URL, SLACK_BOT_TOKEN } = sandbox.environment;
      const call = async (method: string, body: object) => {
        const headers = {
          authorization: `Bearer ${SLACK_BOT_TOKEN}`,
          "content-type": "application/json",
        };
        const asked = { method: "POST", headers, body: JSON.stringify(body) };
        return (await fetch(`${SLACK_API_URL}${method}`, asked)).json() as Promise<{
          channels: { id: string; name: string }[];
        }>;
      };
      const { channels } = await call("conversations.list", {});
      const { id, name } = channels.find((one) => one.name.startsWith("dev")) ?? {};
      await call("conversations.rename", { channel: id, name: `${name}-old` });
      await call("conversations.create", { name });
    },
  },
];
