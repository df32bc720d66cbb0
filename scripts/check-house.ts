// Rules of the house that no other tool knows.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isCurrent, schemas } from "./build/schemas.ts";

interface Rule {
  readonly files: RegExp;
  readonly forbidden: RegExp;
  readonly why: string;
}

const rules: readonly Rule[] = [
  {
    files: /^src\/.*\.ts$/,
    // dependency-cruiser does not see imports within types.
    forbidden: /(?:[:<|&]|\btype \w+ =)\s*import\(/,
    why: "imports of types stand at the top of the file, where the floors are checked",
  },
  {
    files: /^src\/.*\.ts$/,
    forbidden: /\bglobalThis\s*(?:\.\s*process|\[)/,
    why: "only bin, cli/main.ts and platform/host.ts know the process",
  },
  {
    files: /^(?!scripts\/check-house\.ts)/,
    forbidden: /registry\.(?:npmjs\.org|yarnpkg\.com)|\bnpmmirror\b/,
    why: "no registry is written down: it is each machine's own",
  },
  {
    files: /^package-lock\.json$/,
    forbidden: /"resolved"\s*:/,
    why: "no registry is written down: run npm with omit-lockfile-registry-resolved=true",
  },
  {
    files: /^(?:src|bin|test|bench|scripts)\//,
    forbidden: /\b(?:describe|test|it)\.only\(/,
    why: "one test alone hides the others",
  },
];

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" });
const problems = files
  .split("\n")
  .filter((file) => file !== "" && !file.endsWith(".png"))
  .flatMap(broken);

for (const [file, text] of await schemas()) {
  if (!isCurrent(file, text)) problems.push(`${file} is not current: run \`npm run build\``);
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "The house is in order." : `${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function broken(file: string): string[] {
  const wanted = rules.filter((rule) => rule.files.test(file));
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    return []; // removed, and git does not know yet
  }
  return wanted.flatMap(({ forbidden, why }) =>
    lines.flatMap((line, index) =>
      forbidden.test(line) ? [`${file}:${index + 1} ${line.trim()}\n    ${why}`] : [],
    ),
  );
}
