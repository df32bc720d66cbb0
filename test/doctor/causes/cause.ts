import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FarAway, FarAwayOptions } from "../../support/far-away.ts";
import type { TestProject } from "../../support/project.ts";

type Env = Record<string, string | undefined>;

/** What a cause has at hand to break. */
export interface Patient extends TestProject {
  /** A file of the project, to change its text. */
  edit(path: string, change: (text: string) => string): void;
  /** As `edit`, of the sequence as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests break it in every way
  sequence(change: (sequence: any) => unknown): void;
  /** Puts the services elsewhere; `machine` of the result goes into the environment. */
  away(options?: Omit<FarAwayOptions, "sandbox">): Promise<FarAway & { readonly env: Env }>;
  /** The environment that preloads another machine. */
  machine(about: object): Env;
  /** A whole setup, which must succeed. */
  setup(): Promise<void>;
  /** Undone when the cause has been tried. */
  after(undo: () => unknown): void;
}

/** One thing that is wrong, and what doctor must call it. */
export interface Cause {
  readonly name: string;
  /** Of the first finding; none: all is fine. */
  readonly code: string | undefined;
  /** The command that the first finding gives. */
  readonly next?: string;
  /** There is no other error or warning. */
  readonly alone?: true;
  /** Codes of all other errors and warnings, in any order. */
  readonly others?: readonly string[];
  /** Left out: 1 with a code, 0 without. */
  readonly exit?: number;
  /** Tried without a superuser's rights, to whom those of files mean nothing. */
  readonly ordinary?: true;
  /** Where it is started, within the project. */
  readonly below?: string;
  /** What its shell does before it. */
  readonly shell?: string;
  /** Of what the first finding says, and what to do. */
  readonly says?: RegExp;
  /** Of what a note says. */
  readonly notes?: RegExp;
  /** Beside `doctor --json`. */
  readonly args?: readonly string[];
  /** Gives what the environment is to have beside what leads to the services. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to add
  break(patient: Patient): Promise<Env | void> | Env | void;
}

export const sequenceFile = "config/integrations/integration-sequence.json";

const preload = `--require=${fileURLToPath(import.meta.resolve("../../support/machine.cjs"))}`;

export const machine: Patient["machine"] = (about) => ({
  NODE_OPTIONS: preload,
  TESTX_MACHINE: JSON.stringify(about),
});

export function editing(folder: string): Pick<Patient, "edit" | "sequence"> {
  const edit: Patient["edit"] = (path, change) => {
    const file = join(folder, path);
    writeFileSync(file, change(readFileSync(file, "utf8")));
  };
  return {
    edit,
    sequence: (change) =>
      edit(sequenceFile, (text) => {
        const value = JSON.parse(text);
        change(value);
        return JSON.stringify(value, null, 2);
      }),
  };
}
