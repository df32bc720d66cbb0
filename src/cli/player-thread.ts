import { exitCodeOfEnd } from "../features/simulate/exit-code.ts";
import { Simulator } from "../features/simulate/simulate.ts";
import { playing } from "../wiring/simulation/crew.ts";

playing(
  ({ config, scenarios, universe }) =>
    new Simulator({
      ...{ sequence: config.sequence, own: scenarios, universe },
      exitCodeOf: exitCodeOfEnd,
    }),
);
