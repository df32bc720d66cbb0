import { samples } from "../providers/slack/samples.ts";
import { contractOf } from "../support/contract.ts";

await contractOf("slack", samples);
