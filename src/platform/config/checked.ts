import { equal, type Json } from "../../core/json.ts";
import { jsonSchemaOf, lazySchema, type ValidBefore, validated } from "../../core/schema.ts";
import type { Finding, Path, Problem } from "../../core/validate/problem.ts";
import { type Document, jsonDocument } from "./document.ts";
import { findingsOf } from "./issues.ts";
import { isCode } from "./policies.ts";
import { readSource } from "./read.ts";
import { type FileRole, fileSchemas } from "./schemas.ts";
import type { Section } from "./section.ts";

/** A document with all that was found wrong with it so far. */
export interface CheckedDocument {
  readonly role: FileRole;
  readonly document: Document;
  readonly findings: Finding[];
  /** Whether it has the shape that its schema asks for. */
  readonly isShaped: boolean;
}

/** Reads a file and checks its shape; `undefined`: there is none. */
export async function checkFile(
  role: FileRole,
  path: string,
  shownAs: string,
  valid?: ValidBefore,
): Promise<CheckedDocument | undefined> {
  const source = await readSource(path, shownAs);
  return source && checkDocument(role, jsonDocument(source), valid);
}

export async function checkDocument(
  role: FileRole,
  document: Document,
  valid?: ValidBefore,
): Promise<CheckedDocument> {
  const { value } = document;
  if (value === undefined) return { role, document, findings: [], isShaped: false };
  const schema = lazySchema<unknown>(fileSchemas[role], `file ${role}`);
  const told = role !== "project" || isPlain(value);
  const result = await validated(schema, value, told ? valid : undefined);
  const findings = findingsOf(result.issues ?? [], {
    value,
    schema: () => {
      const described = jsonSchemaOf(schema);
      return role === "project" && isCode(document.file) ? withPolicies(described) : described;
    },
    excused: () => false,
  });
  return { role, document, findings, isShaped: result.issues === undefined };
}

/** Functions are no part of what schemas describe; by then they have been taken out. */
function withPolicies(schema: Readonly<Record<string, unknown>>) {
  return { ...schema, properties: { ...(schema.properties as object), policies: {} } };
}

/** A settings file may be a program, and say more than its JSON would. */
function isPlain(value: Json): boolean {
  try {
    return equal(JSON.parse(JSON.stringify(value)) as Json, value);
  } catch {
    return false;
  }
}

export function problemsIn(checked: CheckedDocument): Problem[] {
  return checked.document.problems(checked.findings);
}

/** A part of a document that has the right shape, as a layer of settings. */
export function sectionOf<T>(
  checked: CheckedDocument | undefined,
  part: NonNullable<T> | undefined,
  base: Path = [],
): Section<T>[] {
  if (checked === undefined || !checked.isShaped || part === undefined) return [];
  return [
    {
      value: part,
      origin: (path) => checked.document.origin([...base, ...path]),
      report: (finding) => {
        checked.findings.push({ ...finding, path: [...base, ...finding.path] });
      },
    },
  ];
}
