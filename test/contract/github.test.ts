import { samples } from "../providers/github/samples.ts";
import { contractOf } from "../support/contract.ts";

await contractOf("github", samples);
