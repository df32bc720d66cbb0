import type { IncomingMessage } from "node:http";
import type { Cause, Patient } from "./cause.ts";

// biome-ignore lint/suspicious/noExplicitAny: a stand-in's state is changed in every way
type Any = any;

interface Services {
  readonly notion: Any;
  readonly slack: Any;
  readonly github: Any;
}

/** Changes what the stand-ins hold behind everybody's back. */
async function behind({ sandbox }: Patient, change: (all: Services) => void): Promise<void> {
  const reply = await fetch(`${sandbox.url}/__sandbox/state?full=1`);
  const { notion, slack, github } = (await reply.json()) as Services;
  change({ notion, slack, github });
  sandbox.reset({ notion, slack, github });
}

async function notion({ sandbox }: Patient, method: string, path: string, body: object) {
  const { NOTION_API_URL, NOTION_TOKEN } = sandbox.environment;
  const reply = await fetch(`${NOTION_API_URL}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${NOTION_TOKEN}`,
      "notion-version": "2025-09-03",
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const said = (await reply.json()) as Any;
  if (!reply.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
  return said;
}

async function slack({ sandbox }: Patient, method: string, args: Record<string, string>) {
  const { SLACK_API_URL, SLACK_BOT_TOKEN } = sandbox.environment;
  const reply = await fetch(`${SLACK_API_URL}${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${SLACK_BOT_TOKEN}` },
    body: new URLSearchParams(args),
  });
  const said = (await reply.json()) as Any;
  if (!said.ok) throw new Error(`${method}: ${said.error}`);
  return said;
}

async function channel(patient: Patient): Promise<string> {
  const { channels } = await slack(patient, "conversations.list", {});
  return channels.find(({ name }: { name: string }) => name === "dev-onboarding").id;
}

async function made(patient: Patient, kind: string, text: string): Promise<string> {
  let id: string | undefined;
  await behind(patient, (all) => {
    [id] = Object.entries(all.notion[kind]).find(([, one]) =>
      JSON.stringify(one).includes(text),
    ) ?? [undefined];
  });
  return String(id);
}

const setup = "testx integrations setup";
const weak = "github_pat_x0000000000000000000000";

async function withoutIssues(patient: Patient) {
  await behind(patient, ({ github }) => {
    const permissions = { metadata: "read", contents: "write" };
    github.tokens[weak] = { login: "testx-bot", scopes: null, permissions, role: "admin" };
  });
  return { GITHUB_TOKEN: weak };
}

/** What was set up, and what became of it or of the place where it stands. */
export const drift: readonly Cause[] = [
  {
    name: "page above that is not shared any more",
    ...{ code: "NOTION_PAGE_NOT_SHARED", exit: 4, alone: true },
    async break(patient) {
      await patient.setup();
      const parent = String(patient.sandbox.environment.NOTION_PARENT_PAGE_ID).replaceAll("-", "");
      await behind(patient, ({ notion: { pages } }) => {
        const key = Object.keys(pages).find((id) => id.replaceAll("-", "") === parent);
        pages[String(key)].shared = false;
      });
    },
  },
  {
    name: "database where the page above is to be named",
    ...{ code: "NOTION_VALIDATION", alone: true },
    async break(patient) {
      const parent = {
        type: "page_id",
        page_id: patient.sandbox.environment.NOTION_PARENT_PAGE_ID,
      };
      const properties = { Name: { title: {} } };
      const title = [{ text: { content: "Other" } }];
      const body = { parent, title, initial_data_source: { properties } };
      return { NOTION_PARENT_PAGE_ID: (await notion(patient, "POST", "databases", body)).id };
    },
  },
  {
    name: "page above that is no more a page, since the setup",
    ...{ code: "NOTION_VALIDATION", alone: true },
    async break(patient) {
      await patient.setup();
      return { NOTION_PARENT_PAGE_ID: await made(patient, "databases", "First-week") };
    },
  },
  {
    name: "page above that is mistyped since the setup",
    ...{ code: "NOTION_PAGE_NOT_SHARED", exit: 4, alone: true },
    async break(patient) {
      await patient.setup();
      return { NOTION_PARENT_PAGE_ID: "00000000000040008000000000000001" };
    },
  },
  {
    name: "page that was deleted with all that was in it",
    ...{ code: "DRIFT_DELETED", next: setup, alone: true },
    async break(patient) {
      await patient.setup();
      const id = await made(patient, "pages", "Developer onboarding");
      await notion(patient, "PATCH", `pages/${id}`, { in_trash: true });
    },
  },
  {
    name: "database that was moved",
    ...{ code: "DRIFT_CHANGED", says: /move it back/i, alone: true },
    async break(patient) {
      await patient.setup();
      const id = await made(patient, "databases", "First-week");
      const { NOTION_PARENT_PAGE_ID: page_id } = patient.sandbox.environment;
      await notion(patient, "PATCH", `databases/${id}`, { parent: { type: "page_id", page_id } });
    },
  },
  {
    name: "property that was removed from a database, and so from its entries",
    ...{ code: "DRIFT_CHANGED", next: setup, alone: true },
    async break(patient) {
      await patient.setup();
      const id = await made(patient, "dataSources", "Area");
      await notion(patient, "PATCH", `data_sources/${id}`, { properties: { Area: null } });
    },
  },
  {
    name: "property of a database that was given another type",
    ...{ code: "DRIFT_CHANGED", says: /type of Area back/, alone: true },
    async break(patient) {
      await patient.setup();
      await behind(patient, (all) => {
        const made: Any[] = Object.values(all.notion.dataSources);
        const area = made.flatMap((one) => one.properties).find(({ name }) => name === "Area");
        Object.assign(area, { type: "rich_text", config: {} });
        for (const page of Object.values(all.notion.pages) as Any[]) delete page.values[area.id];
      });
    },
  },
  {
    name: "private channel that has the name",
    ...{ code: "SLACK_NAME_TAKEN", alone: true },
    async break(patient) {
      const args = { name: "dev-onboarding", is_private: "true" };
      await slack(patient, "conversations.create", args);
    },
  },
  {
    name: "archived channel of somebody else that has the name",
    ...{ code: "SLACK_NAME_TAKEN", alone: true, says: /archived channels keep their names/ },
    async break(patient) {
      const args = { name: "dev-onboarding" };
      const { id } = (await slack(patient, "conversations.create", args)).channel;
      await behind(patient, (all) => {
        Object.assign(all.slack.channels[id], { creator: "U0MIRA", is_archived: true });
      });
    },
  },
  {
    name: "channel that was made private after the setup",
    ...{ code: "DRIFT_CHANGED", alone: true, says: /let setup take it as it is/ },
    async break(patient) {
      await patient.setup();
      const id = await channel(patient);
      await behind(patient, (all) => {
        all.slack.channels[id].is_private = true;
      });
    },
  },
  {
    name: "channel that was archived after the setup",
    ...{ code: "DRIFT_CHANGED", says: /unarchive it/i, alone: true },
    async break(patient) {
      await patient.setup();
      await slack(patient, "conversations.archive", { channel: await channel(patient) });
    },
  },
  {
    name: "channel that the bot was removed from",
    ...{ code: "DRIFT_CHANGED", next: setup, alone: true },
    async break(patient) {
      await patient.setup();
      await slack(patient, "conversations.leave", { channel: await channel(patient) });
    },
  },
  {
    name: "Slack token of another workspace since the setup",
    ...{ code: "SLACK_WRONG_WORKSPACE", exit: 4, alone: true },
    async break(patient) {
      await patient.setup();
      await behind(patient, (all) => {
        all.slack.team = { ...all.slack.team, id: "T0OTHER", domain: "other-team" };
        const channels: Any[] = Object.values(all.slack.channels);
        const mine = channels.find(({ name }) => name === "dev-onboarding");
        Object.assign(mine, { name: "gone", is_private: true, members: [] });
      });
    },
  },
  {
    name: "GitHub token without a permission",
    ...{ code: "GITHUB_FORBIDDEN", exit: 4, alone: true },
    break: withoutIssues,
  },
  {
    name: "classic GitHub token that sees no private repository",
    ...{ code: "GITHUB_FORBIDDEN", exit: 4, alone: true, says: /only the scopes read:user/ },
    async break(patient) {
      const token = "ghp_noscope0000000000000000000000000000000";
      await behind(patient, ({ github }) => {
        const { login, role } = { login: "testx-bot", role: "admin" };
        github.tokens[token] = { login, role, scopes: ["read:user"], permissions: null };
      });
      return { GITHUB_TOKEN: token };
    },
  },
  {
    name: "proxy that takes the tokens out",
    ...{ code: "GATEWAY_TOKEN_LOST", alone: true },
    async break({ away }) {
      const instead = (incoming: IncomingMessage): boolean => {
        delete incoming.headers.authorization;
        return false;
      };
      return (await away({ instead })).env;
    },
  },
  {
    name: "GitHub token that lost a permission after the setup",
    ...{ code: "GITHUB_FORBIDDEN", exit: 4, alone: true },
    async break(patient) {
      await patient.setup();
      return withoutIssues(patient);
    },
  },
  {
    name: "repository that was renamed after the setup, and named anew",
    ...{ code: "GATEWAY_REDIRECTED", next: setup, alone: true },
    async break(patient) {
      await patient.setup();
      const { GITHUB_API_URL, GITHUB_TOKEN, GITHUB_REPOSITORY } = patient.sandbox.environment;
      const { ok } = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "by hand" },
        body: JSON.stringify({ name: "other" }),
      });
      if (!ok) throw new Error("the repository was not renamed");
      return { GITHUB_REPOSITORY: "acme/other" };
    },
  },
  {
    name: "rate limit that would last for minutes, in what is looked at last",
    code: "GATEWAY_RATE_LIMITED",
    break: ({ sandbox }) =>
      sandbox.setFaults([
        {
          service: "slack",
          match: { path: "conversations.list" },
          fault: { kind: "refusal", refused: { why: "rate-limited", retryAfterSeconds: 8 } },
        },
      ]),
  },
];
