import { cacheErrors } from "./cache.ts";
import { cliErrors } from "./cli.ts";
import { configErrors } from "./config.ts";
import { credentialErrors } from "./credentials.ts";
import { doctorErrors } from "./doctor.ts";
import { engineErrors } from "./engine.ts";
import type { Catalogue } from "./entry.ts";
import { gatewayErrors } from "./gateway.ts";
import { githubErrors } from "./github.ts";
import { guardErrors } from "./guards.ts";
import { httpErrors } from "./http.ts";
import { libraryErrors } from "./library.ts";
import { networkErrors } from "./network.ts";
import { notionErrors } from "./notion.ts";
import { observationErrors } from "./observation.ts";
import { platformErrors } from "./platform.ts";
import { sandboxErrors } from "./sandbox.ts";
import { secretErrors } from "./secrets.ts";
import { simulationErrors } from "./simulation.ts";
import { slackErrors } from "./slack.ts";

/** The error catalogue: every code that testx can report, by area. */
export const catalogueByArea: Readonly<Record<string, Catalogue>> = {
  config: configErrors,
  engine: engineErrors,
  gateway: gatewayErrors,
  "limits and breakers": guardErrors,
  platform: platformErrors,
  secrets: secretErrors,
  credentials: credentialErrors,
  cache: cacheErrors,
  observation: observationErrors,
  slack: slackErrors,
  notion: notionErrors,
  github: githubErrors,
  http: httpErrors,
  sandbox: sandboxErrors,
  simulation: simulationErrors,
  network: networkErrors,
  doctor: doctorErrors,
  cli: cliErrors,
  library: libraryErrors,
};

export const catalogue: Catalogue = Object.assign({}, ...Object.values(catalogueByArea));
