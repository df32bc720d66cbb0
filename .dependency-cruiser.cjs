// The floors of the house (docs/architecture.md). Imports go downward only; type imports count.
const floor = (name, from, allowed, why, also = {}) => ({
  name,
  severity: "error",
  comment: why,
  from: { path: from },
  to: { pathNot: allowed, ...also },
});
/** Node's own modules are welcome there too. */
const andNode = { dependencyTypesNot: ["core"] };

/** `what` may be imported only from `where`. */
const only = (name, what, where, why) => ({
  name,
  severity: "error",
  comment: why,
  from: { path: "^src", pathNot: where },
  to: { path: what },
});

const npm = (...names) => `^node_modules/(${names.join("|")})(/|$)`;
const any = "^node_modules/";
const manifest = "^package\\.json$";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Files that need each other are one file, or three.",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "It must be there.",
      from: {},
      to: { couldNotResolve: true },
    },
    floor("core-is-pure", "^src/core/", ["^src/core/"], "core imports nothing: no Node, no npm."),
    floor(
      "gateway-floor",
      "^src/gateway/",
      ["^src/(core|gateway)/", "^async_hooks$"],
      "gateway → core",
    ),
    floor("engine-floor", "^src/engine/", ["^src/(core|engine)/"], "engine → core"),
    floor(
      "provider-floor",
      "^src/providers/([^/]+)/",
      ["^src/core/", "^src/providers/$1/", any],
      "A provider imports core, its own folder and its SDK, never another provider.",
    ),
    floor(
      "platform-floor",
      "^src/platform/",
      ["^src/(core|platform)/", any],
      "platform → core",
      andNode,
    ),
    floor(
      "sandbox-floor",
      "^src/sandbox/",
      ["^src/(core|sandbox)/", any],
      "sandbox → core",
      andNode,
    ),
    floor("render-floor", "^src/render/", ["^src/(core|render)/", any], "render → core", andNode),
    floor(
      "features-floor",
      "^src/features/",
      ["^src/(core|gateway|engine|features)/"],
      "Features receive ports; they know no platform, provider or terminal.",
    ),
    floor(
      "src-stands-alone",
      "^src/",
      ["^src/", manifest, any],
      "What is shipped imports no test and no script.",
      andNode,
    ),
    floor(
      "wiring-floor",
      "^src/wiring/",
      [
        "^src/(core|gateway|features|platform|sandbox|wiring)/",
        "^src/providers/registry\\.ts$",
        manifest,
      ],
      "Wiring gives features their ports; it knows no provider by name, and no terminal.",
      andNode,
    ),
    floor(
      "library-floor",
      "^src/(index\\.ts|library/)",
      ["^src/(core|features|library|wiring)/"],
      "The library and the command line stand side by side on the wiring.",
    ),
    only(
      "platform-by-wiring",
      "^src/platform/",
      "^src/(platform|wiring)/|^src/testing/connect\\.ts$",
      "Wiring happens in one place.",
    ),
    only(
      "registry-by-wiring",
      "^src/providers/",
      "^src/(providers|wiring)/",
      "Wiring happens in one place.",
    ),
    only(
      "wiring-by-entries",
      "^src/wiring/",
      "^src/(wiring|cli|library)/",
      "Ports are handed down.",
    ),
    only("cli-on-top", "^src/cli/", "^src/cli/", "Nothing stands on the command line."),
    only("library-on-top", "^src/library/", "^src/(library/|index\\.ts)", "It is for others."),
    only(
      "slack-sdk",
      npm("@slack/web-api"),
      "^src/providers/slack/",
      "An SDK only in its provider.",
    ),
    only(
      "notion-sdk",
      npm("@notionhq/client"),
      "^src/providers/notion/",
      "An SDK only in its provider.",
    ),
    only(
      "github-sdk",
      npm("@octokit/(?!types/)[a-z-]+"),
      "^src/providers/github/",
      "An SDK only in its provider.",
    ),
    only(
      "github-types",
      npm("@octokit/types"),
      "^src/(providers|sandbox)/github/",
      "The types of GitHub's API hold the sandbox to them too.",
    ),
    only("commander-in-cli", npm("commander"), "^src/cli/", "commander only in cli."),
    only(
      "listr2-in-render",
      npm("listr2", "ink", "react"),
      "^src/render/",
      "Terminal views only in render.",
    ),
    only(
      "stores-in-platform",
      npm("keyv", "@keyv", "cosmiconfig"),
      "^src/platform/",
      "Stores and config search only in platform.",
    ),
    only(
      "sqlite-in-platform",
      "^(node:)?sqlite$",
      "^src/(platform/|sandbox/(database|store)\\.ts)",
      "SQLite only in platform, and where the sandbox keeps its accounts.",
    ),
    {
      name: "sdk-by-import-type",
      severity: "error",
      comment: "Importing a provider loads no SDK: `import type`, or `import()` inside connect.",
      from: { path: "^src/providers/" },
      to: {
        path: npm("@slack/web-api", "@notionhq/client", "@octokit"),
        dependencyTypesNot: ["type-only", "dynamic-import"],
      },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".cjs", ".mjs", ".json"],
      conditionNames: ["import", "require", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
      exportsFields: ["exports"],
    },
    skipAnalysisNotInRules: true,
  },
};
