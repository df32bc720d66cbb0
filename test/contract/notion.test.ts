import { samples } from "../providers/notion/samples.ts";
import { contractOf } from "../support/contract.ts";

await contractOf("notion", samples);
