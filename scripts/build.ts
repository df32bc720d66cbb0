import { rmSync } from "node:fs";
import { rolldown } from "rolldown";
import { bundles } from "./bundles.ts";

rmSync("dist", { recursive: true, force: true });
for (const { input, output } of bundles()) {
  const bundle = await rolldown(input);
  await bundle.write(output);
  await bundle.close();
}
