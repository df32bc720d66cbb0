import type { ProviderSamples } from "../../support/samples.ts";

export const samples: ProviderSamples = {
  config: {},
  kinds: {
    check: {
      input: ({ environment }) => ({
        url: environment.ANYKROWD_HEALTH_CHECK_URL ?? "",
        matches: '"status": ?"ok"',
      }),
    },
  },
};
