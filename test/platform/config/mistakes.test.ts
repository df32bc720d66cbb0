import { expect, it } from "vitest";
import { catalogue } from "../../../src/core/catalogue/catalogue.ts";
import { formatProblem } from "../../../src/core/validate/format.ts";
import { marked, problemsOfLoading, projectWith, sequenceFile } from "./project.ts";

/** Two integrations that are right, to put mistakes beside. */
const slack = `"slack": { "provider": "slack", "steps": { "channel": { "kind": "channel", "with": { "name": "dev" } } } }`;
const inSlack = (steps: string, more = "") =>
  `{ "version": 1, "integrations": {\n  "slack": { "provider": "slack", ${more}"steps": {\n    "channel": { "kind": "channel", "with": { "name": "dev" } },\n    ${steps}\n  } } } }`;
const beside = (entry: string) => `{ "version": 1, "integrations": {\n  ${slack},\n  ${entry}\n} }`;

/** What is wrong, the document with a mark at each place, and the codes in order; with a `?` the did-you-mean. */
const table: readonly [string, string, ...string[]][] = [
  ["empty", "▸", "CONFIG_EMPTY"],
  ["only spaces", "▸ \n \t", "CONFIG_EMPTY"],
  ["ends early", '{ "version": 1,\n  "integrations": {▸', "CONFIG_BAD_JSON"],
  ["text behind the end", '{ "version": 1, "integrations": {} } ▸nonsense', "CONFIG_BAD_JSON"],
  ["trailing comma", '{ "version": 1, "integrations": {}▸, }', "CONFIG_BAD_JSON"],
  ["missing comma", '{ "version": ▸1 "integrations": {} }', "CONFIG_BAD_JSON"],
  [
    "comments",
    '{ ▸// no\n "version": 1, ▸/* no */ "integrations": {} }',
    "CONFIG_BAD_JSON",
    "CONFIG_BAD_JSON",
  ],
  ["single quotes", `{ "version": 1, ▸'integrations': {} }`, 'CONFIG_BAD_JSON?"integrations"'],
  ["key without quotes", '{ ▸version: 1, "integrations": {} }', 'CONFIG_BAD_JSON?"version"'],
  [
    "Python's True",
    beside('"a": { "provider": "slack", "required": ▸True }'),
    "CONFIG_BAD_JSON?true",
  ],
  ["open string", '{ "version": 1, ▸"integrations: {}\n }', "CONFIG_BAD_JSON"],
  [
    "bad escape",
    beside('"a": { "provider": "slack▸\\q" }').replace('"slack▸\\q"', '"▸\\slack"'),
    "CONFIG_BAD_JSON",
  ],
  [
    "half a surrogate pair",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": ▸"\\ud83d" } }'),
    "CONFIG_BAD_JSON",
  ],
  ["not an object", "▸[]", "CONFIG_WRONG_TYPE"],
  ["nothing in it", "▸{}", "CONFIG_MISSING_KEY", "CONFIG_MISSING_KEY"],
  ["another version", '{ "version": ▸2, "integrations": {} }', "CONFIG_BAD_VALUE"],
  ["duplicate key", beside('▸"slack": { "provider": "slack" }'), "CONFIG_DUPLICATE_KEY"],
  ["__proto__", beside('"a": { "provider": "slack", ▸"__proto__": {} }'), "CONFIG_FORBIDDEN_KEY"],
  [
    "constructor and prototype",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", ▸"constructor": { ▸"prototype": 1 } } }',
    ),
    "CONFIG_FORBIDDEN_KEY",
    "CONFIG_FORBIDDEN_KEY",
  ],
  [
    "unknown key on top",
    '{ "version": 1, ▸"integration": {}, "integrations": {} }',
    "CONFIG_UNKNOWN_KEY?integrations",
  ],
  [
    "unknown key of an integration",
    beside('"a": { "provider": "slack", ▸"dependOn": [] }'),
    "CONFIG_UNKNOWN_KEY?dependsOn",
  ],
  [
    "unknown key of a step",
    inSlack('"m": { "kind": "channel", "with": { "name": "b" }, ▸"dependson": [] }'),
    "CONFIG_UNKNOWN_KEY?dependsOn",
  ],
  [
    "unknown key of an input",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", ▸"privat": true } }'),
    "CONFIG_UNKNOWN_KEY?private",
  ],
  ["missing provider", beside('▸"a": {}'), "CONFIG_MISSING_KEY"],
  ["missing input", inSlack('"m": { "kind": "channel", ▸"with": {} }'), "CONFIG_MISSING_KEY"],
  ["unknown provider", beside('"a": { "provider": ▸"slak" }'), "CONFIG_UNKNOWN_PROVIDER?slack"],
  ["unknown kind", inSlack('"m": { "kind": ▸"chanel" }'), "CONFIG_UNKNOWN_KIND?channel"],
  ["kind in full", inSlack('"m": { "kind": ▸"slack.channel" }'), "CONFIG_UNKNOWN_KIND?channel"],
  ["kind of Object.prototype", inSlack('"m": { "kind": ▸"toString" }'), "CONFIG_UNKNOWN_KIND"],
  [
    "wrong type of required",
    beside('"a": { "provider": "slack", "required": ▸"yes" }'),
    "CONFIG_WRONG_TYPE",
  ],
  [
    "wrong type of dependsOn",
    beside('"a": { "provider": "slack", "dependsOn": ▸"slack" }'),
    "CONFIG_WRONG_TYPE",
  ],
  [
    "wrong type in dependsOn",
    beside('"a": { "provider": "slack", "dependsOn": ["slack", ▸7] }'),
    "CONFIG_WRONG_TYPE",
  ],
  ["wrong type of an integration", beside('"a": ▸5'), "CONFIG_WRONG_TYPE"],
  [
    "wrong type of an input",
    inSlack('"m": { "kind": "channel", "with": { "name": ▸7 } }'),
    "CONFIG_WRONG_TYPE",
  ],
  [
    "bad value of an input",
    inSlack('"m": { "kind": "channel", "with": { "name": ▸"Has Spaces" } }'),
    "CONFIG_BAD_VALUE",
  ],
  [
    "unknown strategy",
    beside('"a": { "provider": "slack", "onFailure": ▸"skipp" }'),
    "CONFIG_BAD_VALUE?skip",
  ],
  ["bad name", beside('▸"a.b": { "provider": "slack" }'), "CONFIG_BAD_NAME"],
  ["env as a name", beside('▸"env": { "provider": "slack" }'), "CONFIG_BAD_NAME"],
  [
    "unknown dependency",
    beside('"a": { "provider": "slack", "dependsOn": [▸"slck"] }'),
    "GRAPH_UNKNOWN_DEPENDENCY?slack",
  ],
  [
    "unknown dependency of a step",
    inSlack('"m": { "kind": "channel", "with": { "name": "b" }, "dependsOn": [▸"chanel"] }'),
    "GRAPH_UNKNOWN_DEPENDENCY?channel",
  ],
  [
    "self-dependency",
    beside('"a": { "provider": "slack", "dependsOn": [▸"a"] }'),
    "GRAPH_SELF_DEPENDENCY",
  ],
  [
    "self-dependency of a step",
    inSlack('"m": { "kind": "channel", "with": { "name": "b" }, "dependsOn": [▸"m"] }'),
    "GRAPH_SELF_DEPENDENCY",
  ],
  [
    "dependency named twice",
    beside('"a": { "provider": "slack", "dependsOn": ["slack", ▸"slack"] }'),
    "GRAPH_DUPLICATE_DEPENDENCY",
  ],
  [
    "cycle",
    beside(
      '"a": { "provider": "slack", "dependsOn": [▸"b"] },\n  "b": { "provider": "slack", "dependsOn": ["a"] }',
    ),
    "GRAPH_CYCLE",
  ],
  [
    "cycle of steps",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b" }, "dependsOn": [▸"n"] },\n    "n": { "kind": "channel", "with": { "name": "c" }, "dependsOn": ["slack.m"] }',
    ),
    "GRAPH_CYCLE",
  ],
  [
    "cycle by references",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", "topic": "see ▸${slack.n.url}" } },\n    "n": { "kind": "channel", "with": { "name": "c", "topic": "${slack.m.url}" } }',
    ),
    "GRAPH_CYCLE",
  ],
  [
    "reference to no step",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${slack.chanel.url}" } }'),
    "REFERENCE_UNKNOWN?${slack.channel.url}",
  ],
  [
    "reference to no field",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", "topic": "see ▸${slack.channel.urll}" } }',
    ),
    "REFERENCE_UNKNOWN?${slack.channel.url}",
  ],
  [
    "reference to a field with dots in its name, that nothing like it has",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${slack.channel.properties.url}" } }',
    ),
    "REFERENCE_UNKNOWN",
  ],
  [
    "reference to no integration",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${slak.channel.url}" } }'),
    "REFERENCE_UNKNOWN?${slack.channel.url}",
  ],
  [
    "reference to itself",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${slack.m.url}" } }'),
    "REFERENCE_LATER",
  ],
  [
    "reference to a dependent",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${slack.n.url}" } },\n    "n": { "kind": "channel", "with": { "name": "c" }, "dependsOn": ["m"] }',
    ),
    "REFERENCE_LATER",
  ],
  [
    "reference to a dependent integration",
    beside(
      '"a": { "provider": "slack", "steps": { "s": { "kind": "bookmark", "with": { "channel": "▸${b.s.id}", "title": "t", "link": "https://x.test" } } } },\n  "b": { "provider": "slack", "dependsOn": ["a"], "steps": { "s": { "kind": "channel", "with": { "name": "c" } } } }',
    ),
    "REFERENCE_LATER",
  ],
  [
    "reference without a dependency",
    beside(
      '"a": { "provider": "slack", "steps": { "s": { "kind": "bookmark", "with": { "channel": "▸${slack.channel.id}", "title": "t", "link": "https://x.test" } } } }',
    ),
    "REFERENCE_WITHOUT_DEPENDENCY",
  ],
  [
    "reference in an integration's settings",
    beside('"a": { "provider": "github", "with": { "repository": "▸${slack.channel.name}" } }'),
    "REFERENCE_NOT_ALLOWED",
  ],
  [
    "reference not closed",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", "topic": "a ▸${slack.channel.url" } }',
    ),
    "REFERENCE_SYNTAX",
  ],
  [
    "reference without a field",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${slack.channel}" } }'),
    "REFERENCE_SYNTAX",
  ],
  [
    "shell's way",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": "▸${HOME}" } }'),
    "REFERENCE_SYNTAX?${env.HOME}",
  ],
  [
    "behind escapes",
    inSlack(
      '"m": { "kind": "channel", "with": { "name": "b", "topic": "\\u00e9\\n\\"▸${HOME}" } }',
    ),
    "REFERENCE_SYNTAX?${env.HOME}",
  ],
  [
    "behind an emoji",
    inSlack('"m": { "kind": "channel", "with": { "name": "b", "topic": "👋▸${HOME}" } }'),
    "REFERENCE_SYNTAX?${env.HOME}",
  ],
  [
    "one natural key",
    inSlack('▸"m": { "kind": "channel", "with": { "name": "dev" } }'),
    "STEP_DUPLICATE",
  ],
  [
    "one natural key by references",
    inSlack(
      '"m": { "kind": "bookmark", "with": { "channel": "${slack.channel.id}", "title": "t", "link": "https://x.test" } },\n ▸"n": { "kind": "bookmark", "with": { "channel": "${slack.channel.id}", "title": "t", "link": "https://x.test" } }',
    ),
    "STEP_DUPLICATE",
  ],
  [
    "a secret in the file",
    beside(
      '"a": { "provider": "github", "with": { "repository": "a/b" }, "steps": { "s": { "kind": "webhook", "with": { "url": "https://x.test", "secret": ▸"hunter2hunter2" } } } }',
    ),
    "CONFIG_SECRET_IN_FILE",
  ],
  [
    "many at once",
    inSlack(
      '"m": { "kind": ▸"chanel", "dependsOn": [▸"nobody"] },\n    "n": { "kind": "channel", ▸"wiht": {}, "with": { "name": "c", "topic": "▸${env}" } }',
      '▸"requird": true, ',
    ),
    "CONFIG_UNKNOWN_KEY?required",
    "CONFIG_UNKNOWN_KIND?channel",
    "GRAPH_UNKNOWN_DEPENDENCY",
    "CONFIG_UNKNOWN_KEY?with",
    "REFERENCE_SYNTAX",
  ],
];

it.each(table)("%s", async (_, text, ...expected) => {
  const { text: clean, places } = marked(text);
  const problems = await problemsOfLoading(projectWith({ [sequenceFile]: clean }));
  const found = problems.map(({ code, suggestion }) =>
    suggestion ? `${code}?${suggestion}` : code,
  );
  expect(found).toEqual(expected);
  const lone = places.length === 1 ? Array(expected.length).fill(places[0]) : places;
  expect(problems.map(({ line, column }) => ({ line, column }))).toEqual(lone);
  for (const problem of problems) {
    expect(problem.file).toBe(sequenceFile);
    expect(catalogue[problem.code]?.exit).toBe(2);
    const [head = "", , source = "", caret = ""] = formatProblem(problem).split("\n");
    expect(head).toBe(`${sequenceFile}:${problem.line}:${problem.column} ${problem.code}`);
    if (source !== "") expect(caret.indexOf("^")).toBeGreaterThan(caret.indexOf("|"));
  }
});

it("never repeats a secret that stands in the file", async () => {
  const text = beside(
    '"a": { "provider": "github", "with": { "repository": "a/b" }, "steps": { "s": { "kind": "webhook", "wiht": 1, "with": { "url": "https://x.test", "secret": "hunter2hunter2" } } } }',
  );
  const problems = await problemsOfLoading(projectWith({ [sequenceFile]: text }));
  expect(problems.map(({ code }) => code)).toEqual(["CONFIG_UNKNOWN_KEY", "CONFIG_SECRET_IN_FILE"]);
  expect(JSON.stringify(problems)).not.toContain("hunter2");
});

it("counts lines by \\r\\n, and not the byte order mark", async () => {
  const text = `\ufeff{\r\n  "version": 1,\r\n  "integrations": {},\r\n  "extra": 1\r\n}\r\n`;
  const problems = await problemsOfLoading(projectWith({ [sequenceFile]: text }));
  expect(problems).toMatchObject([
    { code: "CONFIG_UNKNOWN_KEY", line: 4, column: 3, source: '  "extra": 1' },
  ]);
});

it.each([
  ["UTF-16 with a mark", Buffer.from("\ufeff{}", "utf16le"), "CONFIG_NOT_UTF8"],
  ["Latin-1", Buffer.from('{ "version": 1, "é": 1 }', "latin1"), "CONFIG_NOT_UTF8"],
  ["more than 1 MiB", Buffer.alloc(1_048_577, " "), "CONFIG_TOO_LARGE"],
  ["deeper than 64", Buffer.from(`${"[".repeat(65)}${"]".repeat(65)}`), "CONFIG_TOO_DEEP"],
  ["very deep", Buffer.alloc(1_000_000, "["), "CONFIG_TOO_DEEP"],
])("refuses what is %s", async (_, bytes, code) => {
  const problems = await problemsOfLoading(projectWith({ [sequenceFile]: new Uint8Array(bytes) }));
  expect(problems.map((problem) => problem.code)).toEqual([code]);
});

it("refuses a folder in the place of a file", async () => {
  const folder = projectWith({ [`${sequenceFile}/x`]: "" });
  expect(await problemsOfLoading(folder)).toMatchObject([{ code: "CONFIG_UNREADABLE" }]);
});
