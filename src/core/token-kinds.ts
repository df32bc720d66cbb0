/** What a token's beginning says of it. */
export interface TokenKind {
  /** `Slack` */
  readonly service: string;
  /** `a Slack user token` */
  readonly what: string;
  /** What it begins with; nothing of the rest of it. */
  readonly start: string;
  /** Calls of an app cannot be made with it, whatever it may do. */
  readonly unusable?: true;
}

/**
 * https://docs.slack.dev/authentication/tokens,
 * https://github.blog/engineering/behind-githubs-new-authentication-token-formats,
 * https://developers.notion.com/page/changelog (2024-09-25)
 */
const kinds: readonly (readonly [start: string, kind: Omit<TokenKind, "start">])[] = [
  ["xoxb-", { service: "slack", what: "a Slack bot token" }],
  ["xoxe.xoxb-", { service: "slack", what: "a Slack bot token that expires" }],
  ["xoxp-", { service: "slack", what: "a Slack user token" }],
  ["xoxe.xoxp-", { service: "slack", what: "a Slack user token that expires" }],
  ["xoxe-", { service: "slack", what: "a Slack refresh token", unusable: true }],
  ["xoxa-", { service: "slack", what: "a workspace token of Slack" }],
  ["xoxc-", { service: "slack", what: "a Slack browser session's token", unusable: true }],
  ["xoxd-", { service: "slack", what: "a Slack browser session's cookie", unusable: true }],
  ["xapp-", { service: "slack", what: "a Slack app-level token", unusable: true }],
  ["https://hooks.slack.com/", { service: "slack", what: "a Slack webhook", unusable: true }],
  ["github_pat_", { service: "github", what: "a fine-grained GitHub token" }],
  ["ghp_", { service: "github", what: "a classic GitHub token" }],
  ["gho_", { service: "github", what: "a GitHub OAuth token" }],
  ["ghu_", { service: "github", what: "a GitHub App's user token" }],
  ["ghs_", { service: "github", what: "a GitHub App's installation token" }],
  ["ghr_", { service: "github", what: "a GitHub refresh token", unusable: true }],
  ["-----BEGIN", { service: "", what: "a private key", unusable: true }],
  ["ntn_", { service: "notion", what: "a Notion token" }],
  ["secret_", { service: "notion", what: "a Notion token" }],
  ["glpat-", { service: "gitlab", what: "a GitLab token", unusable: true }],
  ["sk-", { service: "", what: "an API key of another service", unusable: true }],
  ["AKIA", { service: "aws", what: "an AWS access key", unusable: true }],
  ["eyJ", { service: "", what: "a JSON web token" }],
];

/** What a token looks like; `undefined`: nothing that is known. */
export function tokenKind(value: string): TokenKind | undefined {
  const [start, kind] = kinds.find(([known]) => value.startsWith(known)) ?? [];
  return start === undefined || kind === undefined ? undefined : { start, ...kind };
}

/** What stands where a token should, and is none; `undefined`: nothing that shows. */
export function noToken(value: string): string | undefined {
  if (/^(["'`]).*\1$/s.test(value)) return "has quotes around it, which are taken as part of it";
  if (/^["'`]|["'`]$/.test(value)) return "has a quote at one end, which is taken as part of it";
  if (/^Bearer\b/i.test(value)) return "begins with the word Bearer, which is no part of it";
  if (/^\$\{?\w+\}?$|^%\w+%$/.test(value))
    return "names a variable that nothing has put a value for";
  if (/^[A-Z][A-Z0-9_]*=/.test(value)) return "repeats the name of its variable";
  const plain = value.toLowerCase();
  if (/^<.*>$|\.\.\.$|…$|^x{4,}$|xxxx+$/.test(plain)) return "is a placeholder";
  return /^(changeme|change-me|todo|tbd|none|null|undefined|secret|token|test|your[-_ ].*)$/.test(
    plain,
  )
    ? "is a placeholder"
    : undefined;
}
