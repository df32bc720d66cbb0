/** Kudos in memory, for `--sandbox`, `testx simulate` and tests. */
import type { SandboxService } from "testx/testing";

type Board = { name: string; channel: string };

const key = "kudos-sandbox";

export const kudosStandIn: SandboxService<{ boards: Record<string, Board> }> = {
  id: "kudos",
  initial: () => ({ boards: {} }),
  isWrite: ({ method }) => method !== "GET",
  canonical: ({ boards }) => Object.values(boards).sort((a, b) => (a.name < b.name ? -1 : 1)),
  environment: (url) => ({ KUDOS_API_URL: url, KUDOS_KEY: key }),

  handle({ method, path, headers, body }, { boards }) {
    if (headers.authorization !== `Bearer ${key}`) return { status: 401, body: {} };
    if (path === "/me") return { status: 200, body: { team: "Team" } };
    const name = decodeURIComponent(path.replace(/^\/boards\//, ""));
    if (method === "PUT") {
      const { channel } = JSON.parse(body) as Board;
      boards[name] = { name, channel };
    }
    const board = boards[name];
    if (board === undefined) return { status: 404, body: {} };
    if (method !== "DELETE") return { status: 200, body: board };
    delete boards[name];
    return { status: 204 };
  },
};
