import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inProject } from "../../../src/platform/config/home.ts";

it.each([
  ["~/testx", join(homedir(), "testx")],
  ["~", homedir()],
  ["state", "/project/state"],
  ["/var/testx", "/var/testx"],
  ["~other", "/project/~other"],
])("takes %s of the settings for %s", (written, meant) => {
  expect(inProject("/project", written)).toBe(meant);
});
