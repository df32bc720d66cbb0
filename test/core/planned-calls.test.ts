import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonical, type Json } from "../../src/core/json.ts";
import { forecasted } from "../../src/core/planned-calls.ts";
import { Unknowns } from "../../src/core/unknowns.ts";
import fc from "../support/property.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const id = (digits: string): string => `C0${digits.slice(0, 9).toUpperCase()}`;

/** One call, as each of two rehearsals makes it. */
function call(
  make: (unknowns: Unknowns) => { path?: string; body?: Json },
  secrets: string[] = [],
) {
  const take = (salt: string) => {
    const unknowns = new Unknowns(salt);
    const { path = "/things", body } = make(unknowns);
    return { unknowns, calls: [{ operation: "make", method: "POST", path, body }] };
  };
  return forecasted([take("a"), take("b")], sha256, new Set(secrets))?.[0];
}

describe("a planned call", () => {
  it("is known when nothing in it depends on what is not", () => {
    const body = { b: [1, null], a: "x" };
    expect(call(() => ({ body }))).toMatchObject({
      known: true,
      after: [],
      digest: sha256('{"a":"x","b":[1,null]}'),
    });
    expect(call(() => ({}))).toMatchObject({ known: true, digest: null });
  });

  it("names what it comes after, in path and body, as text, number, or a part of either", () => {
    const planned = call((unknowns) => ({
      path: `/things/${unknowns.number("github.week.number")}/x`,
      body: { to: `see <${unknowns.text("slack.channel.id", id)}>`, n: [unknowns.number("a.b.n")] },
    }));
    expect(planned).toMatchObject({
      known: false,
      path: "/things/⟨github.week.number⟩/x",
      body: { to: "see <⟨slack.channel.id⟩>", n: ["⟨a.b.n⟩"] },
      after: ["github.week.number", "a.b.n", "slack.channel.id"],
    });
    expect(planned?.digest).toBe(sha256(canonical(planned?.body as Json)));
  });

  it("is not known when an unknown value hides in it, or chance does", () => {
    const hidden = call((unknowns) => ({ body: { hash: sha256(unknowns.text("a.b.id", id)) } }));
    expect(hidden).toMatchObject({ known: false, body: { hash: "⟨computed⟩" }, after: [] });
    let count = 0;
    expect(call(() => ({ body: { nonce: ++count, rest: "same" } }))).toMatchObject({
      known: false,
      body: { nonce: "⟨computed⟩", rest: "same" },
    });
  });

  it("holds no secret, however short, and no digest of one", () => {
    const digests = ["one-long-secret", "another/long=secret"].map(
      (secret) =>
        call(
          () => ({ body: { secret, url: `https://x.example/?key=${encodeURIComponent(secret)}` } }),
          [secret],
        )?.digest,
    );
    expect(call(() => ({ body: { secret: "abc" } }), ["abc"])?.body).toEqual({ secret: "***" });
    expect(call(() => ({ body: `x a-longer-secret` }), ["a-longer-secret"])?.body).toBe("x ***");
    expect(new Set(digests).size).toBe(1);
  });

  it("is not foretold where the rehearsals went different ways", () => {
    const [a, b] = [new Unknowns("a"), new Unknowns("b")];
    const one = { operation: "make", method: "POST", path: "/", body: undefined };
    const takes = (first: (typeof one)[], second: (typeof one)[]) =>
      forecasted(
        [
          { unknowns: a, calls: first },
          { unknowns: b, calls: second },
        ],
        sha256,
        new Set(),
      );
    expect(takes([one], [one])).toHaveLength(1);
    expect(takes([one], [one, one])).toBeUndefined();
    expect(takes([one], [{ ...one, method: "PUT" }])).toBeUndefined();
  });
});

describe("stand-ins", () => {
  it("are the same for one name, differ between names and salts, and are found again", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 2 }), (names) => {
        const [a, b] = [new Unknowns("a"), new Unknowns("b")];
        const texts = names.map((name) => a.text(name, (digits) => digits));
        expect(names.map((name) => a.text(name, (digits) => digits))).toEqual(texts);
        expect(new Set(texts).size).toBe(names.length);
        const others = names.map((name) => b.text(name, (digits) => digits));
        expect(texts.some((text) => others.includes(text))).toBe(false);
        expect(a.namesIn(texts.join(" and "))).toEqual(names);
        expect(a.settled(texts)).toEqual(names.map((name) => `⟨${name}⟩`));
        const numbers = names.map((name) => a.number(`${name}.n`));
        expect(numbers.every(Number.isSafeInteger)).toBe(true);
        expect(new Set(numbers).size).toBe(names.length);
      }),
    );
  });

  it("are found without dashes and dots, and encoded for an address", () => {
    const unknowns = new Unknowns("a");
    const uuid = unknowns.text("n.id", (d) => `${d.slice(0, 8)}-${d.slice(8)}`);
    const url = unknowns.text("n.url", (d) => `https://x.example/${d}`);
    expect(unknowns.settled(`/p/${uuid.replace("-", "")}`)).toBe("/p/⟨n.id⟩");
    expect(unknowns.settled(`?u=${encodeURIComponent(url)}`)).toBe("?u=⟨n.url⟩");
    expect(unknowns.isIn("nothing of the kind")).toBe(false);
  });
});
