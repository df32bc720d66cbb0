import { expect } from "vitest";
import { personToken } from "../../../src/sandbox/notion/state.ts";
import type { ByHand, ProviderSamples } from "../../../src/testing/samples.ts";

const content = `# Welcome

Read the **handbook** and [say hello](https://example.com/hello).

- one
  - two
    - three
- [ ] get a badge
- [x] find your desk

| who | what |
| --- | ---- |
| Ada | lead |

\`\`\`ts
const answer = 42;
\`\`\`
`;

export const samples: ProviderSamples = {
  config: {},
  kinds: {
    page: {
      input: ({ environment }) => ({
        parent: environment.NOTION_PARENT_PAGE_ID!,
        title: "Onboarding",
        icon: "📘",
        content,
      }),
      changed: ({ environment }) => ({
        parent: environment.NOTION_PARENT_PAGE_ID!,
        title: "Onboarding",
        icon: "📘",
        content: content.replace("- one\n", "- one, first\n").concat("\n> The end\n"),
      }),
      deleteByHand: (at) => trash(at, "pages"),
      alterByHand: (at) => byHand(at, `pages/${at.state.id}`, { icon: { emoji: "🎈" } }),
    },
    database: {
      needs: [{ name: "page", kind: "page", input: handbook }],
      input: ({ receipts }) => ({
        parent: receipts.page!.id!,
        title: "Tasks",
        description: "What is to do",
        properties: {
          Task: "title",
          Status: { select: ["Todo", { name: "Done", color: "green" }] },
          Due: "date",
          Points: { number: "percent" },
        },
      }),
      changed: ({ receipts }) => ({
        parent: receipts.page!.id!,
        title: "Tasks",
        description: "What is to do this week",
        properties: {
          Job: "title",
          Status: { select: ["Todo", "Doing", "Done"] },
          Due: "date",
          Points: { number: "euro" },
          Link: "url",
        },
      }),
      deleteByHand: (at) => trash(at, "databases"),
      alterByHand: (at) =>
        byHand(at, `data_sources/${at.state.dataSourceId}`, {
          properties: { Priority: { select: { options: [{ name: "high" }] } } },
        }),
    },
    entry: {
      needs: [
        { name: "page", kind: "page", input: handbook },
        {
          name: "tasks",
          kind: "database",
          input: ({ receipts }) => ({
            parent: receipts.page!.id!,
            title: "Tasks",
            properties: {
              Task: "title",
              Status: { select: ["Todo", "Done"] },
              Tags: { multi_select: ["new", "team"] },
              Due: "date",
              Points: "number",
              Link: "url",
              Ready: "checkbox",
              Notes: "rich_text",
            },
          }),
        },
      ],
      input: ({ receipts }) => ({
        database: receipts.tasks!.id!,
        key: { Task: "Read the handbook" },
        properties: { Status: "Todo", Tags: ["team", "new"], Due: "2026-02-01", Points: 3 },
      }),
      changed: ({ receipts }) => ({
        database: receipts.tasks!.id!,
        key: { Task: "Read the handbook" },
        properties: {
          Status: "Done",
          Tags: ["new"],
          Due: { start: "2026-02-01T09:00:00Z", end: "2026-02-01T10:00:00Z" },
          Points: null,
          Link: "https://example.com/handbook",
          Notes: "x".repeat(2500),
        },
      }),
      deleteByHand: (at) => trash(at, "pages"),
      alterByHand: (at) =>
        byHand(at, `pages/${at.state.id}`, { properties: { Ready: { checkbox: true } } }),
    },
  },
};

function handbook({ environment }: { environment: Readonly<Record<string, string>> }) {
  return { parent: environment.NOTION_PARENT_PAGE_ID!, title: "Handbook" };
}

function trash(at: ByHand, what: string): Promise<void> {
  return byHand(at, `${what}/${at.state.id}`, { in_trash: true });
}

async function byHand({ environment }: ByHand, path: string, body: unknown): Promise<void> {
  const reply = await fetch(`${environment.NOTION_API_URL}/v1/${path}`, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${personToken}`,
      "content-type": "application/json",
      "notion-version": "2026-03-11",
    },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
}
