import { providerContract, startSandbox } from "testx/testing";
import { describe, it } from "vitest";
import kudos from "./kudos.ts";
import { kudosStandIn } from "./kudos-stand-in.ts";

// What every provider has to keep, under faults, aborts and crashes too.
providerContract({
  provider: kudos,
  samples: {
    config: {},
    kinds: {
      board: {
        input: { name: "Thanks", channel: "team" },
        changed: { name: "Thanks", channel: "dev" },
      },
    },
  },
  codes: ["KUDOS_FAILED"],
  open: () => startSandbox({ services: [kudosStandIn] }),
  describe,
  it,
});
