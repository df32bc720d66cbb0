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

/** Services whose tokens are known by their beginnings; of another's secret nobody knows what it may be. */
export const tokensKnown: ReadonlySet<string> = new Set(["slack", "github", "notion"]);

type Fault = readonly [form: RegExp, fault: string];

const unset = "names a variable that nothing has put a value for";
const elsewhere = "names a place in a store of secrets, which nothing has looked up";
const repeated = "repeats the name of its variable";
const placeholder = "is a placeholder";

/** What no service makes a secret of. */
const always: readonly Fault[] = [
  [/^\$\{\w+\}$|^\$?\{\{.*\}\}$|^\$\(.*\)$/s, unset],
  [/^op:\/\//, elsewhere],
  [/^<[^<>]*>$/, placeholder],
];

/** What a token of a known form is not; a password may well be so. */
const ofTokens: readonly Fault[] = [
  [/^(["'`]).*\1$/s, "has quotes around it, which are taken as part of it"],
  [/^["'`]|["'`]$/, "has a quote at one end, which is taken as part of it"],
  [/^Bearer\b/i, "begins with the word Bearer, which is no part of it"],
  [/^token\s/i, "begins with the word token, which is no part of it"],
  [/^x-access-token:/, "begins with x-access-token:, which is no part of it"],
  [/^\$\{?\w+\}?$|^%\w+%$/, unset],
  [/^(arn:|vault:)/, elsewhere],
  [
    /^(~|\.{1,2})?\/[\w./-]+$/,
    "is a path: that of a file goes into the variable with _FILE behind its name",
  ],
  [/^[A-Z][A-Z0-9_]*=/, repeated],
  [/\\[nr]$/, "ends with \\n in letters, which is no part of it"],
  [/;$/, "ends with ;, which is no part of it"],
  [/,$/, "ends with ,, which is no part of it"],
  [/\*{3}/, "has stars in place of letters, as logs show it"],
  [/<.*>$|\.\.\.$|…$|^x{4,}$|xxxx+$/i, placeholder],
  // `xoxb-your-token-here`: what a service makes has no words between its lines.
  [
    /^(xox[a-z]-|gh[a-z]_|github_pat_|ntn_|secret_)(.*[-_])?(your|my|token|here|example|placeholder|changeme|dummy|fake|insert|paste)([-_].*)?$/i,
    placeholder,
  ],
  [
    /^(changeme|change-me|todo|tbd|none|null|undefined|secret|token|test|your[-_ ].*)$/i,
    placeholder,
  ],
];

/**
 * What stands where a token should, and is none; `undefined`: nothing that shows.
 *
 * @param service id of the provider that it is for
 * @param variable that the provider takes it from
 */
export function noToken(value: string, service: string, variable: string): string | undefined {
  const faultIn = (faults: readonly Fault[]) => faults.find(([form]) => form.test(value))?.[1];
  const never = value.startsWith(`${variable}=`) ? repeated : faultIn(always);
  if (never !== undefined || !tokensKnown.has(service)) return never;
  const fault = faultIn(ofTokens);
  if (fault !== undefined || tokenKind(value) === undefined) return fault ?? encoded(value);
  const half = value.slice(0, value.length / 2);
  return half + half === value ? "holds the token twice" : undefined;
}

function encoded(value: string): string | undefined {
  if (!/^[\w+/]{16,}={0,2}$/.test(value)) return undefined;
  try {
    return tokenKind(atob(value)) && "is in base64: the token is what that stands for";
  } catch {
    return undefined;
  }
}

/** The first character that no token has, in words; `undefined`: there is none. */
export function strangeIn(value: string): string | undefined {
  const [character] = /[^\x21-\x7e]/u.exec(value) ?? [];
  if (character === undefined) return undefined;
  const at = value.indexOf(character);
  const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  const isLast = at + character.length === value.length;
  const place = at === 0 ? "the first character" : isLast ? "the last character" : undefined;
  return `${place ?? `character ${at + 1}`} is ${blanks[character] ?? `U+${code}`}`;
}

const blanks: Readonly<Record<string, string>> = {
  " ": "a blank",
  "\t": "a tab",
  "\n": "a line break",
  "\r": "a line break",
};
