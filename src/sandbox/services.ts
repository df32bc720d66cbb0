import type { AnyService } from "../core/stand-in.ts";

/** Every stand-in, loaded when it is first needed. */
export const services: Readonly<Record<string, () => Promise<AnyService>>> = {
  anykrowd: async () => (await import("./anykrowd/service.ts")).anykrowd,
  github: async () => (await import("./github/service.ts")).github,
  notion: async () => (await import("./notion/service.ts")).notion,
  slack: async () => (await import("./slack/service.ts")).slack,
};

export function loadServices(
  ids: readonly string[] = Object.keys(services),
): Promise<AnyService[]> {
  return Promise.all(
    ids.map((id) => {
      const load = services[id];
      if (load === undefined) throw new Error(`no stand-in named ${id}`);
      return load();
    }),
  );
}
