import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
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
    break: ({ sequence }) =>
      sequence((value) =>
        Object.assign(value.integrations.notion, { credentials: [{ file: "secrets/notion" }] }),
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
