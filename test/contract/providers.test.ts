import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { registry } from "../../src/providers/registry.ts";
import { services } from "../../src/sandbox/services.ts";

const providers = new URL("../../src/providers/", import.meta.url);

test("every provider's folder has its line in the registry", () => {
  const folders = readdirSync(providers, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(Object.keys(registry).sort()).toEqual(folders.sort());
});

test.each(Object.entries(registry))(
  "%s is what it is called, and kept to the contract",
  async (id, load) => {
    expect((await load()).id).toBe(id);
    expect(existsSync(new URL(`${id}.test.ts`, import.meta.url))).toBe(true);
  },
);

test.each(Object.entries(services))("the stand-in %s is what it is called", async (id, load) => {
  const service = await load();
  expect(service.id).toBe(id);
  const { environment } = service;
  const variables = environment.call(service, "http://127.0.0.1:1/here");
  expect(Object.values(variables).join(" ")).toContain("http://127.0.0.1:1/here");
});
