import { existsSync } from "node:fs";
import type { InputOptions, OutputOptions } from "rolldown";

export interface Bundle {
  readonly input: InputOptions;
  readonly output: OutputOptions;
}

const shared: InputOptions = {
  platform: "node",
  tsconfig: "tsconfig.json",
  // Nothing is left to import but Node's own modules: the package has no dependencies.
  external: [/^node:/],
  transform: { target: "node24" },
  checks: { pluginTimings: false },
};

/** The command line: CommonJS, since `require` of Node's modules costs a tenth of `import`. */
const cli: Bundle = {
  input: { ...shared, input: { main: "src/cli/main.ts" } },
  output: {
    dir: "dist/cli",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
};

/** The library: `testx` and `testx/testing`. */
function library(entries: readonly string[]): Bundle {
  return {
    input: {
      ...shared,
      input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
    },
    output: {
      dir: "dist",
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "lib/[name]-[hash].js",
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    },
  };
}

export function bundles(): Bundle[] {
  const entries = ["index", "testing"].filter((name) => existsSync(`src/${name}.ts`));
  return entries.length > 0 ? [cli, library(entries)] : [cli];
}
