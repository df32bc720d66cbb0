import { version } from "../../wiring/version.ts";
import type { CiSystem } from "../options.ts";
import type { StarterFile } from "./starter.ts";

/** How a job gets testx: with the project's other packages, or for itself. */
export type Installed = "npm ci" | "npm install" | undefined;

export interface CiJob extends StarterFile {
  /** What is left to do. */
  readonly next: string;
}

const results = "testx-outages.xml";

const commit =
  "Commit it: from now on every change is tried against outages. It needs no account, and no secret.";

/** A job that plays the outages, by the system that it is for. */
export const ciJobs: Readonly<Record<CiSystem, (installed: Installed) => CiJob>> = {
  github: (installed) => ({
    path: ".github/workflows/testx-outages.yml",
    text: `# Plays outages against the stand-ins: no account is called, and no secret is needed.
name: testx outages

on:
  pull_request:
  push:
    branches: [main]
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: testx-outages-\${{ github.ref }}
  cancel-in-progress: true

jobs:
  outages:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: 24
${lines(installed, (line) => `      - run: ${line}\n`)}      # Annotations and the summary of the job come by themselves.
      - run: ${simulate(installed)}
      - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2
        if: \${{ !cancelled() }}
        with:
          name: testx-outages
          path: ${results}
`,
    next: commit,
  }),
  gitlab: (installed) => ({
    path: ".gitlab/testx-outages.yml",
    text: `# Plays outages against the stand-ins: no account is called, and no secret is needed.
testx-outages:
  image: node:24
  timeout: 10 minutes
  script:
${lines(installed, (line) => `    - ${line}\n`)}    - ${simulate(installed)}
  artifacts:
    when: always
    reports:
      junit: ${results}
`,
    next: `Add \`include: .gitlab/testx-outages.yml\` to .gitlab-ci.yml. ${commit}`,
  }),
};

function lines(installed: Installed, line: (command: string) => string): string {
  return installed === undefined ? "" : line(installed);
}

function simulate(installed: Installed): string {
  const testx = installed === undefined ? `npx --yes testx@${version}` : "npx testx";
  return `${testx} simulate --junit ${results}`;
}
