import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from "rolldown";

/**
 * commander loads child_process for subcommands that are programs of their own. testx has none,
 * and that module is a fifth of what `testx --help` would load.
 */
const noExternalCommands: Plugin = {
  name: "no-external-commands",
  resolveId(specifier, importer) {
    const byCommander = importer?.includes("/node_modules/commander/");
    return byCommander && specifier === "node:child_process" ? "\0no-child-process" : null;
  },
  load: (id) => (id === "\0no-child-process" ? "export default {};" : null),
};

interface Part {
  /** The package that imports it; left out: any. */
  readonly of?: string;
  readonly name: RegExp;
  readonly code: string;
}

/**
 * What SDKs and other packages bring for their other users. Most of it is tables of all operations
 * as methods: testx calls Octokit's by their routes and Slack's by their names, and of Notion's
 * those of pages, databases and blocks.
 */
const unused: readonly Part[] = [
  {
    name: /^@octokit\/plugin-rest-endpoint-methods$/,
    code: "export const legacyRestEndpointMethods = () => ({});",
  },
  { name: /^@octokit\/plugin-paginate-rest$/, code: "export const paginateRest = () => ({});" },
  {
    ...{ of: "@slack/web-api", name: /^\.\/methods$/ },
    code: "import { EventEmitter } from 'node:events'; export class Methods extends EventEmitter {}",
  },
  { of: "@slack/web-api", name: /^\.\/(chat-stream|file-upload)$/, code: "export {};" },
  // An archive that testx never asks for is unpacked with it.
  {
    ...{ of: "@slack/web-api", name: /^node:zlib$/ },
    code: "export default { unzip: (...all) => process.getBuiltinModule('zlib').unzip(...all) };",
  },
  {
    of: "@notionhq/client",
    name: /^\.\/(api-endpoints\/)?(agents|async-tasks|comments|custom-emojis|file-uploads|helpers|meeting-notes|oauth|search|views|webhooks)$/,
    code: "export {};",
  },
  // What it says in Node.js, without the look at `navigator`, which loads a module.
  {
    name: /^universal-user-agent$/,
    code: "export const getUserAgent = () => `Node.js/${parseInt(process.versions.node)}`;",
  },
  // The client of Redis has it for commands that testx does not send.
  { name: /^@node-rs\/xxhash$/, code: "export default {};" },
  // ink's, for those who work on it.
  { name: /^\.\/devtools\.js$/, code: "export {};" },
];

const leftOut: Plugin = {
  name: "left-out",
  resolveId(specifier, importer) {
    const at = unused.findIndex(
      ({ of, name }) =>
        name.test(specifier) && (of === undefined || importer?.includes(`/node_modules/${of}/`)),
    );
    return at < 0 ? null : `\0left-out-${at}`;
  },
  load: (id) => unused[Number(/^\0left-out-(\d+)$/.exec(id)?.[1])]?.code ?? null,
};

/**
 * For each object schema zod writes and evaluates a function, which pays off after hundreds of
 * values: not in a command.
 */
const interpretedSchemas: Plugin = {
  name: "interpreted-schemas",
  transform: (code, id) =>
    id.endsWith("/zod/v4/core/core.js") ? `${code}\nconfig({ jitless: true });` : null,
};

/**
 * V8 reads what is all ASCII several times as fast. An escape means the same everywhere but in a
 * template that a function is given as it stands.
 */
const inAscii: Plugin = {
  name: "in-ascii",
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type === "chunk" && !file.code.includes("String.raw"))
        file.code = escaped(file.code);
    }
  },
};

function escaped(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/**
 * The dashboard's screen is drawn by ink, whose layout engine is awaited at the top of a module:
 * CommonJS knows no such thing. So it is a bundle of its own, which nobody else loads.
 */
const screen = { source: "src/render/dashboard/screen.ts", file: "dashboard.mjs" };
const screenApart: Plugin = {
  name: "screen-apart",
  resolveId: (specifier) =>
    specifier.endsWith("/dashboard/screen.ts") ? { id: `./${screen.file}`, external: true } : null,
};

const plugins = [noExternalCommands, leftOut];
const shared: InputOptions = {
  plugins,
  platform: "node",
  transform: { target: "node24" },
  checks: { pluginTimings: false },
  onLog(_level, log) {
    throw new Error(log.message);
  },
};

const minify = { compress: true, mangle: false, codegen: { removeWhitespace: true } } as const;

/**
 * What most commands load anyway is one file instead of dozens: each costs a quarter of a
 * millisecond to find and open.
 */
const groups = [
  {
    name: "core",
    test: /rolldown.runtime|\/src\/core\/(deferred|exit-codes|failure|histogram|journal|json|ledger|log|loose-ends|memory-memo|metrics|once|quoted|redact|references|secret-(names|text)|step|suggest|validate\/problem)\.ts|\/src\/render\/(text|words|terminal|renderer|ndjson)\.ts/,
  },
  { name: "more", test: /\/src\/core\/(?!catalogue|doctor-report|validate|graph)/ },
  {
    name: "project",
    test: /\/src\/(cli\/container|platform\/(clock|host|lock|memo|sqlite|unreadable|valid-before|store\/.*|config\/(discover|document|home|in-time|json|own-providers|project|source|strange|text))|providers\/registry|wiring\/(config|masking|memo|own-providers|place|project|providers|recording|valid))\.ts/,
  },
  { name: "validate", test: /\/src\/core\/(validate\/|graph)/ },
  { name: "config", test: /\/src\/platform\/config\/(?!json-schema|scenarios)/ },
  {
    name: "calls",
    test: /\/src\/(gateway\/|features\/(connect|credential|exchanges)|platform\/(cache|credentials\/(?!command)|http|secrets|tcp)|wiring\/(cache|services|version)\.ts)/,
  },
  {
    name: "engine",
    test: /\/src\/(engine\/|features\/deps|render\/(failure-line|lines|log-line|progress|run-view)\.ts)/,
  },
  { name: "sandbox", test: /\/src\/sandbox\/(?!holder)/ },
  // bin/chunks.js loads it when it is asked for something.
  { name: "zod", test: /\/node_modules\/zod\// },
];

/** The command line: CommonJS, since `require` of Node's modules costs a tenth of `import`. */
export const cli = (dist: string): [InputOptions, OutputOptions] => [
  {
    ...shared,
    plugins: [...plugins, screenApart, interpretedSchemas, inAscii],
    input: {
      main: "src/cli/main.ts",
      complete: "src/cli/complete.ts",
      "player-thread": "src/cli/player-thread.ts",
    },
    // Nothing but bin/ and threads import the entries.
    preserveEntrySignatures: "allow-extension",
  },
  {
    dir: `${dist}/cli`,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    codeSplitting: { includeDependenciesRecursively: false, groups },
    minify,
  },
];

/** For `testx dashboard` on a terminal. */
const dashboard = (dist: string): [InputOptions, OutputOptions] => [
  {
    ...shared,
    input: { dashboard: screen.source },
    transform: {
      ...shared.transform,
      // What React and ink have for developers of them stays out.
      define: {
        "process.env.NODE_ENV": '"production"',
        "process.env.DEV": "undefined",
      },
    },
  },
  {
    dir: `${dist}/cli`,
    format: "esm",
    entryFileNames: screen.file,
    codeSplitting: false,
    minify: { ...minify, mangle: true },
  },
];

/** The library: `testx` and `testx/testing`. */
const library = (dist: string): [InputOptions, OutputOptions] => [
  { ...shared, input: entries() },
  {
    dir: dist,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "lib/[name]-[hash].js",
    minify,
  },
];

/** Bundles into `dist` and gives the paths of all modules whose code went into it. */
export async function bundle(dist: string): Promise<Set<string>> {
  const modules = new Set<string>();
  for (const [input, output] of [cli(dist), dashboard(dist), library(dist)]) {
    const build = await rolldown(input);
    const { output: files } = await build.write(output);
    await build.close();
    for (const chunk of files) {
      if (chunk.type !== "chunk") continue;
      for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
        if (renderedLength > 0) modules.add(id);
      }
      const own = new Set([...files.map((file) => file.fileName), `./${screen.file}`]);
      const foreign = [...chunk.imports, ...chunk.dynamicImports].filter(
        (name) => !own.has(name) && !isBuiltin(name),
      );
      // The package has no dependencies: what is not bundled would be missing.
      if (foreign.length > 0) throw new Error(`${chunk.fileName} imports ${foreign.join(", ")}`);
    }
  }
  return modules;
}

function entries(): Record<string, string> {
  const names = ["index", "testing"].filter((name) => existsSync(`src/${name}.ts`));
  return Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));
}
