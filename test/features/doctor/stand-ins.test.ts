import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/core/diagnosis.ts";
import type { Integration } from "../../../src/core/sequence.ts";
import type { Answer } from "../../../src/features/doctor/observed.ts";
import { standIns } from "../../../src/features/doctor/stand-ins.ts";

interface Seen extends Partial<Omit<Answer, "asked" | "to">> {
  readonly provider?: string;
  readonly asked?: string;
  readonly to?: string;
  /** Its check finds nothing. */
  readonly well?: true;
}

/** What is found where the integrations were answered so. */
async function looked(seen: Readonly<Record<string, Seen>>) {
  const check = standIns({
    integrations: Object.entries(seen).map(
      ([id, { provider = id }]) => ({ id, provider, required: true }) as Integration,
    ),
    checkOf: (id) => `services.${id}`,
    endpoint: () => undefined,
    observed(id) {
      const { asked = `https://${id}.test/api`, to, well, ...answer } = seen[id] ?? {};
      const last: Answer = {
        ...{ asked: new URL(asked), status: well ? 200 : 302, form: "nothing", fields: [] },
        ...answer,
        ...(to === undefined ? {} : { to: new URL(to, asked) }),
      };
      return { last };
    },
  });
  const bad = { code: "BAD", severity: "error" } as Finding;
  const { findings } = await check.run((id) =>
    seen[id.replace("services.", "")]?.well ? [] : [bad],
  );
  return findings;
}

async function codes(seen: Readonly<Record<string, Seen>>) {
  return (await looked(seen)).map(({ code }) => code);
}

const moved = (id: number): Seen => ({
  ...{ provider: "github", asked: "https://api.github.com/repos/old/name", status: 301 },
  to: `/repositories/${id}`,
});

describe("a redirect at the service's own address", () => {
  it("is no log-in page where repositories were renamed", async () => {
    expect(await codes({ code: moved(1), docs: moved(2) })).toEqual([]);
    expect(await codes({ code: moved(1), again: moved(1) })).toEqual([]);
    expect(await codes({ code: moved(1), docs: moved(2), slack: { well: true } })).toEqual([]);
  });

  it("is one where it leads all services to the same path", async () => {
    const login = { to: "/login?back=1" };
    expect(await codes({ slack: login, github: login })).toEqual(["NETWORK_PORTAL"]);
    const some = { slack: login, github: login, notion: { well: true } } as const;
    expect(await codes(some)).toEqual([]);
  });

  it("is told without where it leads: that may be a way in", async () => {
    const login = { to: "/sso/one-time-token-abc123" };
    const [{ evidence, code } = {}] = await looked({ slack: login, github: login });
    expect([code, ...(evidence ?? [])]).toEqual([
      "NETWORK_PORTAL",
      "a redirect from https://slack.test to another path there",
      "a redirect from https://github.test to another path there",
    ]);
  });
});

describe("a page in place of some services' answers", () => {
  const page = { status: 200, form: "page" } as const;

  it("is no log-in to the network where others answer themselves", async () => {
    const some = { slack: page, notion: page, github: { well: true } } as const;
    expect(await codes(some)).toEqual([]);
    expect(await codes({ slack: page, notion: page })).toEqual(["NETWORK_PORTAL"]);
    const here = { asked: "http://127.0.0.1:8080/", well: true } as const;
    expect(await codes({ slack: page, notion: page, crm: here })).toEqual(["NETWORK_PORTAL"]);
  });

  it("is one where they are led to the same place, and where it says so itself", async () => {
    const led = { to: "https://login.test/" };
    const some = { slack: led, notion: led, github: { well: true } } as const;
    expect(await codes(some)).toEqual(["NETWORK_PORTAL"]);
    const wanted = { status: 511, form: "page" } as const;
    const well = { slack: wanted, notion: wanted, github: { well: true } } as const;
    expect(await codes(well)).toEqual(["NETWORK_PORTAL"]);
  });
});

describe("the same refusal of all", () => {
  const said = (status: number, form: Answer["form"]) =>
    ({ status, form, fields: form === "data" ? ["message"] : [] }) as const;

  it.each([
    [401, "data"],
    [403, "data"],
    [401, "text"],
    [403, "nothing"],
  ] as const)(
    "is their own word where own providers' services say it: %s, %s",
    async (status, form) => {
      const answer = said(status, form);
      expect(await codes({ crm: answer, shop: answer })).toEqual([]);
      expect(await codes({ crm: answer, slack: answer })).toEqual(["NETWORK_FILTERED"]);
    },
  );

  it.each([
    [403, "page"],
    [502, "text"],
  ] as const)("is a filter's where no API says it so: %s, %s", async (status, form) => {
    const answer = said(status, form);
    expect(await codes({ crm: answer, shop: answer })).toEqual(["NETWORK_FILTERED"]);
  });
});
