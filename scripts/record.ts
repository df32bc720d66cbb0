// npm run record: what the README shows, taken anew from a run.
import { mkdirSync, writeFileSync } from "node:fs";
import { playAll, readme, withOutages } from "./record/outages.ts";
import { record } from "./record/record.ts";

const { text, svg } = await record();
mkdirSync("docs/images", { recursive: true });
writeFileSync("docs/images/setup.txt", text);
writeFileSync("docs/images/setup.svg", svg);
writeFileSync("README.md", withOutages(readme(), await playAll()));
