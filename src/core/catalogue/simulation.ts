import type { Catalogue } from "./entry.ts";

export const simulationErrors: Catalogue = {
  SIMULATION_NOT_CALM: {
    what: "Even with nothing going wrong, setup does not succeed against the stand-ins.",
    why: "An outage can only be judged beside a setup that works: a variable that the sequence refers to may be missing, or a step may need something that the stand-ins do not have.",
    next: "Run `testx integrations setup --sandbox` and put right what it tells; then simulate again.",
    exit: 1,
  },
  SIMULATION_UNWRITABLE: {
    what: "The results of a simulation could not be written to a file.",
    why: "The folder is not there, or testx may not write in it.",
    next: "Make the folder, or name another file.",
    exit: 1,
  },
  SCENARIO_UNKNOWN: {
    what: "There is no outage scenario of that name.",
    why: "The name is in neither `outage-scenarios.json` nor the library that comes with testx.",
    next: "List the names with `testx simulate --list`.",
    exit: 2,
  },
};
