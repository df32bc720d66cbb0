import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/core/redact.ts";
import fc from "../support/property.ts";

const canary = 'can"ary/+\\ö secret=42';

describe("redactor", () => {
  const redactor = createRedactor([canary]);

  it.each([
    ["as it is", canary],
    ["JSON-escaped", JSON.stringify(canary)],
    ["JSON in JSON", JSON.stringify(JSON.stringify({ a: canary }))],
    ["URL-encoded", encodeURIComponent(canary)],
    ["URL-encoded in lower case", encodeURIComponent(canary).toLowerCase()],
    ["form-encoded", new URLSearchParams({ a: canary }).toString()],
    ["base64", Buffer.from(canary).toString("base64")],
    ["base64 after a user name", Buffer.from(`me:${canary}`).toString("base64")],
    ["base64 between other text", Buffer.from(`user:${canary}:x`).toString("base64")],
    ["base64url", Buffer.from(canary).toString("base64url")],
    ["hexadecimal", Buffer.from(canary).toString("hex")],
  ])("masks a secret %s", (_, text) => {
    const masked = redactor.text(`before ${text} after`);
    expect(masked).toContain("***");
    expect(masked).toMatch(/^before .* after$/s);
    expect(masked.length).toBeLessThan(text.length + 14);
    for (const part of ["ary", "secret", "42", "NhbmFye"]) expect(masked).not.toContain(part);
  });

  it("masks what looks like a token although nobody named it", () => {
    const plain = createRedactor();
    expect(plain.text("xoxc-1234-abcdEFGH xoxd-1234-abcdEFGH")).toBe("*** ***");
    expect(plain.text("token xoxb-1234-abcdEFGH, ghp_abcdefghijklmnop1234!")).toBe(
      "token ***, ***!",
    );
    expect(plain.text("postgres://user:pass@host/db")).toBe("postgres://user:***@host/db");
    expect(plain.text("http://127.0.0.1:4010/slack and a@b.c")).toBe(
      "http://127.0.0.1:4010/slack and a@b.c",
    );
  });

  it("masks inside JSON values and keeps the rest", () => {
    const value = { a: [canary, 1, null, true], [canary]: { b: `x${canary}x` } };
    expect(redactor.json(value)).toEqual({ a: ["***", 1, null, true], "***": { b: "x***x" } });
  });

  it("masks a private key line by line", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----\n";
    const masked = createRedactor([key]).text("  MIIEvQIBADANBg");
    expect(masked).toBe("  ***");
  });

  it("learns secrets later and ignores those too short to be any", () => {
    const late = createRedactor(["abc"]);
    expect(late.text("abc s3cr3t!")).toBe("abc s3cr3t!");
    late.add(["s3cr3t!"]);
    expect(late.text("abc s3cr3t!")).toBe("abc ***");
  });

  it("never lets a secret through, whatever it is and wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40, unit: "grapheme" }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const mask = createRedactor([secret]);
          const text = before + secret + after;
          const encoded = Buffer.from(text).toString("base64");
          expect(mask.text(text).split("***").join("\0")).not.toContain(secret);
          const core = Buffer.from(secret).toString("hex");
          const seen = Buffer.from(mask.text(encoded).replaceAll("***", ""), "base64");
          if (!before.includes(secret) && !after.includes(secret)) {
            expect(seen.toString("hex")).not.toContain(core);
          }
        },
      ),
    );
  });
});
