// Builds dist/ (the command line, the library with its types, licence notices) and schema/.
import { existsSync, renameSync, rmSync } from "node:fs";
import { writeBuildName } from "./build/build-name.ts";
import { bundle } from "./build/bundle.ts";
import { writeHelp } from "./build/help.ts";
import { notices } from "./build/notices.ts";
import { writeSchemas } from "./build/schemas.ts";
import { types } from "./build/types.ts";

const draft = `dist.new-${process.pid}`;
const old = `dist.old-${process.pid}`;
try {
  const modules = await bundle(draft);
  notices(modules, `${draft}/THIRD_PARTY_NOTICES`);
  types(`${draft}/types`);
  await writeSchemas();
  await writeHelp(`${draft}/cli`);
  writeBuildName(`${draft}/cli`);
  // Put in place whole: whoever runs dist/ meanwhile gets the old one or the new one.
  if (existsSync("dist")) renameSync("dist", old);
  renameSync(draft, "dist");
} finally {
  for (const folder of [draft, old]) rmSync(folder, { recursive: true, force: true });
}
