import { mkdirSync, writeFileSync } from "node:fs";
import { cliMarkdown } from "./docs/cli.ts";
import { troubleshootingMarkdown } from "./docs/troubleshooting.ts";

mkdirSync("docs", { recursive: true });
writeFileSync("docs/troubleshooting-guide.md", troubleshootingMarkdown());
writeFileSync("docs/cli.md", cliMarkdown());
