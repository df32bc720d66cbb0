import { expect, test } from "vitest";
import { noToken, strangeIn } from "../../src/core/token-kinds.ts";

const token = "xoxb-0123456789-0123456789-abcdef";

test.each([
  [`"${token}"`, /quotes/],
  [`${token}"`, /quote/],
  [`Bearer ${token}`, /Bearer/],
  [`token ${token}`, /word token/],
  ["***", /stars/],
  ["ghp_****************", /stars/],
  ["op://vault/slack/token", /store/],
  ["arn:aws:secretsmanager:eu-west-1:1:secret:slack", /store/],
  ["/run/secrets/slack", /path/],
  ["~/.secrets/slack", /path/],
  ["./slack-token", /path/],
  ["{{ SLACK_BOT_TOKEN }}", /put a value/],
  ["${{ secrets.SLACK_BOT_TOKEN }}", /put a value/],
  ["$(pass slack)", /put a value/],
  ["${SLACK_TOKEN}", /put a value/],
  ["%SLACK_TOKEN%", /put a value/],
  [`${token}\\n`, /ends with \\n/],
  [`${token};`, /ends with ;/],
  [`${token},`, /ends with ,/],
  [`x-access-token:${token}`, /x-access-token/],
  [`SLACK_BOT_TOKEN=${token}`, /repeats/],
  [btoa(token), /base64/],
  [btoa(`${token}\n`), /base64/],
  [token + token, /twice/],
  ["xoxb-...", /placeholder/],
  ["changeme", /placeholder/],
  ["xoxb-your-token-here", /placeholder/],
  ["xoxb-<your bot token>", /placeholder/],
  ["ghp_your_token_here", /placeholder/],
  ["github_pat_example", /placeholder/],
  ["secret_your_integration_token", /placeholder/],
  ["ntn_paste-it-here", /placeholder/],
])("%j is no token", (value, what) => {
  expect(noToken(value, "slack", "SLACK_BOT_TOKEN")).toMatch(what);
});

test.each([
  token,
  "ghp_0123456789abcdefghijABCDEFGHIJ012345",
  "ntn_0123456789abcdefghijABCDEFGHIJ0123456789abcdef",
  "0123456789abcdef0123456789abcdef01234567",
  "github_pat_11ABCDEFG0hEreyourMYtOken_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghijABCDE",
  "xoxb-sandbox-testx",
  "sandbox-anything",
  "abcabc",
  "dGVzdHg=",
])("%j may be one", (value) => {
  expect(noToken(value, "slack", "SLACK_BOT_TOKEN")).toBeUndefined();
});

test.each([
  "/Kq8x2mVvYw.Zt3",
  "Tr0ub4dor;",
  "Tr0ub4dor,",
  "a***b",
  "xxxxXxxx",
  "secret",
  "$Kq8x2",
  "QUJDREVG=",
  "Q=7fKq8x2",
  "arn:aws:iam::1:role/acme",
  "<RSAKeyValue><Modulus>AQ</Modulus></RSAKeyValue>",
  btoa(token),
])("%j may be a secret of a service whose tokens nobody knows", (value) => {
  expect(noToken(value, "acme", "ACME_TOKEN")).toBeUndefined();
});

test.each([
  ["${OTHER}", /put a value/],
  ["${{ secrets.ACME }}", /put a value/],
  ["$(pass acme)", /put a value/],
  ["op://vault/acme/token", /store/],
  ["<your key>", /placeholder/],
  ["ACME_TOKEN=Tr0ub4dor", /repeats/],
])("%j is a secret of no service", (value, what) => {
  expect(noToken(value, "acme", "ACME_TOKEN")).toMatch(what);
});

test.each([
  ["xoxb 1", "character 5 is a blank"],
  ["xoxb-1\n2", "character 7 is a line break"],
  ["xoxb\t1", "character 5 is a tab"],
  ["xoxb-1\u200b", "the last character is U+200B"],
  ["\u201cxoxb-1", "the first character is U+201C"],
  ["xoxb-1", undefined],
])("%j: where it is strange", (value, where) => {
  expect(strangeIn(value)).toBe(where);
});
