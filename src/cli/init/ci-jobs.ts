import type { CiSystem } from "../options.ts";
import type { StarterFile } from "./starter.ts";

/** How a job gets the project's packages, testx among them. */
export type Installing = "npm ci" | "npm install";

export interface CiJob extends StarterFile {
  /** What is left to do. */
  readonly next: string;
}

const results = "testx-outages.xml";
// Never what a registry has under that name.
const simulate = `npx --no testx simulate --junit ${results}`;

const commit =
  "Commit it: from now on every change is tried against outages. It needs no account, and no secret.";

/** A job that plays the outages, by the system that it is for. */
export const ciJobs: Readonly<Record<CiSystem, (installing: Installing) => CiJob>> = {
  github: (installing) => ({
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
      - run: ${installing}
      # Annotations and the summary of the job come by themselves.
      - run: ${simulate}
      - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2
        if: \${{ !cancelled() }}
        with:
          name: testx-outages
          path: ${results}
`,
    next: commit,
  }),
  gitlab: (installing) => ({
    path: ".gitlab/testx-outages.yml",
    text: `# Plays outages against the stand-ins: no account is called, and no secret is needed.
testx-outages:
  image: node:24
  timeout: 10 minutes
  script:
    - ${installing}
    - ${simulate}
  artifacts:
    when: always
    reports:
      junit: ${results}
`,
    next: `Add \`include: .gitlab/testx-outages.yml\` to .gitlab-ci.yml. ${commit}`,
  }),
};
