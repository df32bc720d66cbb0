import type { ByHand, Environment, ProviderSamples } from "../../../src/testing/samples.ts";

/** As a person with a browser would, past testx. */
export async function byHand(
  environment: Environment,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const reply = await fetch(`${environment.GITHUB_API_URL}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${environment.GITHUB_TOKEN}`,
      "user-agent": "a-person",
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply.status === 204 ? undefined : reply.json();
}

const app = "/repos/acme/app";

/** Sends `method` to the address that the state gives. */
function at(method: string, path: (state: ByHand["state"]) => string, body?: object) {
  return async ({ environment, state }: ByHand): Promise<void> => {
    await byHand(environment, method, path(state), body);
  };
}

export const samples: ProviderSamples = {
  config: (environment) => ({ repository: environment.GITHUB_REPOSITORY ?? "acme/app" }),
  kinds: {
    repository: {
      input: {
        repository: "acme/fresh",
        create: true,
        description: "Made by a sample",
        homepage: "https://example.com",
        visibility: "public",
        topics: ["testx", "sample"],
        hasWiki: false,
        deleteBranchOnMerge: true,
      },
      changed: {
        repository: "acme/fresh",
        create: true,
        description: "Made anew",
        visibility: "public",
        topics: ["testx"],
        hasProjects: false,
        squashMergeCommitTitle: "PR_TITLE",
      },
      deleteByHand: at("DELETE", () => "/repos/acme/fresh"),
      alterByHand: at("PATCH", () => "/repos/acme/fresh", { has_issues: false }),
    },
    label: {
      input: { name: "Onboarding", color: "#0E8A16", description: "For new people" },
      changed: { name: "onboarding", color: "ededed", description: "" },
      deleteByHand: at("DELETE", ({ name }) => `${app}/labels/${name}`),
    },
    milestone: {
      input: { title: "First week", description: "All set up", dueOn: "2026-03-31" },
      changed: { title: "First week", description: "Done", dueOn: "2026-11-30", state: "closed" },
      deleteByHand: at("DELETE", ({ number }) => `${app}/milestones/${number}`),
    },
    variable: {
      needs: [{ name: "staging", kind: "environment", input: { name: "staging" } }],
      input: ({ receipts }) => ({
        environment: String(receipts.staging?.name),
        name: "region",
        value: "eu-west-1",
      }),
      changed: { environment: "staging", name: "REGION", value: "eu-central-1" },
      deleteByHand: at("DELETE", () => `${app}/environments/staging/variables/REGION`),
    },
    secret: {
      input: { name: "deploy_key", value: "canary-secret-one", overwrite: true },
      changed: { name: "deploy_key", value: "canary-secret-two", overwrite: true },
      deleteByHand: at("DELETE", () => `${app}/actions/secrets/DEPLOY_KEY`),
      residue: ["update"],
    },
    webhook: {
      input: {
        url: "https://hooks.example.com/services/T0/B0",
        events: ["push", "issues"],
        contentType: "json",
        secret: "canary-hook-secret",
        overwrite: true,
      },
      changed: {
        url: "https://hooks.example.com/services/T0/B0",
        events: ["push"],
        contentType: "form",
        secret: "canary-hook-secret",
        overwrite: true,
      },
      seldom: ["secretHidden"],
      deleteByHand: at("DELETE", ({ id }) => `${app}/hooks/${id}`),
      alterByHand: at("PATCH", ({ id }) => `${app}/hooks/${id}`, { active: false }),
    },
    issue: {
      needs: [
        { name: "milestone", kind: "milestone", input: { title: "Welcome" } },
        { name: "label", kind: "label", input: { name: "welcome" } },
      ],
      input: ({ receipts }) => ({
        title: "Welcome aboard",
        body: "Read this first.\r\n",
        labels: ["welcome", "bug"],
        assignees: ["octocat"],
        milestone: Number(receipts.milestone?.number),
      }),
      changed: {
        title: "Welcome aboard",
        body: "Read that first.",
        labels: ["bug"],
        assignees: [],
        state: "closed",
      },
      residue: ["create"],
    },
    file: {
      input: { path: "docs/réadme & more.md", content: "# Setup\n\nÜber alles.\n" },
      changed: { path: "docs/réadme & more.md", content: "AAEC/w==", encoding: "base64" },
      async deleteByHand({ environment, state }) {
        const path = `${app}/contents/${encodeURIComponent(String(state.path))}`;
        await byHand(environment, "DELETE", path, { message: "gone", sha: state.sha });
      },
    },
    environment: {
      input: {
        name: "production",
        waitTimer: 30,
        reviewers: ["octocat", "acme/devs"],
        branches: "protected",
      },
      changed: { name: "production", waitTimer: 0, reviewers: ["octocat"], branches: "all" },
      deleteByHand: at("DELETE", () => `${app}/environments/production`),
      alterByHand: at("PUT", () => `${app}/environments/production`, { prevent_self_review: true }),
    },
  },
};
