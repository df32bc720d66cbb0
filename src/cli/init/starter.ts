import type { JsonObject } from "../../core/json.ts";

export const services = ["slack", "notion", "github", "http"] as const;
export type Service = (typeof services)[number];

/** What `testx init` asks, or takes for granted with `--yes`. */
export interface Answers {
  readonly services: readonly Service[];
  readonly channel: string;
  /** `owner/name`; may be empty: it goes to `.env.example` only. */
  readonly repository: string;
  readonly parentPage: string;
  readonly url: string;
}

export const defaults: Answers = {
  services: ["slack", "notion", "github"],
  channel: "dev",
  repository: "",
  parentPage: "",
  url: "",
};

export interface StarterFile {
  /** From the project's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

const folder = "config/integrations";

/** The starter configuration: pure. What differs between accounts is read from the environment. */
export function starterFiles(answers: Answers, schemaFolder: string | undefined): StarterFile[] {
  const file = (name: string, value: JsonObject): StarterFile => ({
    path: `${folder}/${name}.json`,
    text: `${JSON.stringify(
      {
        ...(schemaFolder === undefined ? {} : { $schema: `${schemaFolder}/${name}.schema.json` }),
        version: 1,
        ...value,
      },
      null,
      2,
    )}\n`,
  });
  return [
    file("integration-sequence", { integrations: integrations(answers) }),
    file("health-check-config", { defaults: { intervalMs: 300_000 }, integrations: {} }),
    file("retry-policies", {
      default: { maxAttempts: 3, baseDelayMs: 1000, maxDelayMs: 30_000 },
      integrations: {},
    }),
    file("fallback-strategies", {
      default: { required: "fail", optional: "skip" },
      integrations: {},
    }),
    { path: ".env.example", text: envExample(answers) },
  ];
}

/** Lines that `.gitignore` must have. */
export const ignored = [".testx/", ".env"];

function integrations({ services: chosen, channel }: Answers): JsonObject {
  const has = (service: Service): boolean => chosen.includes(service);
  const all: JsonObject = {};
  if (has("slack")) {
    all.slack = {
      provider: "slack",
      steps: {
        channel: {
          kind: "channel",
          with: { name: channel, topic: "Everything that is being built" },
        },
        welcome: {
          kind: "message",
          with: {
            channel: "${slack.channel.id}",
            text: "Welcome! This channel was set up by testx.",
            pinned: true,
          },
        },
      },
    };
  }
  if (has("notion")) {
    const talk = has("slack")
      ? "\n\nWe talk in [#${slack.channel.name}](${slack.channel.url})."
      : "";
    all.notion = {
      provider: "notion",
      ...(has("slack") ? { dependsOn: ["slack"] } : {}),
      steps: {
        handbook: {
          kind: "page",
          with: {
            parent: "${env.NOTION_PARENT_PAGE_ID}",
            title: "Developer handbook",
            content: `# Welcome${talk}\n`,
          },
        },
      },
    };
  }
  if (has("github")) {
    all.github = {
      provider: "github",
      ...(has("notion") ? { dependsOn: ["notion"] } : {}),
      with: { repository: "${env.GITHUB_REPOSITORY}" },
      steps: {
        onboarding: {
          kind: "label",
          with: {
            name: "onboarding",
            color: "0e8a16",
            description: "Helps new developers to settle in",
          },
        },
        ...(has("notion")
          ? {
              handbook: {
                kind: "variable",
                with: { name: "HANDBOOK_URL", value: "${notion.handbook.url}" },
              },
            }
          : {}),
      },
    };
  }
  if (has("http")) {
    all.anykrowd = {
      provider: "http",
      required: false,
      steps: { health: { kind: "check", with: { url: "${env.ANYKROWD_HEALTH_CHECK_URL}" } } },
    };
  }
  return all;
}

function envExample({ services: chosen, repository, parentPage, url }: Answers): string {
  const lines = [
    "# What testx needs to know of your accounts. Copy this file to .env, fill it in, and load it;",
    "# testx does not read it by itself:",
    "#   set -a; . ./.env; set +a",
    "# Never commit .env.",
  ];
  const add = (service: Service, ...more: string[]): void => {
    if (chosen.includes(service)) lines.push("", ...more);
  };
  add(
    "slack",
    "# Bot User OAuth Token of an app from https://api.slack.com/apps",
    "SLACK_BOT_TOKEN=",
  );
  add(
    "notion",
    "# Secret of an integration from https://www.notion.so/profile/integrations",
    "NOTION_TOKEN=",
    "# The page under which testx works; share it with the integration",
    `NOTION_PARENT_PAGE_ID=${parentPage}`,
  );
  add(
    "github",
    "# Fine-grained token from https://github.com/settings/personal-access-tokens/new",
    "GITHUB_TOKEN=",
    `GITHUB_REPOSITORY=${repository}`,
  );
  add("http", "# Asked whether the service is up", `ANYKROWD_HEALTH_CHECK_URL=${url}`);
  return `${lines.join("\n")}\n`;
}

/** What is meant by an answer, which may be what somebody has copied. */
export const meant = {
  channel: (text: string): string => text.replace(/^#/, ""),
  /** `acme/app` of `https://github.com/acme/app`, `git@github.com:acme/app.git` and the like. */
  repository: (text: string): string =>
    /^(?:https?:\/\/[^/]+\/|(?:ssh:\/\/)?git@[^/:]+[/:]|github\.com\/)([^/?#]+\/[^/?#]+?)(?:\.git)?(?:[/?#].*)?$/.exec(
      text,
    )?.[1] ?? text,
  /** The id at the end of a page's link; an id is left as it is. */
  parentPage: (text: string): string => /([0-9a-f]{32})(?:[?#].*)?$/i.exec(text)?.[1] ?? text,
  url: (text: string): string => text,
};

/** What is wrong with an answer; `undefined`: nothing. */
export const check = {
  channel: (text: string): string | undefined =>
    /^[\p{Ll}\p{N}\p{Lo}_-]{1,80}$/u.test(meant.channel(text))
      ? undefined
      : "Lower-case letters, digits, - and _; at most 80 characters.",
  repository: (text: string): string | undefined =>
    text === "" || /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/.test(meant.repository(text))
      ? undefined
      : "Its address, or owner/name.",
  parentPage: (text: string): string | undefined =>
    text === "" || /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(meant.parentPage(text))
      ? undefined
      : "The page's link, or the 32 letters and digits at its end.",
  url: (text: string): string | undefined =>
    text === "" || (URL.canParse(text) && /^https?:/.test(text))
      ? undefined
      : "An address that begins with https:// or http://.",
};
