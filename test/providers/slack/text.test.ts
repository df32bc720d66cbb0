import { describe, expect, it } from "vitest";
import { fingerprint, plainLines, plainText, sameText } from "../../../src/providers/slack/text.ts";
import { kept } from "../../../src/sandbox/slack/text.ts";
import fc from "../../support/property.ts";

describe("text in Slack's form", () => {
  it.each([
    ["a &amp; b &lt;c&gt;", "a & b <c>"],
    ["see <https://example.com/x>", "see https://example.com/x"],
    ["<http://example.com|example.com>", "example.com"],
    ["<mailto:a@example.com|a@example.com>", "a@example.com"],
    ["<https://example.com|docs>", "<https://example.com|docs>"],
    ["<@U1> in <#C1|dev>", "<@U1> in <#C1|dev>"],
    ["  two\n lines ", "two lines"],
    ["&amp;lt;", "&lt;"],
  ])("%j reads %j", (slack, person) => {
    expect(plainText(slack)).toBe(person);
  });

  it("keeps line breaks where they count", () => {
    expect(plainLines("a\n b &amp; c")).toBe("a\n b & c");
  });

  it("says the same as what was written, whatever that was", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("&", "<", ">", "&amp;", "👋", "🚀", " ", "\n", ":wave:", "<@U1>", "<!here>"),
      fc.constantFrom("https://example.com/a?b=c&d=e", "<https://example.com|docs>"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const written = pieces.join(" ");
        return sameText(kept(written), written);
      }),
      { numRuns: 2000 },
    );
  });

  it("tells texts apart", () => {
    expect(sameText(kept("Ship it 🚀 now"), "Ship it 🚀 later")).toBe(false);
    expect(sameText(kept("Ship it 🚀"), "Ship it")).toBe(false);
    expect(sameText(kept("Ship it"), "Ship it 🚀")).toBe(false);
    expect(sameText("at 10:30:15", "at 10:45:15")).toBe(false);
  });
});

describe("fingerprint", () => {
  it("is FNV-1a with 64 bits", () => {
    expect(fingerprint("")).toBe("cbf29ce484222325");
    expect(fingerprint("a")).toBe("af63dc4c8601ec8c");
    expect(fingerprint("foobar")).toBe("85944171f73967e8");
  });
});
