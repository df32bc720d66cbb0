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
    name: "settings of the project with a byte order mark",
    code: undefined,
    break: ({ folder }) => writeFileSync(join(folder, ".testxrc.json"), "\ufeff{}\n"),
  },
  {
    name: "package.json with a byte order mark and settings",
    code: "CONFIG_BAD_JSON",
    alone: true,
    says: /package\.json:1:1: .*byte order mark/,
    break: ({ folder }) => writeFileSync(join(folder, "package.json"), '\ufeff{ "testx": {} }\n'),
  },
  {
    name: "package.json with settings that is no JSON",
    code: "CONFIG_BAD_JSON",
    alone: true,
    says: /package\.json:2:1/,
    break: ({ folder }) => writeFileSync(join(folder, "package.json"), '{ "testx": {} \n'),
  },
  {
    name: "log that cannot be written",
    code: "LOG_NOT_WRITTEN",
    alone: true,
    says: /\/nowhere is not there/,
    break: ({ folder }) => ({ TESTX_LOG: join(folder, "nowhere/a.log") }),
  },
  {
    name: "log that can be written",
    code: undefined,
    break: () => ({ TESTX_LOG: "a.log" }),
  },
  {
    name: "certificates that are none",
    code: "CA_FILE_UNUSABLE",
    alone: true,
    break({ folder }) {
      const file = join(folder, "ca.pem");
      writeFileSync(file, "-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n");
      return { NODE_EXTRA_CA_CERTS: file };
    },
  },
  {
    name: "Node.js without SQLite",
    code: "NODE_LIMITED",
    exit: 1,
    says: /SQLite/,
    break: () => ({ NODE_OPTIONS: "--no-experimental-sqlite" }),
  },
  {
    name: "Node.js that may not write",
    code: "NODE_LIMITED",
    exit: 1,
    says: /--permission/,
    break: () => ({ NODE_OPTIONS: "--permission --allow-fs-read=*" }),
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
    code: "GITHUB_MOVED",
    says: /github\.com\/acme\/app leads to it/,
    async break(patient) {
      await byHand(patient, "PATCH", "", { name: "renamed" });
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
