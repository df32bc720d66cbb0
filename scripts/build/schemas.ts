import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileNames, jsonSchema } from "../../src/platform/config/json-schema.ts";
import type { FileRole } from "../../src/platform/config/schemas.ts";
import { registry } from "../../src/providers/registry.ts";

/**
 * The JSON Schemas of the configuration files, generated from their validators, in `schema/`:
 * kept in the repository, so that editors complete configurations without a build.
 */
export async function schemas(): Promise<Map<string, string>> {
  const providers = await Promise.all(Object.values(registry).map((load) => load()));
  const roles = Object.keys(fileNames) as FileRole[];
  return new Map(
    roles.map((role) => {
      const name = fileNames[role].replace(/\.json$/, "");
      const text = `${JSON.stringify(jsonSchema(role, providers), null, 2)}\n`;
      return [`schema/${name}.schema.json`, text];
    }),
  );
}

/** Whether the file has this text. */
export function isCurrent(file: string, text: string): boolean {
  try {
    return readFileSync(file, "utf8") === text;
  } catch {
    return false;
  }
}

export async function writeSchemas(): Promise<void> {
  mkdirSync("schema", { recursive: true });
  for (const [file, text] of await schemas()) {
    if (!isCurrent(file, text)) writeFileSync(file, text);
  }
}
