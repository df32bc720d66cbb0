import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cause, Patient } from "./cause.ts";

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: folder });

/** As `.env` would hold them, with nothing of it in the environment. */
function onlyInFile({ folder, sandbox }: Patient, name: string) {
  const { SLACK_BOT_TOKEN, NOTION_TOKEN } = sandbox.environment;
  const text = `SLACK_BOT_TOKEN=${SLACK_BOT_TOKEN}\nexport NOTION_TOKEN="${NOTION_TOKEN}"\n`;
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return { SLACK_BOT_TOKEN: undefined, NOTION_TOKEN: undefined };
}

const slack = (token: string | undefined) => () => ({ SLACK_BOT_TOKEN: token });

export const secrets: readonly Cause[] = [
  { name: "no Slack token", code: "SECRET_MISSING", exit: 4, break: slack(undefined) },
  { name: "empty Slack token", code: "SECRET_MISSING", exit: 4, break: slack("") },
  {
    name: "everything missing",
    code: "SECRET_MISSING",
    exit: 4,
    break: ({ sandbox }) =>
      Object.fromEntries(Object.keys(sandbox.environment).map((name) => [name, undefined])),
  },
  {
    name: "no repository named",
    code: "ENV_MISSING",
    exit: 4,
    break: () => ({ GITHUB_REPOSITORY: undefined }),
  },
  {
    name: "optional integration without its variable",
    code: undefined,
    break: () => ({ ANYKROWD_HEALTH_CHECK_URL: undefined }),
  },
  {
    name: ".env that is not loaded",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    break: (patient) => onlyInFile(patient, ".env"),
  },
  {
    name: ".env.local that is not loaded",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    break: (patient) => onlyInFile(patient, ".env.local"),
  },
  {
    name: ".env.local that is not loaded beside an .env with nothing of it",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    next: "set -a; . ./.env.local; set +a",
    break(patient) {
      writeFileSync(join(patient.folder, ".env"), "ANYTHING=else\n", { mode: 0o600 });
      return onlyInFile(patient, ".env.local");
    },
  },
  {
    name: ".env of the project, from below it",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    below: "below",
    says: /stands? in .*\/\.env, but testx was started without/,
    break(patient) {
      mkdirSync(join(patient.folder, "below"));
      writeFileSync(join(patient.folder, "package.json"), "{}");
      return onlyInFile(patient, ".env");
    },
  },
  {
    name: ".env with blanks around its equals signs",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    says: /blank/,
    break: ({ folder, sandbox }) => {
      const text = `SLACK_BOT_TOKEN = ${sandbox.environment.SLACK_BOT_TOKEN}\n`;
      writeFileSync(join(folder, ".env"), text, { mode: 0o600 });
      return { SLACK_BOT_TOKEN: undefined };
    },
  },
  {
    name: ".env in UTF-16",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    alone: true,
    says: /UTF-16/,
    break: ({ folder, sandbox }) => {
      const text = `\ufeffSLACK_BOT_TOKEN=${sandbox.environment.SLACK_BOT_TOKEN}\r\n`;
      writeFileSync(join(folder, ".env"), Buffer.from(text, "utf16le"), { mode: 0o600 });
      return { SLACK_BOT_TOKEN: undefined };
    },
  },
  {
    name: ".env that may not be read",
    code: "ENV_FILE_UNUSED",
    exit: 4,
    alone: true,
    ordinary: true,
    says: /cannot be read/,
    break(patient) {
      const env = onlyInFile(patient, ".env");
      chmodSync(join(patient.folder, ".env"), 0);
      return env;
    },
  },
  {
    name: "token in a variable of another name",
    code: "SECRET_MISSING",
    exit: 4,
    next: 'export SLACK_BOT_TOKEN="$SLACK_TOKEN"',
    break: ({ sandbox }) => ({
      SLACK_BOT_TOKEN: undefined,
      SLACK_TOKEN: sandbox.environment.SLACK_BOT_TOKEN,
    }),
  },
  {
    name: "token in a variable that another tool reads",
    code: "SECRET_MISSING",
    exit: 4,
    next: 'export GITHUB_TOKEN="$GH_TOKEN"',
    break: ({ sandbox }) => ({
      GITHUB_TOKEN: undefined,
      GH_TOKEN: sandbox.environment.GITHUB_TOKEN,
    }),
  },
  {
    name: "team's variable that is missing beside one that another integration has",
    code: "SECRET_MISSING",
    exit: 4,
    says: /^TEAM_B is not set\./,
    break({ sequence, sandbox }) {
      sequence((value) => {
        const { slack } = value.integrations;
        value.integrations.slack2 = { ...slack, credentials: [{ env: "TEAM_B" }], steps: {} };
        slack.credentials = [{ env: "TEAM_A" }];
      });
      return { TEAM_A: sandbox.environment.SLACK_BOT_TOKEN, SLACK_BOT_TOKEN: undefined };
    },
  },
  {
    name: "variable in small letters",
    code: "SECRET_MISSING",
    exit: 4,
    next: 'export NOTION_TOKEN="$notion_token"',
    break: ({ sandbox }) => ({
      NOTION_TOKEN: undefined,
      notion_token: sandbox.environment.NOTION_TOKEN,
    }),
  },
  {
    name: "misspelt variable of the sequence",
    code: "ENV_MISSING",
    exit: 4,
    next: 'export GITHUB_REPOSITORY="$GITHUB_REPOSITRY"',
    says: /integration-sequence\.json:\d+/,
    break: ({ sandbox }) => ({
      GITHUB_REPOSITORY: undefined,
      GITHUB_REPOSITRY: sandbox.environment.GITHUB_REPOSITORY,
    }),
  },
  {
    name: "no page of Notion's in its variable",
    code: "CONFIG_ENV_VALUE",
    alone: true,
    says: /NOTION_PARENT_PAGE_ID/,
    break: () => ({ NOTION_PARENT_PAGE_ID: "7ea4d5c6b7a8490a8b9c0d1e2f3a400g" }),
  },
  {
    name: "token in the variable of a page",
    code: "CONFIG_ENV_VALUE",
    alone: true,
    says: /NOTION_PARENT_PAGE_ID/,
    break: ({ sandbox }) => ({ NOTION_PARENT_PAGE_ID: sandbox.environment.NOTION_TOKEN }),
  },
  {
    name: "Notion's token in the file for Slack's",
    code: "SECRET_WRONG_KIND",
    exit: 4,
    alone: true,
    break({ folder }) {
      writeFileSync(join(folder, "tok"), `ntn_${"0123456789".repeat(4)}\n`, { mode: 0o600 });
      return { SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: "tok" };
    },
  },
  {
    name: "variable of the team's own that has a placeholder",
    code: "SECRET_MALFORMED",
    exit: 4,
    alone: true,
    break({ sequence }) {
      sequence((value) =>
        Object.assign(value.integrations.slack, { credentials: [{ env: "TEAM_SLACK" }] }),
      );
      return { TEAM_SLACK: "***", SLACK_BOT_TOKEN: undefined };
    },
  },
  {
    name: "token with a blank in it",
    code: "SECRET_MALFORMED",
    exit: 4,
    says: /character 5 is a blank/,
    break: slack("xoxb 0123456789-abcdef"),
  },
  {
    name: "Notion's token for Slack",
    code: "SECRET_WRONG_KIND",
    exit: 4,
    break: slack("ntn_0123456789abcdefghijABCDEFGHIJ0123456789abcdef"),
  },
  {
    name: "Slack's app-level token",
    code: "SECRET_WRONG_KIND",
    exit: 4,
    break: slack("xapp-1-A0123456789-0123456789-abcdef"),
  },
  {
    name: "Slack's user token",
    code: "SECRET_WRONG_KIND",
    exit: 4,
    break: slack("xoxp-0123456789-0123456789-abcdef"),
  },
  {
    name: "Slack's token for GitHub",
    code: "SECRET_WRONG_KIND",
    exit: 4,
    break: ({ sandbox }) => ({ GITHUB_TOKEN: sandbox.environment.SLACK_BOT_TOKEN }),
  },
  {
    name: "GitHub's token for Notion",
    code: "SECRET_WRONG_KIND",
    exit: 4,
    break: () => ({ NOTION_TOKEN: "github_pat_0123456789abcdefghij_ABCDEFGHIJ" }),
  },
  {
    name: "token in quotes",
    code: "SECRET_MALFORMED",
    exit: 4,
    break: ({ sandbox }) => ({ SLACK_BOT_TOKEN: `"${sandbox.environment.SLACK_BOT_TOKEN}"` }),
  },
  {
    name: "token with a line break at its end",
    code: undefined,
    break: ({ sandbox }) => ({ SLACK_BOT_TOKEN: `${sandbox.environment.SLACK_BOT_TOKEN}\n` }),
  },
  {
    name: "token with a line break in it",
    code: "SECRET_MALFORMED",
    exit: 4,
    break: slack("xoxb-0123456789-\n0123456789-abcdef"),
  },
  {
    name: "placeholder for a token",
    code: "SECRET_MALFORMED",
    exit: 4,
    break: slack("xoxb-..."),
  },
  {
    name: "variable in place of a token",
    code: "SECRET_MALFORMED",
    exit: 4,
    break: slack("${SLACK_TOKEN}"),
  },
  {
    name: "Bearer before the token",
    code: "SECRET_MALFORMED",
    exit: 4,
    break: ({ sandbox }) => ({ NOTION_TOKEN: `Bearer ${sandbox.environment.NOTION_TOKEN}` }),
  },
  {
    name: "token in a committed file",
    code: "SECRET_IN_GIT",
    break({ folder, sandbox }) {
      writeFileSync(
        join(folder, "notes.txt"),
        `the token: ${sandbox.environment.SLACK_BOT_TOKEN}\n`,
      );
      git(folder, "init", "-q");
      git(folder, "add", "notes.txt");
      git(folder, "commit", "-qm", "notes");
    },
  },
  {
    name: "token from a variable of the team's own in a committed file",
    code: "SECRET_IN_GIT",
    break({ folder, sandbox, sequence }) {
      const TEAM_SLACK = sandbox.environment.SLACK_BOT_TOKEN;
      sequence((value) =>
        Object.assign(value.integrations.slack, { credentials: [{ env: "TEAM_SLACK" }] }),
      );
      writeFileSync(join(folder, "notes.txt"), `the token: ${TEAM_SLACK}\n`);
      git(folder, "init", "-q");
      git(folder, "add", "notes.txt");
      return { TEAM_SLACK, SLACK_BOT_TOKEN: undefined };
    },
  },
  {
    name: "committed file of a token",
    code: "SECRET_IN_GIT",
    break({ folder, sandbox }) {
      const token = sandbox.environment.SLACK_BOT_TOKEN;
      writeFileSync(join(folder, "slack-token"), `${token}\n`, { mode: 0o600 });
      git(folder, "init", "-q");
      git(folder, "add", "slack-token");
      return { SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: "slack-token" };
    },
  },
  {
    name: "file of a token that all may read",
    code: "SECRET_FILE_OPEN",
    break({ folder, sandbox }) {
      writeFileSync(join(folder, "slack-token"), `${sandbox.environment.SLACK_BOT_TOKEN}\n`);
      chmodSync(join(folder, "slack-token"), 0o644);
      return { SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: "slack-token" };
    },
  },
  {
    name: "git that refuses",
    code: undefined,
    notes: /git could not be asked.*dubious ownership/,
    break({ folder }) {
      git(folder, "init", "-q");
      mkdirSync(join(folder, "bin"));
      const refuses =
        "#!/bin/sh\necho 'fatal: detected dubious ownership in repository' >&2\nexit 128\n";
      writeFileSync(join(folder, "bin/git"), refuses, { mode: 0o755 });
      return { PATH: join(folder, "bin") };
    },
  },
  {
    name: "git repository without git",
    code: undefined,
    notes: /git could not be asked.*not installed/,
    break({ folder }) {
      git(folder, "init", "-q");
      return { PATH: "/nowhere" };
    },
  },
  {
    name: "committed memory of testx",
    code: "SECRET_IN_GIT",
    alone: true,
    says: /\.testx/,
    async break(patient) {
      await patient.setup();
      git(patient.folder, "init", "-q");
      git(patient.folder, "add", "-f", ".testx");
    },
  },
  {
    name: "committed .env of the project, from below it",
    code: "SECRET_IN_GIT",
    below: "below",
    break({ folder }) {
      mkdirSync(join(folder, "below"));
      writeFileSync(join(folder, "package.json"), "{}");
      writeFileSync(join(folder, ".env"), "ANYTHING=else\n", { mode: 0o600 });
      git(folder, "init", "-q");
      git(folder, "add", ".env");
    },
  },
  {
    name: "committed .env",
    code: "SECRET_IN_GIT",
    break({ folder }) {
      writeFileSync(join(folder, ".env"), "ANYTHING=else\n", { mode: 0o600 });
      git(folder, "init", "-q");
      git(folder, "add", ".env");
    },
  },
  {
    name: ".env that all may read",
    code: "SECRET_FILE_OPEN",
    break({ folder }) {
      writeFileSync(join(folder, ".env"), "ANYTHING=else\n");
      chmodSync(join(folder, ".env"), 0o644);
    },
  },
  {
    name: "file of a credential that is not there",
    code: "CREDENTIAL_FILE_UNREADABLE",
    exit: 4,
    says: /^The file \/.*\/secrets\/notion cannot be read: there is no such file/,
    break: ({ sequence }) =>
      sequence((value) =>
        Object.assign(value.integrations.notion, { credentials: [{ file: "secrets/notion" }] }),
      ),
  },
  {
    name: "file of a credential that is not there, and a variable behind it that serves",
    code: "CREDENTIAL_PASSED_OVER",
    alone: true,
    says: /^The file .*secrets\/slack of slack cannot be used: SLACK_BOT_TOKEN serves/,
    break: ({ sequence }) =>
      sequence((value) =>
        Object.assign(value.integrations.slack, {
          credentials: [{ file: "secrets/slack" }, { env: "SLACK_BOT_TOKEN" }],
        }),
      ),
  },
  {
    name: "variable of a credential that is revoked, and a file behind it that serves",
    code: "CREDENTIAL_PASSED_OVER",
    alone: true,
    says: /^SLACK_BOT_TOKEN of slack cannot be used: the file token serves/,
    break({ folder, sandbox }) {
      const { SLACK_BOT_TOKEN = "" } = sandbox.environment;
      writeFileSync(join(folder, "token"), SLACK_BOT_TOKEN, { mode: 0o600 });
      return { SLACK_BOT_TOKEN: "xoxb-1-2-revoked", SLACK_BOT_TOKEN_FILE: "token" };
    },
  },
  {
    name: "variable of a credential that is not set, and a file behind it that serves",
    code: undefined,
    break({ folder, sandbox, sequence }) {
      const { SLACK_BOT_TOKEN = "" } = sandbox.environment;
      writeFileSync(join(folder, "token"), SLACK_BOT_TOKEN, { mode: 0o600 });
      sequence((value) =>
        Object.assign(value.integrations.slack, {
          credentials: [{ env: "OURS" }, { file: "token" }],
        }),
      );
    },
  },
  {
    name: "two sources of a credential, neither of which gives one",
    code: "CREDENTIAL_FILE_UNREADABLE",
    exit: 4,
    others: ["CREDENTIAL_COMMAND_FAILED"],
    break: ({ sequence }) =>
      sequence((value) =>
        Object.assign(value.integrations.slack, {
          credentials: [{ file: "secrets/slack" }, { command: ["false"] }],
        }),
      ),
  },
  {
    name: "command of a credential that fails",
    code: "CREDENTIAL_COMMAND_FAILED",
    exit: 4,
    break: ({ sequence }) =>
      sequence((value) =>
        Object.assign(value.integrations.notion, { credentials: [{ command: ["false"] }] }),
      ),
  },
];
