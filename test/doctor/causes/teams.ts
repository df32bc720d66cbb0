import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Cause, type Patient, sequenceFile } from "./cause.ts";

function put(folder: string, path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode });
}

const settings =
  (name: string, text: string): Cause["break"] =>
  ({ folder }) =>
    put(folder, name, text);

const edited =
  (change: (text: string) => string): Cause["break"] =>
  ({ edit }) =>
    edit(sequenceFile, change);

/** As Notion's only source. */
function credential({ sequence }: Patient, source: object): void {
  sequence((value) => Object.assign(value.integrations.notion, { credentials: [source] }));
}

const command =
  (...words: string[]): Cause["break"] =>
  (patient) =>
    credential(patient, { command: words });

/** What begins with `path` is answered with this. */
const answering =
  (path: string, status: number, body: object, headers: object = {}): Cause["break"] =>
  async ({ away }) => {
    const { env } = await away({
      instead: ({ url = "" }, response) =>
        url.startsWith(path) &&
        response
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(body)),
    });
    return env;
  };

const failed = { code: "CREDENTIAL_COMMAND_FAILED", exit: 4, alone: true } as const;
const placeholder = {
  code: "SECRET_MALFORMED",
  exit: 4,
  alone: true,
  says: /placeholder/,
} as const;
const config = "config/integrations";

/** A provider of the team's own, which says what else it does as it is loaded. */
export function own({ folder, sequence, sandbox }: Patient, first: string, more = "") {
  const schema = `{ "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ type: "object" }), output: () => ({ type: "object" }) } } }`;
  put(
    folder,
    "own/memos.mjs",
    `${first}
    export default {
      id: "memos", title: "Memos", config: ${schema}, configSecrets: [], secrets: [], kinds: {},
      endpoint: { env: "MEMOS_API_URL", url: "https://memos.example" },
      timeouts: { connectMs: 1000, totalMs: 1000 }, concurrency: { reads: 1, writes: 1 },
      wire: { describe: ({ method }) => ({ name: method, write: false, idempotent: true }) },
      connect: async (_, { fetch, url }) => ({ fetch, url }),
      health: async ({ fetch, url }) => {
        const { ok } = await fetch(url, { method: "GET" });
        return { status: ok ? "healthy" : "down" };
      },
      classify: () => ({ code: "GATEWAY_UNAVAILABLE", message: "No.", outcome: "unknown" }),
      ${more}
    };`,
  );
  put(folder, ".testxrc.json", JSON.stringify({ providers: { memos: "./own/memos.mjs" } }));
  sequence((value) =>
    Object.assign(value.integrations, { memos: { provider: "memos", steps: {} } }),
  );
  return { MEMOS_API_URL: sandbox.environment.ANYKROWD_HEALTH_CHECK_URL };
}

/** What happens to teams of people. */
export const teams: readonly Cause[] = [
  ...(
    [
      ["SLACK_BOT_TOKEN", "xoxb-your-token-here"],
      ["GITHUB_TOKEN", "ghp_your_token_here"],
      ["NOTION_TOKEN", "secret_your_integration_token"],
    ] as const
  ).map(
    ([name, value]): Cause => ({
      ...{ name: `${value}, as an example has it`, ...placeholder },
      break: () => ({ [name]: value }),
    }),
  ),
  {
    name: "command of a credential that is not installed",
    ...{ ...failed, next: "no-such-manager 'op://team/notion' > /dev/null" },
    break: command("no-such-manager", "op://team/notion"),
  },
  {
    name: "command of a credential in one text",
    ...{ ...failed, says: /each word/ },
    break: command("no-such-manager read notion"),
  },
  {
    name: "script of a credential that may not be run",
    ...{ ...failed, says: /no program that/ },
    break(patient) {
      put(patient.folder, "token.sh", "#!/bin/sh\necho x\n");
      credential(patient, { command: ["./token.sh"] });
    },
  },
  {
    name: "script of a credential in a language that is not there",
    ...{ ...failed, says: /first line/ },
    break(patient) {
      put(patient.folder, "token.sh", "#!/no/such/shell\necho x\n", 0o755);
      credential(patient, { command: ["./token.sh"] });
    },
  },
  {
    name: "command of a credential that prints nothing",
    ...{ code: "CREDENTIAL_EMPTY", exit: 4, alone: true, next: "true" },
    break: command("true"),
  },
  {
    name: "file of a credential with a comment above it",
    ...{ code: "SECRET_MALFORMED", exit: 4, alone: true },
    break(patient) {
      const text = `# of the team\n${patient.sandbox.environment.NOTION_TOKEN}\n`;
      put(patient.folder, "notion.token", text, 0o600);
      credential(patient, { file: "notion.token" });
    },
  },
  {
    name: "workflow whose step was not given a token",
    ...{ code: "SECRET_MISSING", exit: 4, alone: true, says: /secrets\.GITHUB_TOKEN \}\}/ },
    break: () => ({ GITHUB_TOKEN: undefined, GITHUB_ACTIONS: "true", CI: "true", HOME: undefined }),
  },
  {
    name: "conflict that git has left in the sequence",
    ...{ code: "CONFIG_BAD_JSON", alone: true, says: /conflict/ },
    break: edited((text) => text.replace('"version": 1,', '<<<<<<< HEAD\n"version": 1,\n=======')),
  },
  {
    name: "quotes as word processors write them",
    ...{ code: "CONFIG_BAD_JSON", alone: true, says: /straight/ },
    break: edited((text) => text.replace('"version"', "“version”")),
  },
  {
    name: "sequence in YAML",
    ...{ code: "CONFIG_NOT_FOUND", alone: true, says: /JSON alone/ },
    break: ({ folder }) =>
      renameSync(join(folder, sequenceFile), join(folder, config, "integration-sequence.yaml")),
  },
  {
    name: "sequence under a name that is mistyped",
    ...{ code: "CONFIG_NOT_FOUND", alone: true },
    next: `mv ${config}/integrations-sequence.json ${sequenceFile}`,
    break: ({ folder }) =>
      renameSync(join(folder, sequenceFile), join(folder, config, "integrations-sequence.json")),
  },
  {
    name: "sequence beyond the package where testx was started",
    ...{ code: "CONFIG_NOT_FOUND", alone: true, below: "packages/app", says: /that is the one/ },
    break: ({ folder }) => put(folder, "packages/app/package.json", "{}"),
  },
  {
    name: "settings that lead elsewhere than to the sequence",
    ...{ code: "CONFIG_NOT_FOUND", alone: true, says: /Correct \.testxrc\.json/ },
    break: settings(".testxrc.json", '{ "config": "team/integrations" }'),
  },
  {
    name: "step that was put among the integrations",
    ...{ code: "CONFIG_MISSING_KEY", others: ["CONFIG_UNKNOWN_KEY"] },
    break: ({ sequence }) =>
      sequence(({ integrations }) => {
        integrations.channel = integrations.slack.steps.channel;
        delete integrations.slack.steps.channel;
      }),
  },
  {
    name: "step without its `with`",
    ...{ code: "CONFIG_UNKNOWN_KEY", alone: true, says: /in its `with`/ },
    break: ({ sequence }) =>
      sequence((value) => {
        value.integrations.slack.steps.channel = { kind: "channel", name: "dev-onboarding" };
      }),
  },
  {
    name: "settings in YAML with tabs",
    ...{ code: "CONFIG_BAD_YAML", alone: true, says: /:4:1.*tab/ },
    break: settings(".testxrc.yaml", "switches:\n  offline: false\nretry:\n\tdefault: QUICK\n"),
  },
  {
    name: "settings in JSON with comments",
    ...{ code: "CONFIG_BAD_JSON", alone: true, says: /no comments/ },
    break: settings(".testxrc.json", "{\n  // ours\n}\n"),
  },
  {
    name: "settings in TypeScript that are not closed",
    ...{ code: "CONFIG_CODE_FAILED", alone: true, next: "node testx.config.ts" },
    break: settings("testx.config.ts", "export default { retry: { default: 'QUICK' }\n"),
  },
  {
    name: "settings in TypeScript that are not exported as default",
    ...{ code: "CONFIG_CODE_FAILED", alone: true, says: /no default export/ },
    break: settings(
      "testx.config.ts",
      "export const settings = { retry: { default: 'QUICK' } };\n",
    ),
  },
  {
    name: "settings that say something as they are loaded",
    code: undefined,
    break: settings("testx.config.mjs", "console.log('3 variables loaded'); export default {};\n"),
  },
  { name: "own provider, all well", code: undefined, break: (patient) => own(patient, "") },
  {
    name: "own provider that says something as it is loaded",
    code: undefined,
    break: (patient) => own(patient, "console.info('memos are ready');"),
  },
  {
    name: "own provider that throws as it is loaded",
    ...{ code: "PROVIDER_FAILED_TO_LOAD", alone: true, says: /no key \(own\/memos\.mjs:1\)/ },
    break: (patient) => own(patient, "throw new Error('no key');"),
  },
  {
    name: "own provider without a part",
    ...{ code: "PROVIDER_INVALID", alone: true, says: /health/ },
    break: (patient) => own(patient, "", "health: undefined,"),
  },
  {
    name: "own provider whose health is no health",
    ...{ code: "PROVIDER_FAILED", alone: true, says: /^(?!.*MEMOS_API_URL)/ },
    break: (patient) => own(patient, "", "health: async () => 'fine',"),
  },
  {
    name: "check of a port that nobody listens at",
    ...{ code: "GATEWAY_REFUSED", alone: true, says: /asked at 127\.0\.0\.1:9.*config show/s },
    break: ({ folder }) => {
      const check = { check: "tcp", host: "127.0.0.1", port: 9 };
      const file = { version: 1, integrations: { slack: check } };
      put(folder, `${config}/health-check-config.json`, JSON.stringify(file));
    },
  },
  {
    name: "address of GitHub for people",
    ...{ code: "GATEWAY_UNREADABLE", alone: true, says: /api\/v3/ },
    async break({ away }) {
      const { env, port } = await away({
        instead: ({ url = "" }, response) =>
          /^\/(user|repos)/.test(url) &&
          response.writeHead(404, { "content-type": "text/html" }).end("<html>Not found</html>"),
      });
      return { ...env, GITHUB_API_URL: `http://github.services.test:${port}` };
    },
  },
  {
    name: "token that an organization has not authorized",
    ...{
      code: "GITHUB_SSO_REQUIRED",
      exit: 4,
      alone: true,
      says: /at https:\/\/github\.com\/orgs/,
    },
    break: answering(
      "/github/repos/",
      403,
      { message: "Protected by SAML." },
      {
        "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=A1",
      },
    ),
  },
  {
    name: "address that an organization does not let in",
    ...{ code: "GITHUB_REFUSED", alone: true, says: /IP allow list/ },
    break: answering("/github/repos/", 403, { message: "`acme` has an IP allow list enabled." }),
  },
  {
    name: "Slack token of a whole organization",
    ...{ code: "SLACK_TOKEN_KIND", exit: 4, alone: true, says: /whole organization/ },
    break: answering("/slack/api/conversations.list", 200, {
      ...{ ok: false, error: "missing_argument" },
      response_metadata: { messages: ["[ERROR] missing required field: team_id"] },
    }),
  },
  {
    name: "Slack app that was uninstalled",
    ...{ code: "SLACK_TOKEN_REVOKED", exit: 4, alone: true },
    break: answering("/slack/api/", 200, { ok: false, error: "account_inactive" }),
  },
  {
    name: "version of Notion's API that something on the way takes out",
    ...{ code: "NOTION_VERSION_REFUSED", alone: true },
    break: answering("/notion/v1/", 400, {
      ...{ object: "error", status: 400, code: "missing_version" },
      message: "Notion-Version header failed validation.",
    }),
  },
  {
    name: "variables with the line ends of Windows",
    ...{ code: "CONFIG_ENV_VALUE", alone: true, says: /ends with a line break/ },
    break: ({ sandbox: { environment } }) =>
      Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, `${value}\r`])),
  },
  {
    name: "repository in quotes",
    ...{ code: "CONFIG_ENV_VALUE", alone: true, says: /quotes around it/ },
    break: () => ({ GITHUB_REPOSITORY: '"acme/app"' }),
  },
  {
    name: "variable in the words of a shell",
    ...{ code: "CONFIG_BAD_VALUE", alone: true, says: /Write "\$\{env\.GITHUB_REPOSITORY\}"/ },
    break: edited((text) =>
      text.replace(
        `"repository": "\${env.GITHUB_REPOSITORY}"`,
        '"repository": "$GITHUB_REPOSITORY"',
      ),
    ),
  },
  {
    name: "settings in two files",
    ...{ code: "SETTINGS_UNREAD", alone: true, says: /mjs is not read: .* from \.testxrc\.json/ },
    break({ folder }) {
      put(folder, ".testxrc.json", '{ "retry": { "default": "QUICK" } }');
      put(folder, "testx.config.mjs", "export default {};");
    },
  },
  {
    name: "settings in TOML",
    ...{ code: "SETTINGS_UNREAD", alone: true, says: /no settings from a file of that name/ },
    break: settings("testx.config.toml", "state = '.memory'\n"),
  },
  { name: "settings that are empty", code: undefined, break: settings(".testxrc.yaml", "") },
  {
    name: "settings that are left aside on purpose",
    ...{ code: undefined, args: ["--config", config] },
    break: settings(".testxrc.json", '{ "state": ".memory" }'),
  },
  {
    name: "settings that import what is not installed",
    ...{ code: "CONFIG_CODE_FAILED", alone: true, says: /npm install.*dotenv/ },
    break: settings("testx.config.mjs", "import 'dotenv/config'; export default {};\n"),
  },
  {
    name: "file system of the state folder made read-only since the setup",
    ...{ code: "STATE_READ_ONLY", exit: 4, alone: true },
    async break({ folder, setup, machine }) {
      await setup();
      return machine({ readOnly: join(folder, ".testx") });
    },
  },
  {
    name: "token in place of the path of its file",
    ...{ code: "CREDENTIAL_FILE_UNREADABLE", exit: 4, alone: true },
    next: 'export SLACK_BOT_TOKEN="$SLACK_BOT_TOKEN_FILE"; unset SLACK_BOT_TOKEN_FILE',
    break: ({ sandbox: { environment } }) => ({
      ...{ SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: environment.SLACK_BOT_TOKEN },
    }),
  },
  {
    name: "GitHub's calls used up, and nothing else",
    ...{ code: "GATEWAY_RATE_LIMITED", alone: true },
    break: ({ sandbox }) =>
      sandbox.reset({ github: { rate: { limit: 5000, used: 5000, since: Date.now() } } }),
  },
  {
    name: "file given as the state folder",
    ...{ code: "STATE_IO", exit: 4, alone: true, args: ["--state", "memory"] },
    break: ({ folder }) => put(folder, "memory", ""),
  },
  {
    name: "too few open files allowed",
    ...{ code: "FILES_LIMITED", exit: 1, alone: true, next: "ulimit -n 1024" },
    shell: "ulimit -n 40",
    break: ({ setup }) => setup(),
  },
  {
    name: "journal of another program, which all may read",
    ...{ code: "JOURNAL_CORRUPT", exit: 4, others: ["STATE_OPEN_TO_OTHERS"] },
    break({ folder }) {
      mkdirSync(join(folder, ".testx"), { mode: 0o700 });
      put(folder, ".testx/state.db", "version https://git-lfs.github.com/spec/v1\n");
    },
  },
];
