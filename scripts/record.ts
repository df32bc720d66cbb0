// npm run record: what the README shows, taken anew from a run.
import { mkdirSync, writeFileSync } from "node:fs";
import { record } from "./record/record.ts";

const { text, svg } = await record();
mkdirSync("docs/images", { recursive: true });
writeFileSync("docs/images/setup.txt", text);
writeFileSync("docs/images/setup.svg", svg);
