import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cause, type Patient, sequenceFile } from "./cause.ts";

async function byHand(
  { sandbox }: Patient,
  method: string,
  path: string,
  body: object,
): Promise<void> {
  const { GITHUB_API_URL, GITHUB_TOKEN, GITHUB_REPOSITORY } = sandbox.environment;
  const headers = { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "by hand" };
  const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`;
  const { ok, status } = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!ok) throw new Error(`${method} ${url}: ${status}`);
}

async function slack({ sandbox }: Patient, method: string, body: string): Promise<unknown> {
  const { SLACK_API_URL, SLACK_BOT_TOKEN } = sandbox.environment;
  const headers = {
    authorization: `Bearer ${SLACK_BOT_TOKEN}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  const reply = await fetch(`${SLACK_API_URL}${method}`, { method: "POST", headers, body });
  return reply.json();
}

/** What is met less often. */
export const others: readonly Cause[] = [
  {
    name: "comments in the sequence",
    code: "CONFIG_BAD_JSON",
    break: ({ edit }) => edit(sequenceFile, (text) => text.replace("{", "{ // ours")),
  },
  {
    name: "line ends of Windows",
    code: undefined,
    break: ({ edit }) => edit(sequenceFile, (text) => text.replaceAll("\n", "\r\n")),
  },
  {
    name: "version of the file that is not known",
    code: "CONFIG_BAD_VALUE",
    break: ({ edit }) => edit(sequenceFile, (text) => text.replace('"version": 1', '"version": 7')),
  },
  {
    name: "key twice",
    code: "CONFIG_DUPLICATE_KEY",
    break: ({ edit }) =>
      edit(sequenceFile, (text) => text.replace('"version": 1,', '"version": 1, "version": 1,')),
  },
  {
    name: "broken settings of the project",
    code: "CONFIG_BAD_JSON",
    break: ({ folder }) => writeFileSync(join(folder, ".testxrc.json"), "{"),
  },
  {
    name: "page id that is none",
    code: "CONFIG_ENV_VALUE",
    break: () => ({ NOTION_PARENT_PAGE_ID: "our handbook" }),
  },
  {
    name: "health address of cloud metadata",
    code: "CONFIG_ENV_VALUE",
    break: () => ({ SLACK_HEALTH_CHECK_URL: "http://169.254.169.254/" }),
  },
  {
    name: "health address that answers otherwise",
    code: "HEALTH_CHECK_FAILED",
    break: ({ sandbox }) => ({ SLACK_HEALTH_CHECK_URL: `${sandbox.url}/nowhere` }),
  },
  {
    name: "file of a credential that all may read",
    code: "SECRET_FILE_OPEN",
    break({ folder, sandbox, sequence }) {
      writeFileSync(join(folder, "notion.token"), `${sandbox.environment.NOTION_TOKEN}\n`, {
        mode: 0o644,
      });
      sequence((value) =>
        Object.assign(value.integrations.notion, { credentials: [{ file: "notion.token" }] }),
      );
    },
  },
  {
    name: "empty file of a credential",
    code: "CREDENTIAL_EMPTY",
    exit: 4,
    break({ folder, sequence }) {
      writeFileSync(join(folder, "notion.token"), "", { mode: 0o600 });
      sequence((value) =>
        Object.assign(value.integrations.notion, { credentials: [{ file: "notion.token" }] }),
      );
    },
  },
  {
    name: "repository that was renamed",
    code: "GATEWAY_REDIRECTED",
    async break(patient) {
      await byHand(patient, "PATCH", "", { name: "renamed" });
    },
  },
  {
    name: "channel that was archived after the setup",
    code: "DRIFT_DELETED",
    async break(patient) {
      await patient.setup();
      const { channels } = (await slack(patient, "conversations.list", "")) as {
        channels: { id: string; name: string }[];
      };
      const id = channels.find(({ name }) => name === "dev-onboarding")?.id;
      await slack(patient, "conversations.archive", `channel=${id}`);
    },
  },
  {
    name: "Notion hangs",
    code: "GATEWAY_TIMEOUT",
    break: ({ sandbox }) =>
      sandbox.setFaults([{ service: "notion", fault: { kind: "stall", when: "headers" } }]),
  },
  {
    name: "two services down",
    code: "NOTION_UNAVAILABLE",
    break: ({ sandbox }) =>
      sandbox.setFaults([
        { service: "notion", fault: { kind: "status", status: 503 } },
        { service: "github", fault: { kind: "status", status: 503 } },
      ]),
  },
  {
    name: "reply cut off in the middle",
    code: "GATEWAY_RESET",
    break: ({ sandbox }) =>
      sandbox.setFaults([
        { service: "slack", match: { path: "auth.test" }, fault: { kind: "truncate" } },
      ]),
  },
  {
    name: "reply that is no JSON",
    code: "GATEWAY_UNREADABLE",
    break: ({ sandbox }) =>
      sandbox.setFaults([
        { service: "slack", match: { path: "auth.test" }, fault: { kind: "garble" } },
      ]),
  },
  {
    name: "scope lost while reading",
    code: "SLACK_SCOPE_MISSING",
    exit: 4,
    break: ({ sandbox }) =>
      sandbox.setFaults([
        {
          service: "slack",
          match: { path: "conversations" },
          fault: { kind: "refusal", refused: { why: "scope-lost" } },
        },
      ]),
  },
  {
    name: "rollback that left something",
    code: "ROLLBACK_RESIDUE",
    async break(patient) {
      await patient.setup();
      await byHand(patient, "PATCH", "/labels/handbook", { color: "ffffff" });
      await patient.run(["rollback"]);
    },
  },
  {
    name: "network that shows a page with status 511",
    code: "NETWORK_PORTAL",
    break: async ({ away }) =>
      (
        await away({
          instead: (_, response) =>
            response.writeHead(511, { "content-type": "text/html" }).end("<html>Log in</html>"),
        })
      ).env,
  },
];
