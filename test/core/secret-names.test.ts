import { expect, it } from "vitest";
import { secretsIn } from "../../src/core/secret-names.ts";

it("takes for a secret what a variable named like one holds", () => {
  expect(secretsIn({ SLACK_BOT_TOKEN: "xoxb-1-2", DB_PASSWORD: "hunter2hunter2" })).toEqual([
    "xoxb-1-2",
    "hunter2hunter2",
  ]);
  expect(secretsIn({ HOME: "/home/somebody", API_KEY: "short" })).toEqual([]);
});

it("does not hide where a secret is, unless it is the secret itself that stands there", () => {
  const path = (SLACK_BOT_TOKEN_FILE: string) => secretsIn({ SLACK_BOT_TOKEN_FILE });
  expect(path("/run/secrets/slack")).toEqual([]);
  expect(path("slack-token")).toEqual([]);
  expect(path("xoxb-0123456789-abcdef")).toEqual(["xoxb-0123456789-abcdef"]);
});
