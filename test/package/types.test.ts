import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/cli.ts";

const types = join(root, "dist/types");

interface Declared {
  readonly name: string;
  readonly text: string;
  readonly documented: boolean;
}

/** What an entry of the package gives, each with its declaration as it is shipped. */
function exportsOf(entry: string): Declared[] {
  const text = readFileSync(join(types, entry), "utf8");
  return [...text.matchAll(/^export (?:type )?\{([^}]+)\} from "(.+)";$/gm)].flatMap(
    ([, names = "", from = ""]) => {
      const path = join(types, dirname(entry), from.replace(/\.(?:js|ts)$/, ".d.ts"));
      const file = readFileSync(path, "utf8");
      return names
        .split(",")
        .map((name) => name.trim().replace(/^type /, ""))
        .filter((name) => name !== "")
        .map((name) => declared(file, name));
    },
  );
}

function declared(file: string, name: string): Declared {
  const start = new RegExp(
    `^export (?:declare )?(?:interface|type|class|function) ${name}\\b`,
    "m",
  );
  const at = file.search(start);
  expect(at, name).toBeGreaterThanOrEqual(0);
  const rest = file.slice(at);
  // Up to the next declaration or its comment.
  const end = rest.slice(1).search(/^(?:export|declare|\/\*\*|type|interface) ?/m);
  const text = end < 0 ? rest : rest.slice(0, end + 1);
  return { name, text, documented: file.slice(0, at).trimEnd().endsWith("*/") };
}

const entries = { testx: exportsOf("index.d.ts"), "testx/testing": exportsOf("testing.d.ts") };
const importable = new Set(
  Object.values(entries)
    .flat()
    .map(({ name }) => name),
);

describe.each(Object.entries(entries))("%s, as editors show it", (_, all) => {
  it("says of everything that it exports what it is", () => {
    expect(all.length).toBeGreaterThan(10);
    const silent = all.filter(({ documented }) => !documented).map(({ name }) => name);
    expect(silent).toEqual([]);
  });

  it("exports what a provider, a policy or a program has to give or gets", () => {
    const speaks = (text: string): string[] =>
      [
        ...text.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/[:|<&,(] ?(?:readonly )?([A-Z]\w+)/g),
      ].map(([, name = ""]) => name);
    const lacking = all.flatMap(({ name, text }) =>
      speaks(text)
        .filter((other) => !importable.has(other) && !known.has(other))
        .map((other) => `${other}, in ${name}`),
    );
    expect([...new Set(lacking)]).toEqual([]);
  });
});

/** Of the language and of Node.js, and the names of type parameters. */
const language =
  "AbortSignal ArrayBuffer Client Error ErrorOptions Iterable Iterator Omit Partial Pick Promise " +
  "PropertyKey Readonly ReadonlySet Record Required State URL URLSearchParams Uint8Array";
/** Text or numbers by another name, and the insides of what is only read or handed on. */
const handedOn =
  "Act ActCommand ActOutcome Aimed AnyService Area Basis CheckId Clock Diagnosis Explains " +
  "FailureParts Fix JsonOf OperationId RunEventBody ScenarioFault StepFate Struck";
const known = new Set(`${language} ${handedOn}`.split(" "));
